"""Whether a webhook comes from Twilio. Pure, and never raises whatever comes in.

Twilio signs the exact address it calls and the fields of the form; of JSON it signs the address, which then carries
the SHA-256 of the body. The algorithm is a setting of ours: whoever could choose it by a header would choose the
weaker one. https://www.twilio.com/docs/usage/security#validating-requests
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator

Algorithm = Literal["sha1", "sha256"]

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 200  # Twilio's longest callback has some fifty
_NAMES = {"sha1": HMAC_SHA1, "sha256": HMAC_SHA256}


def is_genuine(
    url: str,
    raw_body: bytes,
    content_type: str | None,
    header: str | None,
    tokens: Sequence[str],
    algorithm: Algorithm = "sha1",
) -> bool:
    """Whether one of these tokens signed this request; several are valid while one is rotated.

    `url` is the address as Twilio was told it (our public base, raw path and query), never one made of request headers.
    """
    signed = _signed_part(url, raw_body, content_type)
    if signed is None or not header:
        return False
    # An empty token would let anybody sign.
    return any(_is_signed_by(token, url, signed, header, algorithm) for token in tokens if token)


def form_of(raw_body: bytes) -> dict[str, str]:
    """The fields of a form, one value per name; empty when it can't be read."""
    return _fields(raw_body) or {}


def only(form: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The fields that we know. {'a': 'bc'} and {'ab': 'c'} are signed alike, so nothing may depend on another name."""
    return {name: form[name] for name in names if name in form}


def _signed_part(url: str, raw_body: bytes, content_type: str | None) -> dict[str, str] | str | None:
    """The fields of a form, the text of a body whose hash is in the address; None for what nobody has signed."""
    try:
        if "bodySHA256" in parse_qs(urlsplit(url).query):
            return raw_body.decode()
    except ValueError:
        return None
    is_form = (content_type or "").split(";")[0].strip().lower() == FORM
    return _fields(raw_body) if is_form or not raw_body else None


def _fields(raw_body: bytes) -> dict[str, str] | None:
    try:
        pairs = parse_qsl(raw_body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    return dict(pairs)


def _is_signed_by(token: str, url: str, signed: dict[str, str] | str, header: str, algorithm: Algorithm) -> bool:
    try:
        return bool(RequestValidator(token).validate(url, signed, header, _NAMES[algorithm]))
    except ValueError:  # a port that is no number, half of a surrogate pair
        return False
