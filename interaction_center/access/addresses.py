"""Where a request comes from, and who that is when nobody has signed in."""

from django.http import HttpRequest
from django.utils import timezone

from interaction_center.live.addresses import forwarded_address


def address_of(request: HttpRequest) -> str:
    """The client's IP address; behind a proxy that we trust, the one it saw. "" when nothing is known."""
    return forwarded_address(request.headers.get("X-Forwarded-For", "")) or request.META.get("REMOTE_ADDR", "")


def browser_of(request: HttpRequest) -> str:
    """The client's address and the name of its browser: tells one from another, as far as nobody pretends."""
    return f"{address_of(request)} {request.headers.get('User-Agent', '')}"


def reader_today(browser: str) -> str:
    """One reader on one day, the same at every door: what they asked at one and solved at another belongs together.

    browser  see `browser_of`
    """
    return f"{browser} {timezone.localdate().isoformat()}"
