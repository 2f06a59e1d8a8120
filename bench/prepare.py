"""Fills a centre's empty data folder for a run: agents who are signed in, visitors with tokens, chats that are open.

Runs inside the centre's own Django, before it starts; what was made is written to a plan for the generator.
"""

import json
from collections.abc import Iterator
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
