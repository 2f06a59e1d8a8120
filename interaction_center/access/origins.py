"""Which web pages may talk to us: exact origins only, no wildcards, no suffix matches."""

from collections.abc import Collection
from urllib.parse import urlsplit

from interaction_center.errors import InvalidError

DEFAULT_PORTS = {"http": 80, "https": 443}


def read_origin(text: str) -> str:
    """The origin as a browser would send it ("https://shop.example"). Raises InvalidError for anything else."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError as error:
        raise _wrong(text) from error
    extras = (parts.path.strip("/"), parts.query, parts.fragment, parts.username, parts.password)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "*" in parts.hostname or any(extras):
        raise _wrong(text)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != DEFAULT_PORTS[parts.scheme] else "")


def own_origin(*, secure: bool, host: str) -> str:
    """The origin of the pages we serve ourselves, from the scheme and the Host header of a request."""
    try:
        return read_origin(f"{'https' if secure else 'http'}://{host}")
    except InvalidError:
        return ""


def is_allowed(origin: str, allowed: Collection[str], *, own: str = "") -> bool:
    """Whether a request with this Origin header may come in; `own` is our own origin, where that is welcome."""
    return bool(origin) and (origin in allowed or origin == own)


def _wrong(text: str) -> InvalidError:
    sentence = f"“{text}” is no origin: write the address of the site without a path, like https://www.example.com."
    return InvalidError(sentence, origins=sentence)
