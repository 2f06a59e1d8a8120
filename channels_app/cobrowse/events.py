"""What happened to a co-browse session, told after the commit to its sockets, its customer and supervisors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from interaction_center.events import SUPERVISORS, visitor_topic
from interaction_center.live.hub import Push
from interaction_center.live.session import encode


def session_topic(session: str) -> str:
    """The rooms of this session, in whichever processes its sockets are."""
    return f"cobrowse:{session}"


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """Anything about a session changed: `facts` is all that its sockets need to know (selectors.facts_of)."""

    session: str
    facts: Mapping[str, Any]

    def pushes(self) -> list[Push]:
        return [Push((session_topic(self.session),), encode(self.facts))]


@dataclass(frozen=True, slots=True)
class CustomerTold:
    """The customer's widget learns of an invitation, or that there is none any more."""

    site: str
    visitor: str
    frame: Mapping[str, Any]

    def pushes(self) -> list[Push]:
        return [Push((visitor_topic(self.site, self.visitor),), encode(self.frame))]


@dataclass(frozen=True, slots=True)
class CodesGuessed:
    """Somebody tried too many wrong codes."""

    alert: Mapping[str, Any]

    def pushes(self) -> list[Push]:
        return [Push((SUPERVISORS,), encode({"t": "cobrowse.alert", "alert": self.alert}))]
