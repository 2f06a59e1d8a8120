"""Who wrote when about what: the plan of two invented weeks. Pure: the same seed and moment give the same plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from kb.search.fold import plain

CONVERSATIONS = 60
WAITING, ASSIGNED = 7, 9
DAYS = 14
_SERIALS = {"Aurelia MR": "AMR", "Kestrel DX": "KDX", "Sonora US": "SUS", "Filma P": "FP"}


class Ending(StrEnum):
    """How far a conversation has come by now."""

    WAITING = "waiting"
    ASSIGNED = "assigned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Person:
    """An invented customer. `visitor`: how the chat knows their browser; `vouched`: the shop says who is signed in."""

    name: str
    company: str
    language: str
    email: str
    visitor: str
    device: str
    serial: str
    vouched: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One conversation: its script with everything filled in but the agent's name (`{agent}`)."""

    person: Person
    channel: str
    team: str
    subject: str
    turns: tuple[tuple[str, str], ...]
    starts_at: datetime
    ending: Ending
    number: int


def people(rows: Sequence[Sequence[str]], rng: Random) -> list[Person]:
    """The customers of the file, each with a device and an address."""
    return [_person(name, company, language, number, rng) for number, (name, company, language) in enumerate(rows)]


def plans(
    scripts: Sequence[dict[str, Any]],
    cast: Sequence[Person],
    codes: dict[str, list[str]],
    *,
    now: datetime,
    rng: Random,
) -> list[Plan]:
    """All conversations in the order in which they began. `codes`: device family -> its error codes."""
    endings = [Ending.WAITING] * WAITING + [Ending.ASSIGNED] * ASSIGNED
    endings += [Ending.CLOSED] * (CONVERSATIONS - len(endings))
    planned = [_plan(number, ending, scripts, cast, codes, now, rng) for number, ending in enumerate(endings)]
    return sorted(planned, key=lambda plan: plan.starts_at)


def _person(name: str, company: str, language: str, number: int, rng: Random) -> Person:
    local = ".".join(plain(part) for part in name.replace("-", " ").split()[:2])
    domain = "-".join("".join(c for c in plain(word) if c.isalnum()) for word in company.split())
    visitor, device = f"{rng.getrandbits(128):032x}", rng.choice(list(_SERIALS))
    return Person(
        name=name,
        company=company,
        language=language,
        email=f"{local}@{domain}.example",
        visitor=visitor,
        device=device,
        serial=f"{_SERIALS[device]}-{20100 + 97 * number}",
        vouched=number % 4 != 3,
    )


def _plan(
    number: int,
    ending: Ending,
    scripts: Sequence[dict[str, Any]],
    cast: Sequence[Person],
    codes: dict[str, list[str]],
    now: datetime,
    rng: Random,
) -> Plan:
    script = scripts[number % len(scripts)]
    person = _customer(number, ending, [person for person in cast if person.language == script["lang"]], rng)
    device = script.get("device") or person.device
    another = f"{_SERIALS[device]}-{rng.randint(20100, 28999)}"
    words = {
        "first": person.name.split()[0],
        "device": device,
        "code": script.get("code") or rng.choice(codes[device]),
        "serial": person.serial if device == person.device else another,
        "order": str(rng.randint(410_000, 489_999)),
        "invoice": f"R-{rng.randint(71_000, 78_999)}",
        "agent": "{agent}",
    }
    return Plan(
        person=person,
        channel=script["channel"],
        team=script["team"],
        subject=script["subject"].format(**words),
        turns=tuple((who, text.format(**words)) for who, text in script["turns"]),
        starts_at=_start(ending, script["channel"], now, rng),
        ending=ending,
        number=number,
    )


def _customer(number: int, ending: Ending, cast: Sequence[Person], rng: Random) -> Person:
    """Anybody; for those still open somebody else each time, because a browser has one open chat only."""
    return rng.choice(cast) if ending is Ending.CLOSED else cast[number % len(cast)]


def _start(ending: Ending, channel: str, now: datetime, rng: Random) -> datetime:
    """Waiting ones are fresh, those in work a little older, closed ones of the last two weeks on weekdays."""
    if ending is Ending.WAITING:
        return now - timedelta(minutes=rng.randint(1, 4) if channel == "web_chat" else rng.randint(8, 170))
    if ending is Ending.ASSIGNED:
        return now - timedelta(minutes=rng.randint(4, 9) if channel == "web_chat" else rng.randint(185, 290))
    moment = now - timedelta(days=rng.randint(2, DAYS))
    while moment.weekday() >= 5:
        moment -= timedelta(days=1)
    return moment.replace(hour=rng.randint(6, 14), minute=rng.randint(0, 59), second=rng.randint(0, 59))
