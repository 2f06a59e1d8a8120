"""The account that the network serves, and what a telephone number looks like."""

import hmac
import re
from dataclasses import dataclass, field
from random import Random
from typing import Final

E164: Final = re.compile(r"\+[1-9]\d{6,14}")
CLIENT: Final = re.compile(r"client:[A-Za-z0-9_.\-@:+%]{1,121}")
API_VERSION: Final = "2010-04-01"


@dataclass(frozen=True, slots=True)
class Account:
    """Who may use the API: by the auth token, or by one of the API keys (sid -> secret)."""

    sid: str
    token: str = field(repr=False)
    keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"AC[0-9a-f]{32}", self.sid):
            raise ValueError('An account sid is "AC" and 32 hexadecimal digits')
        if not self.token:
            raise ValueError("The account needs an auth token")

    def admits(self, credentials: tuple[str, str] | None) -> bool:
        """Whether these are a user and a password of the account."""
        if credentials is None:
            return False
        user, password = credentials
        secret = dict([(self.sid, self.token), *self.keys]).get(user, "")
        return bool(secret) and hmac.compare_digest(secret.encode(), password.encode())


class Sids:
    """New sids, repeatable by the seed."""

    def __init__(self, seed: int | None) -> None:
        self._random = Random(seed)  # noqa: S311 - names of things, no secrets

    def new(self, prefix: str) -> str:
        """Two letters and 32 hexadecimal digits."""
        return f"{prefix}{self._random.getrandbits(128):032x}"


def is_telephone(address: str) -> bool:
    """Whether a call can be placed to it: E.164, or a softphone."""
    return bool(E164.fullmatch(address) or CLIENT.fullmatch(address))
