"""The one way out: due outbox rows are claimed, handed to their channel, and marked by what became of them.

At least once: a crash between the hand-over and the mark sends again, under the same message id.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from interaction_center.adapters import adapter_for
from interaction_center.customers.mail_links import mail_link, requests_link
from interaction_center.customers.selectors import family_ids, is_proved, mail_address_of, name_of
from interaction_center.due_work import (
    DueRow,
    WorkState,
    claim,
    finish,
    postpone,
    revive,
    revive_all,
    shown_rows,
    wake,
)
from interaction_center.envelope import Forward, OutboundMessage, Receipt
from interaction_center.errors import CenterError, DeliveryError, NotFoundError
from interaction_center.events import DeliveryChanged, publish_on_commit
from interaction_center.live.threads import in_database_thread
from interaction_center.queue.files import as_part
from interaction_center.queue.models import Author, Delivery, Entry, EntryKind, Interaction, Outbox

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
DELIVER_WITHIN = timedelta(seconds=100)  # shorter than the lease, so that nobody sends the same a second time meanwhile
PLACES = 20  # deliveries at once
SUBJECTS = {"en": "Your conversation with us", "de": "Ihr Gespräch mit uns"}
ANSWER = {
    "en": "Answer this mail to go on. All that you have written to us, and our answers:",
    "de": "Antworten Sie auf diese Mail, um fortzufahren. Alles, was Sie uns geschrieben haben, und unsere Antworten:",
}
GO_ON = {
    "en": "Answer this mail to go on. To see this conversation together with your earlier ones, confirm your address:",
    "de": "Antworten Sie auf diese Mail, um fortzufahren. Damit wir dieses Gespräch mit Ihren früheren zusammen sehen,"
    " bestätigen Sie Ihre Adresse:",
}


_in_hand: set[asyncio.Task[None]] = set()


async def deliver_due() -> int:
    """Begin to send what is due, as far as places are free; how many were begun. Called by a ticker.

    A slow one keeps its own place and holds back nothing else: as soon as any is done, its place is free.
    """
    work = await in_database_thread(_claim_group, max(PLACES - len(_in_hand), 0))
    for outbox in work:
        task = asyncio.get_running_loop().create_task(_deliver(outbox))
        _in_hand.add(task)
        task.add_done_callback(_done)
    if len(_in_hand) >= PLACES:
        await asyncio.wait(_in_hand, return_when=asyncio.FIRST_COMPLETED)
    return len(work)


def _done(task: asyncio.Task[None]) -> None:
    """Where not even the failure could be stored, the lease runs out and the row is claimed again."""
    _in_hand.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.error("What became of a delivery could not be stored", exc_info=task.exception())


async def finish_deliveries() -> None:
    """Wait for what is being sent (the server stops)."""
    if _in_hand:
        await asyncio.wait(_in_hand)


async def _deliver(outbox: Outbox) -> None:
    """One row, alone: whatever is wrong with it must not keep the others from leaving."""
    try:
        message = await in_database_thread(_message, outbox)
        async with asyncio.timeout(DELIVER_WITHIN.total_seconds()):
            receipt = await adapter_for(outbox.channel).deliver(message)
    except TimeoutError:
        await in_database_thread(_failed, outbox, "The channel took too long.", permanent=False)
    except DeliveryError as error:
        await in_database_thread(_failed, outbox, error.message, error.permanent)
    except CenterError as error:
        await in_database_thread(_failed, outbox, error.message, permanent=True)
    except Exception:
        log.exception("Delivery %s failed", outbox.public_id)
        await in_database_thread(_failed, outbox, "The channel failed unexpectedly.", permanent=False)
    else:
        await in_database_thread(_accepted, outbox, receipt)


def _claim_group(limit: int) -> list[Outbox]:
    keys = claim(Outbox, now=timezone.now(), lease=LEASE, limit=limit)
    found = (
        Outbox.objects.filter(pk__in=keys)
        .select_related("entry__interaction__customer", "entry__user")
        .prefetch_related("entry__attachments")
        .order_by("due_at", "pk")
    )
    return list(found)


def _message(outbox: Outbox) -> OutboundMessage:
    """Everything that the adapter needs."""
    entry, interaction = outbox.entry, outbox.entry.interaction
    language = interaction.language or "en"
    references, last_of_customer = _references(interaction, entry.seq)
    text = entry.body if outbox.channel == entry.channel else _text_elsewhere(outbox, language)
    return OutboundMessage(
        delivery_id=outbox.public_id,
        interaction_id=interaction.public_id,
        channel=outbox.channel,
        account=outbox.account,
        to=outbox.to,
        to_name=name_of(family_ids(interaction.customer)),
        message_id=outbox.message_id,
        subject=interaction.subject or SUBJECTS.get(language[:2], SUBJECTS["en"]),
        text=adapter_for(interaction.channel).as_sent(text, interaction.public_id),
        author_name=entry.author_name,
        language=language,
        references=references,
        files=tuple(as_part(file) for file in entry.attachments.all()),
        data={
            "automatic": entry.automatic,
            "in_reply_to": last_of_customer,
            "seen": interaction.customer_seen >= entry.seq,
            "mail_address": mail_address_of(interaction.customer),
        },
    )


def _references(interaction: Interaction, before: int) -> tuple[tuple[str, ...], str]:
    """The channel names of the last twenty messages before this one, oldest first, and the customer's last one."""
    earlier = (
        Entry.objects.filter(interaction=interaction, seq__lt=before, kind=EntryKind.MESSAGE)
        .order_by("-seq")
        .values_list("author", "data__message_id", "outbox__message_id")[:20]
    )
    names = [(author, theirs or ours) for author, theirs, ours in earlier if theirs or ours]
    last = next((name for author, name in names if author == Author.CUSTOMER), "")
    return tuple(name for _, name in reversed(names)), last


