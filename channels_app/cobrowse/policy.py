"""The rules of a co-browse session: its states, its scopes, which frame needs which scope, its deadlines. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from interaction_center.errors import ConflictError, ForbiddenError

CODE_LASTS = timedelta(minutes=5)
CONSENT_LASTS = timedelta(seconds=60)  # an ask for view
ASK_LASTS = timedelta(seconds=30)  # an ask for anything more
PAGE_GRACE = timedelta(seconds=60)
AGENT_GRACE = timedelta(seconds=30)
LEASE = timedelta(seconds=60)  # a process that dies can't say who was connected to it
IDLE_AFTER = timedelta(minutes=5)
PAUSE_LASTS = timedelta(minutes=10)
HARD_LIMIT = timedelta(minutes=60)
MAX_AGENTS = 3


class Stage(StrEnum):
    """Where a session stands."""

    CODE_ISSUED = "code_issued"
    CONSENT_PENDING = "consent_pending"
    VIEWING = "viewing"
    ENDED = "ended"


class Scope(StrEnum):
    """What a customer may grant; each by itself, and each revoked by itself."""

    VIEW = "view"
    POINT = "point"
    CONTROL = "control"
    RECORD = "record"
    P2P = "p2p"


class Role(StrEnum):
    """In what capacity somebody acts on a session."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"


class Command(StrEnum):
    """What somebody wants to do with a session. View is the session itself, so it has commands of its own."""

    CLAIM = "claim"
    JOIN = "join"
    GRANT_VIEW = "grant_view"
    DENY_VIEW = "deny_view"
    REVOKE_VIEW = "revoke_view"
    LAPSE_VIEW = "lapse_view"
    ASK = "ask"
    GRANT = "grant"
    DENY = "deny"
    REVOKE = "revoke"
    LAPSE = "lapse"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    END = "end"


