"""Opaque public identifiers: what leaves the house names nothing and can't be guessed."""

import secrets
from base64 import b32encode

# Crockford's alphabet (no i, l, o, u) in place of that of RFC 4648.
_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")


def public_id() -> str:
    """A random id of 16 characters (80 bits), safe in URLs, headers and file names."""
    return b32encode(secrets.token_bytes(10)).translate(_CROCKFORD).decode()
