"""What goes over the console's doors, as types: they check what comes in and what leaves, and are its OpenAPI."""

from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{1,32}$")]
IdOrNone = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{0,32}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9 -]{7,22}[0-9]$")]

Cursor = Annotated[str, StringConstraints(max_length=600)]
Limit = Annotated[int, Field(ge=1, le=200)]


class EndedOut(Schema):
    ok: bool = True


class ClaimIn(Schema):
    """`code` as the customer reads it out; `interaction` is the one they are spoken with in, "" for a new one."""

    code: Code
    interaction: IdOrNone = ""


class Person(Schema):
    id: str
    name: str


class SessionOut(Schema):
    """`controller` is who acts on the page."""

    id: str
    state: str
    scopes: list[str]
    controller: str | None
    agents: list[Person]
    created_at: str | None
    viewing_at: str | None


class StartedOut(Schema):
    session: SessionOut
    interaction: str


class EarlierOut(Schema):
    """A session that has ended. `seconds`: how long the page was seen; `by`: who ended it, "" where it ended itself."""

    id: str
    agents: list[str]
    scopes: list[str]
    created_at: str | None
    ended_at: str | None
    seconds: int
    reason: str
    by: str


class OpenOut(Schema):
    session: SessionOut | None
    earlier: list[EarlierOut]


class ScopeConsentOut(Schema):
    """`version` and `hash` (SHA-256 of the text) name the words that the customer had before them."""

    scope: str
    decision: str
    version: str
    hash: str
    language: str
    role: str
    user: str
    name: str
    at: str | None


class WatcherOut(Schema):
    id: str
    name: str
    since: str | None = Field(None, alias="from")
    until: str | None


class ActionOut(Schema):
    """`what`: a hash of the element's selector; `outcome`: done, or why not."""

    kind: str
    outcome: str
    what: str
    role: str
    user: str
    at: str | None


class AuditOut(Schema):
    session: str
    interaction: str
    consents: list[ScopeConsentOut]
    agents: list[WatcherOut]
    actions: list[ActionOut]


class AlertOut(Schema):
    """`user` and `name` are empty when many people together tried too many."""

    id: int
    user: str
    name: str
    tries: int
    at: str | None
    until: str | None


class AlertsOut(Schema):
    items: list[AlertOut]
    next: str | None
