"""What is written into a form becomes one message: pressed again it is the same, changed and pressed again another."""

import hashlib
from collections.abc import Iterable, Sequence

from django.utils import timezone

from interaction_center.access.selectors import help_site
from interaction_center.adapters import form_adapter
from interaction_center.envelope import Address, FormMessage, InboundEnvelope, Proof
from interaction_center.portal.form_fields import Letter
from interaction_center.portal.form_files import as_kept, drop_files, files_of
from interaction_center.portal.language import language
from interaction_center.portal.models import CustomerSession
from interaction_center.queue.hot_path import Received, seen_before
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.models import Attachment, Entry


def envelope_of(letter: Letter, key: str, *, session: CustomerSession | None, continues: str = "") -> InboundEnvelope:
    """The letter with the files that were kept under `key`; a signed-in customer's address is proved."""
    site, files = help_site(), files_of(key)
    account = site.key if site else ""
    message = FormMessage(
        key=_message_key(f"{key}.{_words_of(letter, continues)}", account, files),
        site=account,
        sender=Address("email", letter.email, Proof.VERIFIED if session else Proof.TYPED),
        received_at=timezone.now(),
        text=letter.text,
        sender_name=letter.name,
        subject=letter.subject,
        language=language(),
        device=letter.device,
        question=letter.q,
        continues=continues,
        files=as_kept(files),
        team=site.team.public_id if site and site.team else "",
        calendar=site.calendar.public_id if site and site.calendar else "",
    )
    return form_adapter().to_envelope(message)


def received_before(envelope: InboundEnvelope) -> Received | None:
    """What became of it when it was sent before."""
    return next(iter(seen_before([envelope]).values()), None)


def receive(envelope: InboundEnvelope, key: str) -> Received:
    """Through the one way in, once; nothing waits under `key` any more."""
    received = receive_envelope(envelope)
    drop_files([file.public_id for file in files_of(key)], key=key)
    return received


def _words_of(letter: Letter, continues: str) -> str:
    return _digest((letter.name, letter.email, letter.subject, letter.text, letter.device, continues))


def _message_key(key: str, account: str, files: Sequence[Attachment]) -> str:
    """The same words are another message when files wait that did not go with them.

    A browser that repeats a form brings its files once more, and those that were kept before not again.
    """
    before = Entry.objects.filter(channel=form_adapter().kind, account=account, external_id=key)
    sent = list(before.values_list("attachments__sha256", flat=True))
    more = {file.sha256 for file in files}.difference(sent) if sent else ()
    return f"{key}.{_digest(sorted(more))}" if more else key


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
