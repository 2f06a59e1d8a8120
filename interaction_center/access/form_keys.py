"""The key that is given out with a form of ours, signed with its time. Pure.

It makes a repetition harmless and tells a person, who needs a few seconds to write, from a program that sends at once.
Together with a field that only programs fill in, it stands in for a puzzle that keeps people out.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from interaction_center.ids import public_id

MIN_SECONDS = 3
MAX_SECONDS = 24 * 3600
_SALT = "interaction_center.form"


@dataclass(frozen=True, slots=True)
class Opened:
    """A form that came back: its key, for how many seconds it has been open, and what is wrong: damaged, too_old."""

    key: str
    seconds: int = 0
    problem: str = ""


def new_key(now: datetime) -> str:
    """For a form that is shown now."""
    return signing.dumps([public_id(), int(now.timestamp())], salt=_SALT)


def open_key(signed: str, *, now: datetime) -> tuple[str, Opened]:
    """The key as it goes on: the same, or a new one when it is not ours or older than a day."""
    key, shown_at = _read_key(signed)
    seconds = int(now.timestamp()) - shown_at
    if key and seconds <= MAX_SECONDS:
        return signed, Opened(key, seconds)
    renewed = new_key(now)
    return renewed, Opened(_read_key(renewed)[0], 0, "too_old" if key else "damaged")


def _read_key(signed: str) -> tuple[str, int]:
    try:
        key, shown_at = signing.loads(signed, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return "", 0
    return str(key), int(shown_at)