class Reason(StrEnum):
    """Why a session ended."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    DENIED = "denied"
    TIMEOUT_CONSENT = "timeout_consent"
    TIMEOUT_CODE = "timeout_code"
    IDLE = "idle"
    HARD_LIMIT = "hard_limit"
    CUSTOMER_GONE = "customer_gone"
    AGENTS_GONE = "agents_gone"
    VIOLATION = "violation"
    CLOSED = "closed"


_I, _P, _V, _E = Stage.CODE_ISSUED, Stage.CONSENT_PENDING, Stage.VIEWING, Stage.ENDED
_CU, _AG, _SU, _SY = Role.CUSTOMER, Role.AGENT, Role.SUPERVISOR, Role.SYSTEM

TRANSITIONS: dict[tuple[Stage, Command, Role], Stage] = {
    (_I, Command.CLAIM, _AG): _P,
    (_I, Command.JOIN, _CU): _I,
    **{(stage, Command.JOIN, role): stage for stage in (_P, _V) for role in (_CU, _AG)},
    (_P, Command.GRANT_VIEW, _CU): _V,
    (_P, Command.DENY_VIEW, _CU): _E,
    (_P, Command.LAPSE_VIEW, _SY): _E,
    (_V, Command.REVOKE_VIEW, _CU): _E,
    (_V, Command.ASK, _AG): _V,
    (_V, Command.GRANT, _CU): _V,
    (_V, Command.DENY, _CU): _V,
    (_V, Command.LAPSE, _SY): _V,
    **{(_V, Command.REVOKE, role): _V for role in (_CU, _AG, _SY)},
    **{(_V, command, role): _V for command in (Command.PAUSE, Command.UNPAUSE) for role in (_CU, _SY)},
    **{(stage, Command.END, role): _E for stage in (_P, _V) for role in Role},
    **{(_I, Command.END, role): _E for role in (_CU, _SY)},
}

NEEDS: dict[Scope, Scope] = {
    Scope.POINT: Scope.VIEW,
    Scope.CONTROL: Scope.POINT,
    Scope.RECORD: Scope.VIEW,
    Scope.P2P: Scope.VIEW,
}
EXCLUDES = {Scope.P2P: Scope.RECORD, Scope.RECORD: Scope.P2P}  # the server can't record what it does not carry

MIRROR = "mirror"  # the name of binary frames in this table
_INPUTS = ("input.click", "input.scroll", "input.type", "input.select")
_PEER = ("sdp", "ice", "p2p")

FRAMES: dict[Role, dict[str, Scope | None]] = {
    Role.CUSTOMER: {
        MIRROR: Scope.VIEW,
        "pointer": Scope.VIEW,
        "input.done": Scope.CONTROL,
        **dict.fromkeys(_PEER, Scope.P2P),
        **dict.fromkeys(("code.create", "consent.grant", "consent.deny", "consent.revoke"), None),
        **dict.fromkeys(("pause", "unpause", "end", "ping"), None),
    },
    Role.AGENT: {
        **dict.fromkeys(("pointer", "draw", "clear", "highlight"), Scope.POINT),
        **dict.fromkeys(_INPUTS, Scope.CONTROL),
        **dict.fromkeys(_PEER, Scope.P2P),
        **dict.fromkeys(("ack", "resume", "snapshot.request"), Scope.VIEW),
        **dict.fromkeys(("consent.ask", "consent.revoke", "control.release", "end", "ping"), None),
    },
}

CLOSE_CODES: dict[Reason, int] = {
    Reason.CUSTOMER: 4440,
    Reason.AGENT: 4441,
    Reason.SUPERVISOR: 4442,
    Reason.DENIED: 4403,
    Reason.VIOLATION: 4403,
    Reason.CLOSED: 4441,
}


def next_stage(stage: str, command: Command, role: Role) -> Stage:
    """Where the command leads. Whatever is not in the table is refused, with the reason in words."""
    target = TRANSITIONS.get((Stage(stage), command, role))
    if target is not None:
        return target
    if stage == Stage.ENDED:
        raise ConflictError("This session has ended. Start a new one.")
    if any((Stage(stage), command, other) in TRANSITIONS for other in Role):
        raise ForbiddenError("This is for the other side to decide.", "not_yours")
    raise ConflictError("This can't be done at this point of the session.", "wrong_state", state=str(stage))


def close_code(reason: str) -> int:
    """With what the sockets of a session are closed that ended for this reason."""
    return CLOSE_CODES.get(Reason(reason), 4408)


def dependents(scope: str) -> frozenset[Scope]:
    """The scope and all that need it: what goes when it is revoked."""
    gone = {Scope(scope)}
    while more := {other for other, needed in NEEDS.items() if needed in gone} - gone:
        gone |= more
    return frozenset(gone)


def check_ask(scope: str, granted: Collection[str], *, may_record: bool) -> None:
    """Whether an agent may ask for this now. ConflictError says what comes first."""
    wanted = Scope(scope)
    if wanted in granted:
        raise ConflictError("The customer has granted this already.")
    needed = NEEDS.get(wanted)
    if needed is not None and needed not in granted:
        raise ConflictError(f"Ask for “{needed}” first.", scope=str(needed))
    if wanted is Scope.RECORD and not may_record:
        raise ConflictError("Recording is switched off for this site.")
    if EXCLUDES.get(wanted) in granted:
        raise ConflictError("A recorded session can't leave our server, so it is one or the other.")


def with_scope(scope: str, granted: Iterable[str]) -> list[str]:
    """The granted scopes and this one, in their fixed order."""
    have = {*granted, scope}
    return [one for one in Scope if one in have]


def without(scopes: Collection[str], granted: Iterable[str]) -> list[str]:
    """The granted scopes but these."""
    return [one for one in granted if one not in scopes]


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the deadlines of a session hang on. `ask_ends`: scope -> until when it may be answered.

    page_until    the customer's page must be heard of by then; None before there was one
    agents_until  the same of the agents, once none of them is there; None while one is
    """

    stage: Stage
    since: datetime
    code_until: datetime | None = None
    ask_ends: Mapping[str, datetime] | None = None
    page_until: datetime | None = None
    agents_until: datetime | None = None
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something happens by itself: the session ends for `reason`, or, without one, the ask for `scope` lapses."""

    at: datetime
    reason: Reason | None = None
    scope: str = ""


def deadlines(clocks: Clocks) -> list[Deadline]:
    """All that will happen if nobody does anything, soonest first."""
    if clocks.stage is Stage.ENDED:
        return []
    found = [Deadline(at, _reason_of(scope), scope) for scope, at in (clocks.ask_ends or {}).items()]
    if clocks.stage is Stage.CODE_ISSUED and clocks.code_until:
        found.append(Deadline(clocks.code_until, Reason.TIMEOUT_CODE))
    if clocks.page_until:
        found.append(Deadline(clocks.page_until, Reason.CUSTOMER_GONE))
    if clocks.stage is Stage.VIEWING:
        found.append(Deadline(clocks.since + HARD_LIMIT, Reason.HARD_LIMIT))
        if clocks.agents_until:
            found.append(Deadline(clocks.agents_until, Reason.AGENTS_GONE))
        if clocks.paused_at:
            found.append(Deadline(clocks.paused_at + PAUSE_LASTS, Reason.IDLE))
    return sorted(found, key=lambda deadline: deadline.at)


def _reason_of(scope: str) -> Reason | None:
    """Without an answer to the first question there is no session; any other one simply lapses."""
    return Reason.TIMEOUT_CONSENT if scope == Scope.VIEW else None
