"""TURN for a direct connection: credentials that are good for ten minutes, as coturn's `static-auth-secret` takes them.

They can't be revoked, so they are short-lived; whoever stays connected longer asks for nothing new
(draft-uberti-behave-turn-rest-00).
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

LASTS = timedelta(minutes=10)


def servers(who: str, now: datetime) -> list[dict[str, Any]]:
    """RTCIceServer entries for this end; none where no server is set up."""
    urls = [url.strip() for url in settings.CONFIG.turn_urls.split(",") if url.strip()]
    secret = settings.CONFIG.turn_secret
    if not urls:
        return []
    if not secret:
        return [{"urls": urls}]
    name = f"{int((now + LASTS).timestamp())}:{who}"
    digest = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    return [{"urls": urls, "username": name, "credential": base64.b64encode(digest).decode()}]
