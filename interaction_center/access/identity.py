"""A host page vouches for who is signed in there: HMAC-SHA256 over the address and the name with the site's secret."""

import hashlib
import hmac

from interaction_center.access.models import Site


def identity_signature(secret: str, *, email: str, name: str) -> str:
    """The signature in hex. The signed text is `address|name`, both without outer blanks, the address in lower case."""
    text = f"{email.strip().lower()}|{name.strip()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_identity_proved(site: Site, *, email: str, name: str, signature: str) -> bool:
    """Whether the site's own server signed this identity. Takes the same time for every wrong signature."""
    expected = identity_signature(site.identity_secret, email=email, name=name)
    return hmac.compare_digest(expected.encode(), signature.lower().encode(errors="replace"))
