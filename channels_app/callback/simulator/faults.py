"""What goes wrong, on request or by a seed: callbacks late, twice, swapped or never; answers that get lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

CALLBACK_FAULTS: Final = ("drop", "duplicate", "delay", "reorder")
CREATE_FAULTS: Final = ("lost_answer", "twice", "slow", "reset", "error", "unavailable", "unavailable_after")
FIFTEEN_MINUTES = 900.0


class BadFaultError(ValueError):
    """A fault that cannot be; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next `times` callbacks or creating requests that match.

    Callbacks (`match`: kind, event or part of the URL): `drop`, `duplicate`, `delay` by `seconds`, `reorder` (it comes
    after the next one of its call). Creating requests (`match`: a number or part of the path): `lost_answer` (accepted,
    but the answer never comes), `twice` (the request is delivered two times), `slow` by `seconds`, `reset` (refused by
    a closed connection), `error` with Twilio's `code`, `unavailable` (503, nothing was done), `unavailable_after`
    (503, but accepted).
    """

    kind: str
    match: str = ""
    times: int = 1
    seconds: float = FIFTEEN_MINUTES
    code: int = 0
    retry_after: int = 1

    def __post_init__(self) -> None:
        if self.kind not in CALLBACK_FAULTS + CREATE_FAULTS:
            raise BadFaultError(f'"kind" is one of {", ".join(CALLBACK_FAULTS + CREATE_FAULTS)}')
        if self.kind == "error" and self.code not in ERRORS:
            raise BadFaultError(f'"code" is one of {", ".join(map(str, ERRORS))}')
        if self.times < 1 or self.seconds < 0:
            raise BadFaultError('"times" is 1 or more, "seconds" is 0 or more')

    @classmethod
    def from_json(cls, value: Any) -> "Fault":
        """The fault in this JSON object; raises BadFaultError."""
        if not isinstance(value, dict):
            raise BadFaultError("A fault is a JSON object")
        try:
            return cls(**value)
        except TypeError as problem:
            raise BadFaultError(f"This is no fault: {problem}") from None


# Twilio's code -> HTTP status and message, of what the network may answer to a create.
ERRORS: Final[Mapping[int, tuple[int, str]]] = {
    13224: (400, "Dial: Invalid phone number format"),
    20003: (401, "Authenticate"),
    20429: (429, "Too Many Requests"),
    10004: (429, "Call concurrency limit exceeded"),
    21202: (400, "'To' phone number is a premium number and cannot be called"),
    21204: (400, "Call has already been initiated"),
    21211: (400, "Invalid 'To' Phone Number"),
    21215: (403, "Account not authorized to call this number. Check its geographic permissions"),
    21216: (403, "Account not allowed to call this number"),
    21217: (400, "Phone number does not appear to be valid"),
}


@dataclass(slots=True)
class Faults:
    """Planned faults first, in their order; then, by chance, those with a rate (kind -> 0..1), from one seed."""

    seed: int = 0
    rates: dict[str, float] = field(default_factory=dict)
    planned: list[Fault] = field(default_factory=list)
    happened: list[Fault] = field(default_factory=list)
    _random: Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 - a repeatable choice is what is wanted

    def add(self, *faults: Fault) -> None:
        """Plan these."""
        self.planned.extend(faults)

    def set_rates(self, rates: Mapping[str, float], seed: int) -> None:
        """From now on these happen by chance. Raises BadFaultError for a kind or a rate that cannot be."""
        for kind, rate in rates.items():
            if kind not in CALLBACK_FAULTS + CREATE_FAULTS or not 0 <= rate <= 1:
                raise BadFaultError(f"{kind!r}: {rate!r} is no rate: a known kind and a number from 0 to 1")
        self.rates, self.seed, self._random = dict(rates), seed, Random(seed)  # noqa: S311 - as above

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        self.planned.clear()
        self.rates.clear()

    def for_callback(self, *traits: str) -> Fault | None:
        """What happens to a callback with these traits (kind, event, URL)."""
        return self._take(CALLBACK_FAULTS, traits)

    def for_create(self, *traits: str) -> Fault | None:
        """What happens to a request that creates something, with these traits (path, numbers)."""
        return self._take(CREATE_FAULTS, traits)

    def _take(self, kinds: tuple[str, ...], traits: tuple[str, ...]) -> Fault | None:
        fault = self._planned_for(kinds, traits) or self._by_chance(kinds)
        if fault is not None:
            self.happened.append(fault)
        return fault

    def _planned_for(self, kinds: tuple[str, ...], traits: tuple[str, ...]) -> Fault | None:
        for index, fault in enumerate(self.planned):
            if fault.kind in kinds and any(fault.match in trait for trait in traits):
                if fault.times > 1:
                    self.planned[index] = replace(fault, times=fault.times - 1)
                else:
                    del self.planned[index]
                return replace(fault, times=1)
        return None

    def _by_chance(self, kinds: tuple[str, ...]) -> Fault | None:
        for kind in kinds:
            rate = self.rates.get(kind, 0.0)
            if rate and self._random.random() < rate:
                return Fault(kind, code=self._random.choice(list(ERRORS)) if kind == "error" else 0)
        return None
