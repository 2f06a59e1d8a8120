"""The form "call me back": read, checked, and shown again where something is missing. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime

from channels_app.callback.numbers import MAX_TEXT
from channels_app.callback.subjects import SUBJECTS
from channels_app.callback.windows import read_zone
from interaction_center.customers.policy import normalise
from interaction_center.errors import BadRequestError

LIMITS = {"phone": MAX_TEXT, "name": 200, "email": 254, "text": 4_000}


@dataclass(frozen=True, slots=True)
class Ask:
    """What stands in the form. `key`: see `form_keys`; `q`: what was asked before; `trap`: empty but for programs;
    `proof`: see `address_proofs`, of who has signed in to the help pages.

    wanted_at   begin of a slot as we have written it; "" for as soon as possible
    zone        of the browser; "" where it says none
    """

    key: str = ""
    phone: str = ""
    name: str = ""
    email: str = ""
    subject: str = "general"
    text: str = ""
    wanted_at: str = ""
    zone: str = ""
    q: str = ""
    trap: str = ""
    proof: str = ""


def read_ask(posted: Mapping[str, object]) -> Ask:
    """What was sent, as every database takes it; nothing is cut, so that what is too long can be shortened."""
    written = {name: _text(posted.get(name, "")) for name in Ask.__slots__}
    lines = {name: " ".join(value.split()) for name, value in written.items()}
    text = written["text"].replace("\r\n", "\n").strip()
    subject = lines["subject"] if lines["subject"] in SUBJECTS else "general"
    zone = lines["zone"] if read_zone(lines["zone"]) else ""
    return Ask(**lines | {"text": text, "subject": subject, "zone": zone, "q": lines["q"][:600]})


def _text(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", errors="replace").decode().replace("\x00", "")


def problems_of(ask: Ask) -> dict[str, str]:
    """Field -> code of what is wrong, as far as it can be seen without asking anybody."""
    found = {name: "required" for name in ("phone", "name") if not getattr(ask, name)}
    found |= {name: "too_long" for name, limit in LIMITS.items() if len(getattr(ask, name)) > limit}
    if ask.email and "email" not in found and not normalise("email", ask.email):
        found["email"] = "not_mail"
    if ask.trap:
        found["trap"] = "not_empty"
    return found


def wanted(text: str) -> datetime | None:
    """The begin of the chosen slot; None for as soon as possible. BadRequestError for what is no time of ours."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        begin = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _no_time() from error
    if not MINYEAR < begin.year < MAXYEAR:  # so that it can be told on any clock
        raise _no_time()
    return begin


def _no_time() -> BadRequestError:
    return BadRequestError("Choose one of the times on offer.", "slot_not_offered")
