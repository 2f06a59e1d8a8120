"""Where a socket comes from, read from its ASGI scope."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host


def header(scope: Mapping[str, Any], name: bytes) -> str:
    """The value of a header (name in lower case), "" when absent."""
    return next((value.decode("latin-1") for key, value in scope.get("headers", ()) if key == name), "")


def client_address(scope: Mapping[str, Any]) -> str:
    """The peer's IP address; behind a proxy that we trust, the one it saw."""
    client = scope.get("client")
    return forwarded_address(header(scope, b"x-forwarded-for")) or (str(client[0]) if client else "")


def forwarded_address(forwarded_for: str) -> str:
    """The address that a proxy added last to this header; "" when we trust none, or it has added nothing."""
    return forwarded_for.rpartition(",")[2].strip() if settings.CONFIG.trust_proxy else ""


def own_origin_of(scope: Mapping[str, Any]) -> str:
    """The origin of our own pages as this peer sees us: scheme and Host; "" for a host that is not ours."""
    name, _port = split_domain_port(header(scope, b"host"))
    if not validate_host(name, settings.ALLOWED_HOSTS):
        return ""
    secure = scope.get("scheme") in ("wss", "https")
    if settings.CONFIG.trust_proxy:
        secure = header(scope, b"x-forwarded-proto") == "https"
    return f"{'https' if secure else 'http'}://{header(scope, b'host')}".lower()
