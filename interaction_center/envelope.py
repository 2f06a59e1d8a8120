"""The only words that the hub and its channels share: plain frozen values, no ORM, no network."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Proof(StrEnum):
    """How well a sender's address is known to belong to the sender, weakest first.

    TYPED: somebody typed it. RECEIVED: a message came from it (a From header can be forged).
    VERIFIED: its owner answered our signed mail, opened our mail link, or the host page vouched by HMAC.
    """

    TYPED = "typed"
    RECEIVED = "received"
    VERIFIED = "verified"

    @property
    def rank(self) -> int:
        """0 (weakest) to 2."""
        return list(Proof).index(self)


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach or recognise a person. `kind`: email, phone, visitor or device."""

    kind: str
    value: str
    proof: Proof = Proof.TYPED


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file that came along or is to be sent. `content_id` is set for pictures shown inside a mail."""

    filename: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that came along and whose bytes lie in the data folder already, under this hash; `size` in bytes."""

    filename: str
    content_type: str
    size: int
    sha256: str
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class InboundEnvelope:
    """One message from outside, whatever way it came.

    channel       slug of the channel kind (a key of settings.CHANNELS)
    account       which of our doors of that kind: mailbox address, site key
    external_id   idempotency key: the same (channel, account, external_id) is stored once
    sender        the strongest identity first; all belong to the same person
    thread        opaque public ids of interactions that this may continue, best first;
                  only a channel that has PROVED the connection (signed id, visitor token) may fill it
    conversation  a channel's own key of an open conversation (visitor id); "" = every message may open one
    text, html    html is raw and untrusted here; the hub cleans it (`queue.intake.prepare`, else in its transaction)
    automatic     written by a machine: it wakes no closed interaction, starts no clock and waits behind the others
    data          channel facts worth keeping with the entry (headers, page address); JSON values. `reply_to`: where
                  answers go when that is not the sender
    quarantine    a code for why the message could not be read; "" for an ordinary message
    attached      public ids of files uploaded before, by the same sender
    team          public id of the team that the door belongs to; "" = any
    calendar      public id of the door's own opening hours; "" = those of its team
    """

    channel: str
    account: str
    external_id: str
    sender: tuple[Address, ...]
    received_at: datetime
    text: str
    sender_name: str = ""
    subject: str = ""
    html: str = ""
    language: str = ""
    thread: tuple[str, ...] = ()
    conversation: str = ""
    client_id: str | None = None
    automatic: bool = False
    files: tuple[FilePart | KeptFile, ...] = ()
    attached: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    quarantine: str = ""
    team: str = ""
    calendar: str = ""

    @property
    def answer_to(self) -> str:
        """Where an answer goes, in the channel's terms; "" for nowhere."""
        return str(self.data.get("reply_to") or (self.sender[0].value if self.sender else ""))


@dataclass(frozen=True, slots=True)
class FormMessage:
    """What a customer wrote on a page of our own, checked by that page.

    key        of the form that was shown: the same one sent twice is one message
    site       key of the site whose pages these are; "" for none
    sender     TYPED, or VERIFIED for somebody who has signed in
    question   what they asked the search before
    continues  public id of the interaction that it goes on with, which the page has found to be theirs; "" = a new one
    """

    key: str
    site: str
    sender: Address
    received_at: datetime
    text: str
    sender_name: str = ""
    subject: str = ""
    language: str = ""
    device: str = ""
    question: str = ""
    continues: str = ""
    files: tuple[KeptFile, ...] = ()
    team: str = ""
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One answer on its way out, complete: an adapter needs nothing else.

    delivery_id   stable over all attempts; a receiver may use it to recognise a repetition
    message_id    the channel's own name of this message, fixed before the first attempt (mail: Message-ID)
    to            where it goes, in the channel's terms (mail address, visitor id)
    references    channel names of earlier messages of the conversation, oldest first
    """

    delivery_id: str
    interaction_id: str
    channel: str
    account: str
    to: str
    message_id: str
    subject: str
    text: str
    author_name: str
    language: str
    to_name: str = ""
    references: tuple[str, ...] = ()
    files: tuple[FilePart, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forward:
    """Where a message goes on when its own channel can't reach the customer any more."""

    channel: str
    account: str
    to: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The next hop has accepted the message. `remote_id` is its name for it, if it gave one.

    With `forward` nothing has left yet: the hub sends it on by the other channel.
    """

    remote_id: str = ""
    forward: Forward | None = None
