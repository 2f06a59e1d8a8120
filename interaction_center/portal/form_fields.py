"""What somebody writes into a form of ours: read, checked, and said again where something is missing. Pure.

`key` is given out with the form, signed with its time: it makes a repetition harmless and tells a person, who needs a
few seconds to write, from a program that sends at once. Together with a field that only programs fill in, it stands in
for a puzzle that keeps people out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.core import signing

from interaction_center.customers.policy import normalise
from interaction_center.ids import public_id

MIN_SECONDS = 3
MAX_SECONDS = 24 * 3600
MAX_TEXT = 20_000
LIMITS = {"name": 200, "email": 320, "subject": 300, "device": 80, "text": MAX_TEXT}
ASKED = ("name", "email", "subject", "text")
_SALT = "interaction_center.portal.form"


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands in the form. `q` is what was asked before; `trap` is empty but for programs."""

    key: str = ""
    name: str = ""
    email: str = ""
    subject: str = ""
    text: str = ""
    device: str = ""
    q: str = ""
    trap: str = ""


def new_key(now: datetime) -> str:
    """For a form that is shown now."""
    return signing.dumps([public_id(), int(now.timestamp())], salt=_SALT)


@dataclass(frozen=True, slots=True)
class Opened:
    """A form that came back: its key, for how many seconds it has been open, and what is wrong: damaged, too_old."""

    key: str
    seconds: int = 0
    problem: str = ""


def open_letter(letter: Letter, *, now: datetime) -> tuple[Letter, Opened]:
    """The letter under its key, or under a new one when its own is not ours or older than a day."""
    key, shown_at = _read_key(letter.key)
    seconds = int(now.timestamp()) - shown_at
    if key and seconds <= MAX_SECONDS:
        return letter, Opened(key, seconds)
    renewed = replace(letter, key=new_key(now))
    return renewed, Opened(_read_key(renewed.key)[0], 0, "too_old" if key else "damaged")


def _read_key(signed: str) -> tuple[str, int]:
    try:
        key, shown_at = signing.loads(signed, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return "", 0
    return str(key), int(shown_at)


def read_letter(posted: Mapping[str, str]) -> Letter:
    """What was sent, as every database takes it; nothing is cut, so that what is too long can be shortened."""
    written = {name: posted.get(name, "").replace("\x00", "") for name in Letter.__slots__}
    lines = {name: " ".join(value.split()) for name, value in written.items()}
    text = written["text"].replace("\r\n", "\n").strip()
    return Letter(**lines | {"text": text, "q": lines["q"][:600], "key": lines["key"][:200]})


def problems_of(letter: Letter, *, asked: tuple[str, ...] = ASKED) -> dict[str, str]:
    """Field -> what is wrong: required, too_long, invalid."""
    found = {name: "required" for name in asked if not getattr(letter, name)}
    found |= {name: "too_long" for name, limit in LIMITS.items() if len(getattr(letter, name)) > limit}
    if letter.email and "email" not in found and not normalise("email", letter.email):
        found["email"] = "invalid"
    if letter.trap:
        found["trap"] = "not_empty"
    return found
