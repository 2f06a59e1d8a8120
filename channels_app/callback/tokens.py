"""The secret in the addresses of one leg's web hooks: a capability for one telephone, for as long as that call lasts.

Made of the key of the house, the leg and the instant of its posting, so that an order can name the address again while
the database holds only a digest of it.
"""

import hashlib

from django.conf import settings
from django.utils.crypto import salted_hmac

from channels_app.callback.models import CallLeg

TOKEN_CHARACTERS = 32  # 128 bits


def token_of(leg: CallLeg) -> str:
    """The token of this leg since its last posting."""
    posted_at = leg.posted_at.isoformat() if leg.posted_at else ""
    mac = salted_hmac("callback.leg", f"{leg.public_id} {posted_at}", algorithm="sha256")
    return mac.hexdigest()[:TOKEN_CHARACTERS]


def digest_of(token: str) -> str:
    """What is stored of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def hook_url(door: str, token: str, query: str = "") -> str:
    """The address that Twilio is told: `door` is t (what it hears), s (status), c (conference), a (machine)."""
    return f"{settings.PUBLIC_BASE_URL}/cb/{door}/{token}{query}"
