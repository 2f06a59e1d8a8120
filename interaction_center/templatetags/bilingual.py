"""English and German side by side in a template: `{% t "Sign in" "Anmelden" %}`.

Two languages of one short text are easiest to keep true where they are read; the pages of the program have no more.
"""

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def t(english: str, german: str, *values: object) -> str:
    """The text in the reader's language (LocaleMiddleware), each `{}` filled with the next of `values`.

    `{% t "…" "…" as label %}` keeps it in a variable.
    """
    text = german if (get_language() or "en").startswith("de") else english
    return text.format(*values) if values else text
