"""What is wrong with the fields of an article or error code, by field, in words. Touches no database."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from kb.links import MAX_LINKS, refs_of
from kb.models import Audience, CodeState, Severity
from kb.search.codes import fold_code

MAX_SUPPORT_LEVEL = 9
MAX_STEPS, MAX_STEP = 50, 1000
MAX_CAUSE = 20_000
MAX_BODY = 100_000  # thirty pages: what is longer takes seconds to read, and nobody reads it on a screen
_LONGEST = {"summary": 300, "keywords": 500, "body": MAX_BODY}


def article_problems(values: Mapping[str, Any]) -> dict[str, str]:
    """Field -> what it must be, for each wrong field of an article."""
    wrong = _wrong_choices(values, locale=dict(settings.LANGUAGES), audience=Audience.values)
    if not values["title"].strip() or len(values["title"]) > 200:
        wrong["title"] = "1 to 200 characters"
    if values["slug"] and (slug_of(values["slug"]) != values["slug"] or len(values["slug"]) > 120):
        wrong["slug"] = "small letters, digits and hyphens, up to 120"
    if len(values["body"]) <= _LONGEST["body"] and len(refs_of(values["body"])) > MAX_LINKS:
        wrong["body"] = f"at most {MAX_LINKS} different links inside"
    return wrong | {name: f"at most {most} characters" for name, most in _LONGEST.items() if len(values[name]) > most}


def error_code_problems(values: Mapping[str, Any]) -> dict[str, str]:
    """Field -> what it must be, for each wrong field of an error code."""
    wrong = _wrong_choices(
        values,
        locale=dict(settings.LANGUAGES),
        severity=Severity.values,
        state=CodeState.values,
        audience=Audience.values,
    )
    if not slug_of(values["device_family"]) or len(values["device_family"]) > 80:
        wrong["device_family"] = "1 to 80 characters"
    if not fold_code(values["code"]) or len(values["code"]) > 40:
        wrong["code"] = "1 to 40 characters with a letter or digit"
    if not values["meaning"].strip() or len(values["meaning"]) > 300:
        wrong["meaning"] = "1 to 300 characters"
    if not 1 <= values["support_level"] <= MAX_SUPPORT_LEVEL:
        wrong["support_level"] = f"1 to {MAX_SUPPORT_LEVEL}"
    if len(values["cause"]) > MAX_CAUSE:
        wrong["cause"] = f"at most {MAX_CAUSE} characters"
    for name in ("remedy", "parts"):
        if len(values[name]) > MAX_STEPS or any(len(step) > MAX_STEP for step in values[name]):
            wrong[name] = f"at most {MAX_STEPS} of {MAX_STEP} characters"
    return wrong


def storable(text: str) -> str:
    """Without the NUL character, which PostgreSQL refuses and nobody means."""
    return text.replace("\0", "")


def one_line(text: str) -> str:
    """Without line breaks of any kind, and without spaces around."""
    return " ".join(storable(text).splitlines()).strip()


@lru_cache(maxsize=1024)  # a table of error codes names a few families ten thousand times
def slug_of(text: str) -> str:
    """The text as part of an address; German letters as one writes them without an umlaut key."""
    for letter, spelt in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.lower().replace(letter, spelt)
    return slugify(text)


def _wrong_choices(values: Mapping[str, Any], **choices: Any) -> dict[str, str]:
    return {name: "one of " + ", ".join(allowed) for name, allowed in choices.items() if values[name] not in allowed}
