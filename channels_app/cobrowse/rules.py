"""The rules of a site: what co-browsing shows of it. Whoever changes them is told by the line what is no selector.

A line that hides something and can't be read is not stored: it would hide nothing. Browsers differ in what they can
read, so their word is the last: a page that can't read one of them shows nothing at all (frontend/widget/cobrowse).
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from channels_app.cobrowse.models import SiteRules
from interaction_center.errors import InvalidError

LISTS = ("show", "mask", "block")
_NOTHING = LexborHTMLParser("<p>")


@transaction.atomic
def change_rules(*, site: str, changes: dict[str, Any]) -> None:
    """The rules of the site with this key; pages that are shown now keep those that they began with. InvalidError."""
    given = {name: value for name, value in changes.items() if value is not None}
    for name in LISTS:
        if name in given:
            given[name] = checked(name, given[name])
    SiteRules.objects.update_or_create(site=site, defaults=given)


def checked(name: str, lines: Sequence[str]) -> list[str]:
    """Each once, without empty ones. InvalidError names the first line that is no selector, counted as it was given."""
    for number, line in enumerate(lines, start=1):
        if line and not is_selector(line):
            sentence = (
                f"Line {number}, “{line[:80]}”, is no selector that can be checked."
                " Write one as in a style sheet, such as .account or [data-private], without states or"
                " pseudo-elements."
            )
            raise InvalidError(sentence, **{name: sentence})
    return [line for line in dict.fromkeys(lines) if line]


def is_selector(line: str) -> bool:
    """Whether an engine for selectors reads it. Namespaces, which it reads and pages can't, are none."""
    if not line.isprintable() or "|" in line.replace("|=", "") or "{" in line or "}" in line:
        return False
    try:
        _NOTHING.css(line)
    except SelectolaxError:
        return False
    return True
