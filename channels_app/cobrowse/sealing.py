"""How a recording is encrypted: AES-GCM with a key of its own, which is kept wrapped by the key of the centre. Pure.

What is sealed is bound to its place (`context`): neither a piece nor a key can be put where another one belongs.
"""

import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from interaction_center.errors import ConflictError

NONCE = 12


class SealError(ConflictError):
    """This was sealed with another key, for another place, or was changed since."""

    code = "unreadable"


def new_key(secret: str, name: str) -> tuple[bytes, bytes]:
    """A data key for the recording of this name, and the same as it may be stored."""
    key = AESGCM.generate_key(bit_length=256)
    return key, seal(_wrapping_key(secret), key, name.encode())


def stored_key(secret: str, name: str, wrapped: bytes) -> bytes:
    """The data key again. SealError when `secret` is another one than it was."""
    return unseal(_wrapping_key(secret), wrapped, name.encode())


def seal(key: bytes, content: bytes, context: bytes) -> bytes:
    """With a random nonce in front: of one key there are far fewer pieces than it would take for two to be equal."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """SealError."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], context)
    except (InvalidTag, ValueError) as error:
        raise SealError(
            "This recording can't be read: its file was changed, or the secret of this centre is another one now."
        ) from error


@lru_cache(maxsize=4)
def _wrapping_key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cobrowse recording").derive(secret.encode())
