"""Who a visitor is and what they send: values of one socket or request, decoded and checked, without any transport."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from interaction_center.access import identity, visitor_tokens
from interaction_center.access.site_doors import clean_text
from interaction_center.customers.policy import normalise
from interaction_center.envelope import Proof
from interaction_center.errors import (
    BadRequestError,
    ForbiddenError,
    InvalidError,
    TooLargeError,
    UnauthorizedError,
)
from interaction_center.live.session import MAX_BODY

if TYPE_CHECKING:
    from interaction_center.access.models import Site

MAX_FILES = 10


@dataclass(slots=True)
class Visitor:
    """One visitor of one site, known by a token. `returning` when the token was ours already.

    `team` and `calendar` are those of the site, as public ids.
    """

    id: str
    site_key: str
    team: str
    language: str
    returning: bool
    name: str = ""
    email: str = ""
    email_proof: Proof = Proof.TYPED
    calendar: str = ""
    interactions: set[str] = field(default_factory=set)
    current: str = ""

    @property
    def vouched(self) -> str:
        """The normalised address that the page vouches for, "" when nobody is signed in there."""
        return normalise("email", self.email) if self.email_proof is Proof.VERIFIED else ""


@dataclass(frozen=True, slots=True)
class VisitorMessage:
    """One checked message. `interaction` is the visitor's own, or "" for a new one; `files` are upload ids."""

    client_id: str
    body: str
    interaction: str
    received_at: datetime
    files: tuple[str, ...] = ()
    page: str = ""


def read_visitor(site: "Site", frame: Mapping[str, Any]) -> Visitor:
    """The visitor behind an `auth` frame. UnauthorizedError for a token or identity that we did not sign.

    A token that was given out to somebody else who used this browser makes a new visitor.
    """
    visitor = Visitor(
        id=visitor_tokens.new_visitor(),
        site_key=site.key,
        team=site.team.public_id if site.team else "",
        language="de" if str(frame.get("lang", "")).lower().startswith("de") else "en",
        returning=False,
        calendar=site.calendar.public_id if site.calendar else "",
    )
    vouched = frame.get("identity")
    if isinstance(vouched, Mapping):
        _take_identity(visitor, site, vouched)
    token = frame.get("token")
    claim = visitor_tokens.read(str(token), site) if token else None
    if claim is not None and claim.is_for(visitor.vouched):
        visitor.id, visitor.returning = claim.visitor, True
    return visitor


def _take_identity(visitor: Visitor, site: "Site", vouched: Mapping[str, Any]) -> None:
    """The host page says who is signed in there; only its secret makes that true."""
    email, name, signature = (clean_text(vouched.get(key) or "") for key in ("email", "name", "hmac"))
    if not identity.is_identity_proved(site, email=email, name=name, signature=signature):
        raise UnauthorizedError("The page's identity signature is wrong.")
    if normalise("email", email):
        visitor.email, visitor.email_proof, visitor.name = email, Proof.VERIFIED, name[:200]


def read_message(visitor: Visitor, frame: Mapping[str, Any], now: datetime) -> VisitorMessage:
    """A `msg` frame, checked. BadRequestError, TooLargeError, InvalidError or ForbiddenError say what is wrong."""
    body = clean_text(frame.get("body"))
    files = frame.get("files") or ()
    if not isinstance(files, list | tuple) or len(files) > MAX_FILES:
        raise InvalidError(f"At most {MAX_FILES} files go with one message.", files="too_many")
    if not body.strip() and not files:
        raise InvalidError("There is nothing to send yet.", body="required")
    if len(body) > MAX_BODY:
        raise TooLargeError(f"A message may have at most {MAX_BODY:,} characters.", limit=MAX_BODY)
    return VisitorMessage(
        client_id=read_client_id(frame),
        body=body,
        interaction=_own(visitor, frame),
        received_at=now,
        files=tuple(str(file)[:16] for file in files),
        page=clean_text(frame.get("page") or "")[:500],
    )


def read_client_id(frame: Mapping[str, Any]) -> str:
    """A UUID, in its usual form. BadRequestError."""
    try:
        return str(uuid.UUID(str(frame["client_id"])))
    except (KeyError, ValueError) as error:
        raise BadRequestError("client_id must be a UUID.") from error


def _own(visitor: Visitor, frame: Mapping[str, Any]) -> str:
    """The interaction a frame names, which must be the visitor's own; "" for none, the current one if nothing is said.

    Who says none has left a closed one behind, although this socket has followed it.
    """
    interaction = frame.get("c", visitor.current or None)
    if interaction is None:
        return ""
    if not isinstance(interaction, str) or interaction not in visitor.interactions:
        raise ForbiddenError("This conversation is not yours.")
    return interaction
