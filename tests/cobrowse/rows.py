"""Sessions in the database, at any point of their way, as plain functions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from channels_app.cobrowse import consenting, joining, services
from channels_app.cobrowse.joining import Arrival
from channels_app.cobrowse.models import CobrowseSession
from channels_app.cobrowse.policy import Scope
from channels_app.cobrowse.services import Page
from channels_app.cobrowse.wording import asked_wording
from interaction_center.access.doors import Actor, actor_of_user
from interaction_center.access.models import Site, User
from interaction_center.events import visitor_topic
from interaction_center.live.hub import Socket, hub
from interaction_center.queue.models import Interaction
from interaction_center.routing.services import take_interaction
from tests.access.builders import a_site
from tests.builders import a_waiting_chat

ORIGIN = "https://shop.example"
VISITOR = "v-1"


@contextmanager
def an_open_page(site: Site, visitor: str = VISITOR) -> Iterator[None]:
    """A widget of this visitor is connected."""
    socket = Socket(_nowhere)
    hub.join(socket, visitor_topic(site.key, visitor))
    try:
        yield
    finally:
        hub.drop(socket)


async def _nowhere(message: dict[str, Any]) -> None:
    """Nobody reads."""


def actor(user: User) -> Actor:
    """This person, as a door lets them in."""
    return actor_of_user(user)


def a_held_site_chat(user: User, site: Site | None = None, visitor: str = VISITOR) -> Interaction:
    """A conversation of a visitor of this site that `user` has taken."""
    key = (site or a_site()).key
    return take_interaction(interaction=a_waiting_chat(visitor, account=key), user=user)


def an_invitation(user: User, visitor: str = VISITOR) -> CobrowseSession:
    """The customer of a chat has been asked to show their page."""
    site = Site.objects.first() or a_site()
    chat = a_held_site_chat(user, site, visitor)
    with an_open_page(site, visitor):
        return services.invite(interaction=chat.public_id, language="en", by=actor(user))


def arrival(session: CobrowseSession, **values: Any) -> Arrival:
    """The customer's page, as its socket has let it in."""
    facts = {"site": session.site, "visitor": session.visitor, "origin": ORIGIN, "language": "en", "resume": ""}
    return Arrival(**facts | values)


def joined(session: CobrowseSession, *, connection: str = "page-1", connected: bool = False, **values: Any) -> str:
    """The page is there; the token of its tab."""
    page = arrival(session, **values)
    return joining.join_page(session=session.public_id, arrival=page, connection=connection, connected=connected)[1]


def watched(session: CobrowseSession, user: User, connection: str = "view-1") -> None:
    """This agent's view is there."""
    name = session.public_id
    joining.join_agent(session=name, user=user.public_id, name=str(user), connection=connection)


def granted(session: CobrowseSession, scope: str, user: User, *, language: str = "en") -> None:
    """The customer agrees to what was asked in this person's name."""
    shown = asked_wording(scope, language, now(session).asks[scope])
    consenting.grant(session=session.public_id, scope=Scope(scope), version=shown.version, digest=shown.hash)


def asked(session: CobrowseSession, scope: str, user: User, **values: Any) -> None:
    """This agent asks for it."""
    consenting.ask(session=session.public_id, scope=Scope(scope), user=user.public_id, name=str(user), **values)


def a_shown_page(user: User, *scopes: str, visitor: str = VISITOR) -> CobrowseSession:
    """A session that is viewed, and so much more granted."""
    session = an_invitation(user, visitor)
    joined(session)
    watched(session, user)
    granted(session, "view", user)
    for scope in scopes:
        asked(session, scope, user)
        granted(session, scope, user)
    return now(session)


def a_code(site: Site, visitor: str = VISITOR) -> tuple[CobrowseSession, str]:
    """A page that shows a code."""
    return services.issue_code(page=Page(site.key, visitor, "en"))


def now(session: CobrowseSession) -> CobrowseSession:
    """As it stands in the database."""
    return CobrowseSession.objects.get(pk=session.pk)
