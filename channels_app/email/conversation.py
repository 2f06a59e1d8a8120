"""Which conversation does a mail belong to? By ids that we signed, and only for senders who take part in it. Pure.

A subject never decides: "[#4711]" is easy to type. Our Message-ID carries the interaction and a keyed hash, so it can't
be invented; that it can be forwarded is why the sender must belong to the conversation as well.
"""

import re
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare, salted_hmac

from channels_app.email.parsing import ParsedMail

_SALT = "channels_app.email.conversation"
_SIGNED = re.compile(r"([0-9a-z]{16})\.([0-9a-z]{16})\.([0-9a-f]{16})@.+", re.IGNORECASE)
MAX_CANDIDATES = 30


@dataclass(frozen=True, slots=True)
class SignedId:
    """What one of our own Message-IDs says."""

    delivery: str
    interaction: str


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a mail belongs; `interaction` "" = nowhere yet.

    is_proved         the owner of the address answered our signed mail
    is_guest          takes part, but another address began the conversation: a forged From with a Reply-To of the
                      forger must not make that address one of the victim's, so it isn't noted at all
    references_other  it names a conversation that its sender has no part in
    """

    interaction: str = ""
    is_proved: bool = False
    is_guest: bool = False
    references_other: bool = False


def sign(*, delivery: str, interaction: str, domain: str) -> str:
    """The Message-ID of an outgoing mail, without brackets; the same for every attempt."""
    return f"{delivery}.{interaction}.{_hash(delivery, interaction)}@{domain}"


def read_signed(message_id: str) -> SignedId | None:
    """What the id says if we signed it, else None."""
    match = _SIGNED.fullmatch(message_id.strip("<> "))
    if match is None:
        return None
    delivery, interaction, signature = (text.lower() for text in match.groups())
    if not constant_time_compare(signature, _hash(delivery, interaction)):
        return None
    return SignedId(delivery, interaction)


def named_ids(mail: ParsedMail) -> tuple[str, ...]:
    """The ids that a mail answers, most telling first: In-Reply-To, then References from the newest to the oldest."""
    return tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))))[:MAX_CANDIDATES]


def _hash(delivery: str, interaction: str) -> str:
    return salted_hmac(_SALT, f"{delivery}.{interaction}", algorithm="sha256").hexdigest()[:16]
