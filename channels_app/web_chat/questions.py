"""What became of the questions that visitors put to our knowledge before they asked a person.

A question counts when something came of it: an answer was opened, it solved the matter, or a person was asked. What
stands in the field between two keys counts for nothing.
"""

import hashlib
from dataclasses import dataclass, replace

from django.utils import timezone

from interaction_center.access.addresses import reader_today
from kb.selectors import is_recorded
from kb.services import record_event, suggest

DOOR = "widget"
MIN_MISSING = 12  # what is shorter and finds nothing ("Hello") says nothing about what is missing


@dataclass(frozen=True, slots=True)
class Question:
    """One question of one reader at one site. `target` is the answer they have open, "" for none.

    visitor  their id, "" where the browser has none yet: then `browser` tells one reader from another
    browser  its address and name
    address  of the network: whom the visitor's id can be anything for is told apart by it
    """

    site: str
    visitor: str
    browser: str
    text: str
    locale: str
    target: str = ""
    address: str = ""

    def key(self, *kind: str) -> str:
        """Once per reader, question and day; an answer from the list of common ones is a question of its own."""
        asked = " ".join(self.text.split()).casefold() or self.target
        day = f"{timezone.now():%Y-%m-%d}"
        parts = (*kind, self.site, self.visitor or self.browser, asked, day)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def note_opened(question: Question) -> None:
    """The reader looks at an answer: each one counts."""
    _record("shown", question)
    _record("opened", question, question.target)


def note_solved(question: Question) -> bool:
    """ "That solved it"; False when it is known already. What is solved was asked, or the rate would be none."""
    _record("shown", question)
    return _record("solved", question)


def note_sent(question: Question) -> None:
    """A person is asked all the same. What found nothing is told to the editors, if it is more than a greeting."""
    _record("asked", question, "person")
    if is_recorded(replace(question, visitor="").key("asked")):  # before the browser had a visitor's id
        return
    found = suggest(question.text, locale=question.locale, limit=1)
    if found:
        _record("shown", replace(question, target=found[0].id))
    elif len(question.text.strip()) >= MIN_MISSING:
        _record("zero_hit", question)


def _record(kind: str, question: Question, *which: str) -> bool:
    return record_event(
        kind=kind,
        door=DOOR,
        key=question.key("asked" if kind in ("shown", "zero_hit") else kind, *which),  # a question is shown or not
        target=question.target,
        question=question.text,
        locale=question.locale,
        visitor=reader_today(question.browser),
        reader=question.address,
    )
