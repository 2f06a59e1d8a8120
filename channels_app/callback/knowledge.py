"""Answers that are there already, shown before anybody is called, and what became of them (docs/deflection.md)."""

from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from interaction_center.access.addresses import reader_today
from kb.selectors import is_readable
from kb.services import Suggestion, record_event, suggest

DOOR = "form"
PUBLIC = "public"
SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader wrote. `browser`, `address`: what tells one reader from another; `private`: what is not kept."""

    text: str
    language: str
    browser: str
    address: str
    private: tuple[str, ...] = ()
    door: str = DOOR


def suggested(asked: Asked) -> list[Suggestion]:
    """What knowledge has to say, which counts as asked."""
    if not asked.text:
        return []
    found = suggest(asked.text, locale=asked.language, audience=PUBLIC, limit=SUGGESTIONS)
    _record("shown" if found else "zero_hit", asked, target=found[0].id if found else "")
    return found


def note_solved(asked: Asked, target: str) -> None:
    """ "That solved it": nobody is called."""
    if is_readable(public_id=target, audience=PUBLIC):
        _record("solved", asked, target=target)


def note_asked(asked: Asked) -> None:
    """A person is asked all the same."""
    if asked.text:
        _record("asked", asked)


def _record(kind: str, asked: Asked, *, target: str = "") -> None:
    """Once per reader, question and day; the reader is a keyed hash of address and browser, never a cookie."""
    visitor = reader_today(asked.browser)
    key = salted_hmac("callback.asked", "\n".join((kind, asked.text, visitor)), algorithm="sha256").hexdigest()
    record_event(
        kind=kind,
        door=asked.door,
        key=key,
        target=target,
        question=asked.text,
        locale=asked.language,
        visitor=visitor,
        reader=asked.address,
        private=asked.private,
    )
