"""Where a page finds its style sheet, its script, and the ways to a person."""

from typing import Any

from django import template

from interaction_center.adapters import Way, ways_to_a_person
from interaction_center.portal import assets

register = template.Library()


@register.simple_tag(takes_context=True)
def portal_style(context: dict[str, Any]) -> str:
    """The address of the style sheet, in the colours of the page's site."""
    site = context.get("site")
    return assets.style_url(site.accent if site else "")


@register.simple_tag
def portal_script() -> str:
    """The address of the script; "" when there is none."""
    return assets.script_url()


@register.simple_tag(takes_context=True)
def more_ways(context: dict[str, Any]) -> list[Way]:
    """The ways to a person beside chat, form and mail; asked for only where they are shown."""
    site = context.get("site")
    return ways_to_a_person(site.key if site else "")
