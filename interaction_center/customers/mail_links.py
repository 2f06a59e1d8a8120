"""Links that prove a mail address: whoever opens one has read the mail.

The token stands in the fragment of the address, which browsers don't send: no server or proxy log keeps it.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing

from interaction_center.errors import InvalidError

LINK_AGE = timedelta(days=7)
_SALT = "interaction_center.mail_link"


@dataclass(frozen=True, slots=True)
class MailClaim:
    """What a good link says: the customer with this public id reads mail at this address."""

    customer: str
    address: str


def mail_link(*, customer: str, address: str) -> str:
    """The link to put into a mail to `address`; `customer` is the public id of who claims it. Good for `LINK_AGE`."""
    token = signing.dumps([customer, address], salt=_SALT)
    return f"{settings.PUBLIC_BASE_URL}/confirm/#t={token}"


def requests_link() -> str:
    """Where customers read all that they have written to us."""
    return f"{settings.PUBLIC_BASE_URL}/help/requests/"


def read_mail_token(token: str) -> MailClaim:
    """The claim in a token. Raises InvalidError when it is forged, damaged or too old."""
    try:
        customer, address = signing.loads(token.strip(), salt=_SALT, max_age=LINK_AGE)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise InvalidError("This link is damaged or too old. Ask for a new one.") from error
    return MailClaim(customer=customer, address=address)
