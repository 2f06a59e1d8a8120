"""Signed tokens: who a returning visitor is, and which file a short-lived address opens.

A token names a random visitor, the site it was given out for and whom the site's page vouched for; it is good for
24 hours from its last renewal.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from interaction_center.access.models import Site
from interaction_center.errors import UnauthorizedError

TOKEN_AGE = timedelta(hours=24)
RENEW_EVERY = timedelta(hours=1)  # while somebody is connected: whoever leaves has nearly a day to come back
FILE_AGE = timedelta(hours=24)  # as long as a visitor's token: a picture in an open chat must not go blank
_VISITOR_SALT = "interaction_center.visitor"
_FILE_SALT = "interaction_center.file"


@dataclass(frozen=True, slots=True)
class VisitorClaim:
    """A visitor whose token was good. `visitor` is a random name of 128 bits, which every renewal keeps.

    `vouched` is the normalised address that the host page vouched for, "" for a visitor whom nobody knows.
    """

    visitor: str
    site_key: str
    vouched: str

    def is_for(self, vouched: str) -> bool:
        """Whether it may be used where the page vouches for `vouched` now: after a sign-in, not after a sign-out.

        Browsers are shared: who signs out of the shop leaves the token behind, and the next one must not get the log.
        """
        return self.vouched in ("", vouched)


def new_visitor() -> str:
    """A name for a visitor who has no token yet."""
    return secrets.token_hex(16)


def issue(site: Site, visitor: str, vouched: str = "") -> str:
    """A fresh token; handing out a new one on every connection, and every hour of it, makes the 24 hours slide."""
    return signing.dumps([visitor, site.key, vouched], salt=_VISITOR_SALT)


def read(token: str, site: Site) -> VisitorClaim:
    """The visitor behind the token. Raises UnauthorizedError when it is forged, too old, or another site's."""
    try:
        visitor, key, vouched = signing.loads(token, salt=_VISITOR_SALT, max_age=TOKEN_AGE)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise UnauthorizedError("This conversation has expired. Start a new one.") from error
    if key != site.key:
        raise UnauthorizedError("This conversation belongs to another site. Start a new one.")
    return VisitorClaim(visitor=visitor, site_key=key, vouched=vouched)


def sign_file(file_id: str) -> str:
    """The signature that lets its holder read one file for a day."""
    return signing.TimestampSigner(salt=_FILE_SALT).sign(file_id).removeprefix(f"{file_id}:")


def check_file(file_id: str, signature: str) -> bool:
    """Whether `signature` was made by `sign_file` for this file, at most a day ago."""
    try:
        signing.TimestampSigner(salt=_FILE_SALT).unsign(f"{file_id}:{signature}", max_age=FILE_AGE)
    except signing.BadSignature:
        return False
    return True
