"""What goes over the console's doors, as types: they check what comes in and what leaves, and are its OpenAPI."""

from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{1,32}$")]
IdOrNone = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{0,32}$")]
Cursor = Annotated[str, StringConstraints(max_length=600, pattern=r"^[^\x00]*$")]
Limit = Annotated[int, Field(ge=1, le=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9 -]{7,22}[0-9]$")]


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


class RecordingOut(Schema):
    """`until`: when it is deleted; `removed_by`: who has deleted it before, "" when its time was over."""

    id: str
    started_at: str | None
    ended_at: str | None
    until: str | None
    removed_at: str | None
    removed_by: str
    can_play: bool


class DeletedOut(Schema):
    ok: bool = True


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
    recordings: list[RecordingOut]


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


class PlayedOut(Schema):
    """Who has opened a recording, and from which to which millisecond they have got it; 0 to 0 when nothing of it."""

    recording: str
    id: str
    name: str
    at: str | None
    from_ms: int = Field(alias="from")
    until: int


class AuditOut(Schema):
    """All of a session but for its actions, of which this is a page."""

    session: str
    interaction: str
    consents: list[ScopeConsentOut]
    agents: list[WatcherOut]
    actions: list[ActionOut]
    playbacks: list[PlayedOut]
    next: str | None


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


Selectors = Annotated[
    list[Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)]], Field(max_length=200)
]


class RulesIn(Schema):
    """What co-browsing shows of a site; what is left out stays. `show`, `mask` and `block` are CSS selectors.

    `deny`: nothing is seen that `show` does not name, whatever the page itself marks. `retention_days`: how long
    recordings are kept that are made from now on.
    """

    enabled: bool | None = None
    show: Selectors | None = None
    mask: Selectors | None = None
    block: Selectors | None = None
    deny: bool | None = None
    submit: bool | None = None
    recording: bool | None = None
    retention_days: Annotated[int, Field(ge=1, le=365)] | None = None


class RulesOut(Schema):
    """The rules of one site. `id` is that of the site's key; `name` is the site's."""

    id: str
    name: str
    enabled: bool
    show: list[str]
    mask: list[str]
    block: list[str]
    deny: bool
    submit: bool
    recording: bool
    retention_days: int


class RulesPage(Schema):
    items: list[RulesOut]
    next: str | None
