"""Opaque public identifiers: what leaves the house names nothing and can't be guessed."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u


def public_id() -> str:
    """A random id of 16 characters (80 bits), safe in URLs, headers and file names."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))
