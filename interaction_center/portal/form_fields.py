"""What somebody writes into a form of ours: read, checked, and said again where something is missing. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from interaction_center.access.form_keys import Opened, open_key
from interaction_center.customers.policy import normalise

MAX_TEXT = 20_000
LIMITS = {"name": 200, "email": 320, "subject": 300, "device": 80, "text": MAX_TEXT}
ASKED = ("name", "email", "subject", "text")


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands in the form. `key`: see `form_keys`; `q`: what was asked before; `trap`: empty but for programs."""

    key: str = ""
    name: str = ""
    email: str = ""
    subject: str = ""
    text: str = ""
    device: str = ""
    q: str = ""
    trap: str = ""


def open_letter(letter: Letter, *, now: datetime) -> tuple[Letter, Opened]:
    """The letter under its key, or under a new one when its own is not ours or older than a day."""
    key, opened = open_key(letter.key, now=now)
    return replace(letter, key=key), opened


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
