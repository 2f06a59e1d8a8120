"""English and German side by side in a template: `{% t "Sign in" "Anmelden" %}`.

Two languages of one short text are easiest to keep true where they are read; the pages of the program have no more.
"""

from datetime import datetime

from django import template
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def t(english: str, german: str, *values: object) -> str:
    """The text in the reader's language (LocaleMiddleware), each `{}` filled with the next of `values`.

    `{% t "…" "…" as label %}` keeps it in a variable.
    """
    text = german if (get_language() or "en").startswith("de") else english
    return text.format(*values) if values else text


@register.simple_tag
def day(at: datetime) -> SafeString:
    """A date as readers see it on every page: 26 November 2026."""
    return _time(at, t("j F Y", "j. F Y"))


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """Its time of day too, with the zone: whose clock the reader has is known to their browser alone."""
    return _time(at, t(r"j F Y \a\t H:i T", r"j. F Y \u\m H:i T"))


def _time(at: datetime, form: str) -> SafeString:
    local = localtime(at)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), date_format(local, form))
