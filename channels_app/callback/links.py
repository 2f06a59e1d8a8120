"""The link by which a customer moves or cancels their callback without signing in.

Its token (128 bits) is made of the key of the house and the request, so that a mail of tomorrow can name the address
again while the database holds only a digest of it. It lasts as long as the request is open.
"""

import hashlib
import re

from django.conf import settings
from django.utils.crypto import salted_hmac

from channels_app.callback.models import CallbackRequest

TOKEN_CHARACTERS = 32  # 128 bits
IN_LOG = {"en": "[link to move or cancel the callback]", "de": "[Link zum Verschieben oder Absagen des Rückrufs]"}
_TOKEN = re.compile(rf"[0-9a-f]{{{TOKEN_CHARACTERS}}}")


def token_of(request_id: str) -> str:
    """The token of the request with this public id."""
    mac = salted_hmac("callback.link", request_id, algorithm="sha256")
    return mac.hexdigest()[:TOKEN_CHARACTERS]


def digest_of(token: str) -> str:
    """What is stored of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_to(request: CallbackRequest) -> str:
    """The whole address, for a mail or a text message to its customer."""
    return f"{settings.PUBLIC_BASE_URL}{path_to(request)}"


def path_to(request: CallbackRequest) -> str:
    """The same below our public address, in the language in which they asked."""
    return f"/callback/{language_of(request.language)}/m/{token_of(request.public_id)}/"


def language_of(text: str) -> str:
    """One of the languages in which we have pages."""
    return text[:2] if text[:2] in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE[:2]


def request_by(token: str) -> CallbackRequest | None:
    """The request of a link, whatever became of it; None for one that was never ours. One look-up for all of them."""
    digest = digest_of(token if _TOKEN.fullmatch(token) else "")
    return CallbackRequest.objects.select_related("line").filter(link_digest=digest).first()


def filled_in(text: str, interaction: str) -> str:
    """What leaves for the customer of this interaction: the words for the link in its log become the link."""
    words = next((words for words in IN_LOG.values() if words in text), "")
    request = CallbackRequest.objects.filter(interaction=interaction).first() if words else None
    return text.replace(words, link_to(request)) if request else text