def _text_elsewhere(outbox: Outbox, language: str) -> str:
    """What goes on by mail: the answer, of a chat everything that the customer has not seen. Under it how to go on."""
    entry, customer = outbox.entry, outbox.entry.interaction.customer
    said = _unseen(entry) if adapter_for(entry.channel).customers_read_log else entry.body
    if is_proved(customer, "email", outbox.to):
        return f"{said}\n\n{ANSWER.get(language[:2], ANSWER['en'])}\n{requests_link()}"
    link = mail_link(customer=customer.public_id, address=outbox.to)
    return f"{said}\n\n{GO_ON.get(language[:2], GO_ON['en'])}\n{link}"


def _unseen(entry: Entry) -> str:
    unseen = Entry.objects.filter(
        interaction=entry.interaction,
        kind=EntryKind.MESSAGE,
        author=Author.AGENT,
        seq__gt=entry.interaction.customer_seen,
        seq__lte=entry.seq,
    ).order_by("seq")
    unseen = unseen.filter(Q(attachments=None) | Q(pk=entry.pk)).distinct()  # one with files is mailed by itself
    return "\n\n".join(unseen.values_list("body", flat=True)) or entry.body


@transaction.atomic
def _accepted(outbox: Outbox, receipt: Receipt) -> None:
    if receipt.forward is not None:
        _go_on(outbox, receipt.forward)
        return
    if finish(outbox, remote_id=receipt.remote_id[:255]):
        _mark(outbox.entry, Delivery.SENT)


def _go_on(outbox: Outbox, forward: Forward) -> None:
    """By the other channel, unless a later message of a chat will carry this one along."""
    interaction = outbox.entry.interaction
    is_carried = adapter_for(outbox.channel).customers_read_log and not outbox.entry.attachments.all()
    carriers = Q(channel=outbox.channel, state=WorkState.DUE) | Q(
        channel=forward.channel, state__in=[WorkState.DUE, WorkState.DONE]
    )
    later = Outbox.objects.filter(carriers, entry__interaction=interaction, entry__seq__gt=outbox.entry.seq)
    if is_carried and later.exists():
        finish(outbox)
        return
    Outbox.objects.filter(pk=outbox.pk).update(
        channel=forward.channel,
        account=forward.account,
        to=forward.to,
        message_id=adapter_for(forward.channel).message_id(outbox.public_id, interaction.public_id),
        due_at=timezone.now(),
        lease_until=None,
        lease_owner="",
        attempts=0,
    )
    _mark(outbox.entry, Delivery.PENDING)
    wake("deliveries")


@transaction.atomic
def _failed(outbox: Outbox, error: str, permanent: bool) -> None:
    state = postpone(outbox, error=error, permanent=permanent, now=timezone.now())
    if state is not None:
        _mark(outbox.entry, Delivery.FAILED if state is WorkState.DEAD else Delivery.PENDING, error)


def _mark(entry: Entry, delivery: Delivery, error: str = "") -> None:
    Entry.objects.filter(pk=entry.pk).update(delivery=delivery)
    publish_on_commit(DeliveryChanged(entry.interaction.public_id, entry.seq, delivery, error))


@transaction.atomic
def resend(*, entry: Entry) -> None:
    """Try a message again that could not leave. NotFoundError when it was never to leave."""
    outbox = Outbox.objects.filter(entry=entry).first()
    if outbox is None:
        raise NotFoundError("This message was never sent.")
    if outbox.state == WorkState.DEAD:
        revive(outbox)
        _mark(entry, Delivery.PENDING)
        wake("deliveries")


def due_rows(state: str, *, after: Sequence[Any] | None, limit: int) -> list[DueRow]:
    """The deliveries in this state, for people."""
    found = Outbox.objects.filter(state=state).select_related("entry__interaction")
    return shown_rows("deliveries", found, _words_of, after=after, limit=limit)


def _words_of(outbox: Outbox) -> tuple[str, str]:
    return outbox.to, outbox.entry.interaction.public_id


def retry(row_id: str) -> None:
    """Try one delivery again. NotFoundError."""
    outbox = Outbox.objects.select_related("entry__interaction").filter(public_id=row_id).first()
    if outbox is None:
        raise NotFoundError("There is no such delivery.")
    resend(entry=outbox.entry)


@transaction.atomic
def retry_all() -> int:
    """Try every delivery again that was laid aside (the relay is back); how many."""
    dead = Outbox.objects.select_for_update(of=("self",)).filter(state=WorkState.DEAD)
    found = list(dead.select_related("entry__interaction"))
    revive_all(Outbox.objects.filter(pk__in=[outbox.pk for outbox in found]))
    for outbox in found:
        _mark(outbox.entry, Delivery.PENDING)
    wake("deliveries")
    return len(found)
