"""Fills a centre's empty data folder for a run: agents who are signed in, visitors with tokens, chats that are open.

Runs inside the centre's own Django, before it starts; what was made is written to a plan for the generator.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone

from channels_app.web_chat.consumers import ADAPTER
from channels_app.web_chat.visitors import Visitor, VisitorMessage
from interaction_center.access import visitor_tokens
from interaction_center.access.models import Role, Site, Team, User
from interaction_center.access.policy import AGENT
from interaction_center.access.services import create_user
from interaction_center.ids import public_id
from interaction_center.queue.hot_path import Received
from interaction_center.queue.intake import receive_all
from interaction_center.queue.models import Interaction
from interaction_center.routing.services import ensure_agent, take_interaction
from kb.checks import slug_of
from kb.models import Article, ArticleState, ErrorCode, Product
from kb.search.codes import fold_code
from tests.seed import MAILBOX, PASSWORD

GROUP = 250
MANY = 32_000


@dataclass(frozen=True, slots=True)
class Chat:
    """An open chat: the visitor's token and the interaction."""

    token: str
    c: str


def fill(plan: str, *, chats: int, agents: int, others: int = 0) -> None:
    """`chats` held by `agents` in turn, and `others` that wait; the plan is written to this file."""
    people = [_agent(index) for index in range(agents)]
    site = Site.objects.select_related("team").get()
    opened = list(_open_chats(site, chats + others))
    for index, chat in enumerate(opened[:chats]):
        take_interaction(interaction=Interaction.objects.get(public_id=chat.c), user=people[index % agents])
    written = {
        "site": site.key,
        "mailbox": MAILBOX,
        "sessions": [_sign_in(user) for user in people],
        "chats": [asdict(chat) for chat in opened],
    }
    Path(plan).write_text(json.dumps(written))


def fill_knowledge(documents: str) -> None:
    """The yardstick's documents (a JSON file of them) as published articles and error codes, written in bulk."""
    found = json.loads(Path(documents).read_text())
    Article.objects.bulk_create([_article(doc) for doc in found if doc["kind"] == "faq"])
    entries = [doc for doc in found if doc["kind"] == "code"]
    names = {slug_of(name)[:80]: name[:80] for name in (_device(doc) for doc in entries)}
    Product.objects.bulk_create([Product(key=key, name=name) for key, name in names.items()])
    products = {product.key: product for product in Product.objects.all()}
    codes = [_error_code(doc, products[slug_of(_device(doc))[:80]]) for doc in entries]
    ErrorCode.objects.bulk_create(codes, ignore_conflicts=True)  # makers list a few codes twice


def _article(doc: Mapping[str, str]) -> Article:
    return Article(
        slug=slug_of(doc["id"])[:120],
        locale=doc["lang"],
        title=doc["title"][:200],
        body=doc["body"],
        state=ArticleState.PUBLISHED,
        live=True,
        live_version=1,
    )


def _device(doc: Mapping[str, str]) -> str:
    return doc.get("device") or doc["source"]


def _error_code(doc: Mapping[str, str], product: Product) -> ErrorCode:
    return ErrorCode(
        product=product,
        code=doc["code"][:40],
        code_key=fold_code(doc["code"])[:40],
        locale=doc["lang"],
        meaning=doc["title"][:300],
        cause=doc["body"],
    )


def _agent(index: int) -> User:
    email, role = f"load-{index}@center.test", Role.objects.get(name=AGENT)
    user = create_user(email=email, name=f"Agent {index}", role=role, teams=[Team.objects.get()], password=PASSWORD)
    ensure_agent(user=user, capacity=MANY)
    return user


def _sign_in(user: User) -> str:
    """The key of a session, as the login form would make it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _open_chats(site: Site, count: int) -> Iterator[Chat]:
    """By the hub's own way in, many in one transaction."""
    team = site.team.public_id if site.team else ""
    for start in range(0, count, GROUP):
        visitors = [
            Visitor(id=visitor_tokens.new_visitor(), site_key=site.key, team=team, language="en", returning=True)
            for _ in range(min(GROUP, count - start))
        ]
        with transaction.atomic():
            results = receive_all([ADAPTER.to_envelope(visitor, _first_message()) for visitor in visitors])
        for visitor, result in zip(visitors, results, strict=True):
            assert isinstance(result, Received), result
            yield Chat(visitor_tokens.issue(site, visitor.id), result.interaction)


def _first_message() -> VisitorMessage:
    return VisitorMessage(client_id=public_id(), body="Hello", interaction="", received_at=timezone.now())
