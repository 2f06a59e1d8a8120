"""A call with its legs and its request: locked in one order, read together, written where they have changed.

Everything that moves a call goes through here, inside a transaction: `locked_scenes`, change the rows in hand, then
`settling.settle`. Lock order everywhere: lines, calls, legs, requests, then the hub's agents and interactions.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import models

from channels_app.callback.models import CallbackRequest, CallLeg, Party, PhoneCall, PhoneLine
from channels_app.callback.numbers import spoken_language
from channels_app.callback.stages import LegStage
from channels_app.callback.tokens import digest_of, token_of
from interaction_center.bulk import attributes, by_key, insert, lock_rows, write

Row = PhoneCall | CallLeg | CallbackRequest
HubAct = Callable[[], object]
# Columns that no screen shows: a change of them alone is told to nobody.
UNSEEN = {
    *("state", "due_at", "lease_until", "lease_owner", "attempts", "last_error", "token_digest", "posted_at"),
    *("orders", "sequence", "status", "call_sid", "absences"),
}


class Scene:
    """One call as it stands now. `notes` are the events that its log is still to get, `acts` what comes last: whatever
    the hub has to do, as its rows are locked after ours."""

    def __init__(self, call: PhoneCall, legs: Sequence[CallLeg], request: CallbackRequest | None) -> None:
        self.call, self.legs, self.request = call, list(legs), request
        self.notes: list[dict[str, Any]] = []
        self.acts: list[HubAct] = []
        self.has_rung = False
        self._before = {id(row): _values(row) for row in self.rows}

    @property
    def rows(self) -> list[Row]:
        """Everything that may have changed."""
        return [self.call, *self.legs, *([self.request] if self.request else [])]

    @property
    def line(self) -> PhoneLine:
        """The line of the call."""
        return self.call.line

    @property
    def language(self) -> str:
        """What the customer speaks."""
        return self.request.language if self.request else spoken_language(self.call.caller or self.line.number)

    def leg(self, key: int | None) -> CallLeg:
        """The leg with this primary key."""
        return next(leg for leg in self.legs if leg.pk == key)

    def living(self, party: str) -> CallLeg | None:
        """The telephone of this party that is not down."""
        return next((leg for leg in self.legs if leg.party == party and leg.ended_at is None), None)

    @property
    def has_customer(self) -> bool:
        """Whether a customer has picked up and is still there."""
        theirs = (leg for leg in self.legs if leg.party == Party.CUSTOMER)
        return any(leg.answered_at is not None and leg.ended_at is None for leg in theirs)

    def ring(self, party: str, to: str, now: datetime, user: str = "") -> CallLeg:
        """One more telephone, to be posted at once."""
        leg = CallLeg(call=self.call, party=party, to=to, user=user, stage=LegStage.POSTING, created_at=now, due_at=now)
        insert([leg])
        self.legs.append(leg)
        self.has_rung = True
        self._before[id(leg)] = _values(leg)
        return leg

    def take_in(self, to: str, sid: str, now: datetime) -> CallLeg:
        """The telephone of a customer who calls us."""
        leg = CallLeg(call=self.call, party=Party.CUSTOMER, to=to, stage=LegStage.RINGING, call_sid=sid)
        leg.token_digest = digest_of(token_of(leg))
        leg.created_at, leg.due_at = now, now
        leg.save(force_insert=True)
        self.legs.append(leg)
        self._before[id(leg)] = _values(leg)
        return leg

    def note(self, name: str, **facts: Any) -> None:
        """Something for the log of the interaction."""
        self.notes.append({"name": name, **facts})

    def has_new_order(self, leg: CallLeg) -> bool:
        """Whether Twilio is to be told something that it was not to be told before."""
        before = self._before[id(leg)][attributes(CallLeg).index("orders")]
        return any(order not in before for order in leg.orders)

    def changes_of(self, row: Row) -> dict[str, Any]:
        """The columns of this row that differ from what is stored."""
        before, now = self._before[id(row)], _values(row)
        if before == now:
            return {}
        names = attributes(type(row))
        return {name: value for name, value, was in zip(names, now, before, strict=True) if was != value}


def locked_scenes(calls: Collection[int]) -> list[Scene]:
    """These calls, locked; four queries."""
    found = lock_rows(PhoneCall, "id", calls)
    legs: dict[int, list[CallLeg]] = defaultdict(list)
    for leg in lock_rows(CallLeg, "call_id", calls):
        legs[leg.call_id].append(leg)
    wanted = [call.request_id for call in found if call.request_id]
    requests = {row.pk: row for row in lock_rows(CallbackRequest, "id", wanted)}
    with_lines([*found, *requests.values()])
    return [Scene(call, legs[call.pk], requests.get(call.request_id or 0)) for call in found]


def store(scenes: Iterable[Scene]) -> list[Scene]:
    """Write what has changed; the scenes of which somebody can see it."""
    changes = [(scene, row, scene.changes_of(row)) for scene in scenes for row in scene.rows]
    write((row, changed) for _, row, changed in changes)
    seen = {scene.call.pk: scene for scene, _, changed in changes if scene.has_rung or changed.keys() - UNSEEN}
    return list(seen.values())


def with_lines(rows: Sequence[PhoneCall | CallbackRequest]) -> None:
    """Gives each row its line, read once for all: many rows have one."""
    lines = by_key(PhoneLine, {row.line_id for row in rows})
    for row in rows:
        row.line = lines[row.line_id]


def _values(row: models.Model) -> tuple[Any, ...]:
    """JSON columns are replaced as a whole, never changed in place: so the values can be compared later."""
    return _getter(type(row))(row)


@cache
def _getter(model: type[models.Model]) -> "attrgetter[tuple[Any, ...]]":
    return attrgetter(*attributes(model))
