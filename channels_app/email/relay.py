"""Where mail leaves: SMTP_RELAY_URL, or the built-in catcher when there is none. Pure.

smtp://user:password@host:587?starttls, smtps://user:password@host, smtp://host:25
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """The next hop. `tls` from the first byte; `starttls` True = required, None = used when it is offered."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    tls: bool = False
    starttls: bool | None = None


def read_relay(url: str, *, catcher_host: str, catcher_port: int) -> Relay:
    """The relay that `url` names. Raises ValueError with a sentence for people."""
    if not url:
        return Relay(catcher_host, catcher_port, starttls=False)
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(
            "SMTP_RELAY_URL must look like smtp://user:password@host:587?starttls or smtps://user:password@host."
        )
    wanted = "starttls" in parse_qs(parts.query, keep_blank_values=True)
    return Relay(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=parts.scheme == "smtps",
        starttls=False if parts.scheme == "smtps" else (True if wanted else None),
    )
