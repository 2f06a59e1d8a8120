"""Where a request comes from."""

from django.http import HttpRequest

from interaction_center.live.addresses import forwarded_address


def address_of(request: HttpRequest) -> str:
    """The client's IP address; behind a proxy that we trust, the one it saw. "" when nothing is known."""
    return forwarded_address(request.headers.get("X-Forwarded-For", "")) or request.META.get("REMOTE_ADDR", "")
