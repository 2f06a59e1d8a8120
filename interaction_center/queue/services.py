"""What people do in the queue: answer, note, draft, take, hand over, close. Each is one transaction.

Offers are the business of `routing`, which calls these; whoever works in the console calls `routing.services`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from interaction_center.access.models import Permission, Team, User
from interaction_center.access.selectors import hours
from interaction_center.adapters import ChannelAdapter, adapter_for, new_delivery_id
from interaction_center.customers.models import Customer
from interaction_center.due_work import attempts_within, wake
from interaction_center.errors import ConflictError, InvalidError
from interaction_center.events import SeenMoved, customer_topic, publish_on_commit
from interaction_center.live.hub import hub
from interaction_center.queue.files import uploads_of
from interaction_center.queue.log import append, change, lock, move, note_event, tell_row
from interaction_center.queue.models import (
    Attachment,
    Author,
    Delivery,
    Draft,
    Entry,
    EntryKind,
    Interaction,
    Outbox,
    State,
)
from interaction_center.queue.policy import Command, Role, next_state, promise
from interaction_center.queue.wire import MAX_ANSWER

MAX_BODY = MAX_ANSWER
# RFC 5321, 4.5.4.1: a mail server that is away may be away for days, and what is for it is kept for four at least.
DELIVERY_ATTEMPTS = attempts_within(timedelta(days=4))


def role_of(interaction: Interaction, user: User, *, offered: bool = False) -> Role:
    """In what capacity this person acts on a locked interaction."""
    if interaction.assigned_to_id == user.pk and interaction.state == State.ASSIGNED:
        return Role.OWNER
    if offered:
        return Role.OFFERED
    return Role.SUPERVISOR if user.has_permission(Permission.SUPERVISE) else Role.AGENT


@transaction.atomic
def reply(*, interaction: Interaction, user: User, body: str, client_id: str, attachments: Sequence[str] = ()) -> Entry:
    """Answer the customer by the way they wrote last. Idempotent by `client_id`: a repetition returns the first entry.

    The entry and its outbox row are one commit. ConflictError unless this person holds the interaction.
    """
    locked = lock(interaction)
    known = _written_before(locked, client_id)
    if known is not None:
        return known
    next_state(locked.state, Command.REPLY, role_of(locked, user))
    files = uploads_of(f"user:{user.public_id}", attachments)
    entry = _append_answer(locked, user, _checked(body, files), client_id, files)
    change(locked, waiting_since=None, promised_at=None, staff_seen=locked.seq)
    Draft.objects.filter(interaction=locked, user=user, kind=EntryKind.MESSAGE).delete()
    tell_row(locked)
    return entry


@transaction.atomic
def acknowledge(*, interaction: str, body: str, client_id: str) -> Entry | None:
    """An answer that nobody typed, once per `client_id`; None when it was sent before. It stops no clock.

    `interaction` is a public id. The channel marks it as automatic, so that no robot answers it.
    """
    locked = lock(Interaction.objects.only("pk").get(public_id=interaction))
    if Entry.objects.filter(interaction=locked, client_id=client_id, author=Author.SYSTEM).exists():
        return None
    return _append_answer(locked, None, body, client_id, (), automatic=True)


@transaction.atomic
def add_note(*, interaction: Interaction, user: User, body: str, client_id: str) -> Entry:
    """Write something that only staff see. Idempotent by `client_id`."""
    locked = lock(interaction)
    known = _written_before(locked, client_id)
    if known is not None:
        return known
    next_state(locked.state, Command.NOTE, role_of(locked, user))
    body = _checked(body, ())
    entry = append(locked, kind=EntryKind.NOTE, author=Author.AGENT, user=user, body=body, client_id=client_id)
    Draft.objects.filter(interaction=locked, user=user, kind=EntryKind.NOTE).delete()
    return entry


@transaction.atomic
def take(
    *, interaction: Interaction, user: User, offered: bool = False, command: Command = Command.TAKE
) -> Interaction:
    """This person has it now. AlreadyTakenError when somebody else was first."""
    locked = lock(interaction)
    before = locked.assigned_to
    if before == user and locked.state == State.ASSIGNED:
        return locked
    move(locked, command, role_of(locked, user, offered=offered), assigned_to=user)
    note_event(locked, "assigned", user=user, to=str(user))
    tell_row(locked, also_agent=before)
    return locked


@transaction.atomic
def release(*, interaction: Interaction, user: User | None) -> Interaction:
    """Back into the queue, at its old place. `user` None: the system does it (the agent has gone)."""
    locked = lock(interaction)
    before = locked.assigned_to
    role = role_of(locked, user) if user else Role.SYSTEM
    move(locked, Command.RELEASE, role, assigned_to=None, exclusive=False)
    note_event(locked, "released", user=user)
    tell_row(locked, also_agent=before)
    wake("offers")
    return locked


@transaction.atomic
def transfer(
    *, interaction: Interaction, user: User, team: Team | None = None, to: User | None = None, note: str = ""
) -> Interaction:
    """Hand it to a person, who has it at once, or to a team, whose queue it enters at its old place."""
    if (team is None) == (to is None):
        raise InvalidError("Choose a team or a person.", team="required", to="required")
    locked = lock(interaction)
    before, old_team = locked.assigned_to, locked.team
    move(locked, Command.TRANSFER, role_of(locked, user), assigned_to=None, exclusive=False)
    if to is not None:
        change(locked, state=State.ASSIGNED, assigned_to=to)
    else:
        change(locked, team=team)
    if note.strip():
        append(locked, kind=EntryKind.NOTE, author=Author.AGENT, user=user, body=_checked(note, ()))
    note_event(locked, "transferred", user=user, to=str(to or team))
    tell_row(locked, also_team=old_team.public_id if old_team else "", also_agent=before)
    wake("offers")
    return locked


@transaction.atomic
def close(*, interaction: Interaction, user: User | None, by: Role = Role.CUSTOMER) -> Interaction:
    """Done. `user` None: the customer ends it, or the system (`by`). The agent's place is free for the next one."""
    locked = lock(interaction)
    role = role_of(locked, user) if user else by
    now, clocks = timezone.now(), _clocks_to_keep(locked)
    fields = {"closed_at": now, "waiting_since": None, "promised_at": None, "not_before": None, "exclusive": False}
    move(locked, Command.CLOSE, role, **fields)
    note_event(locked, "closed", user=user, by=str(user or role), **clocks)
    tell_row(locked)
    wake("offers")
    return locked


@transaction.atomic
def reopen(*, interaction: Interaction, user: User) -> Interaction:
    """Back to work. Whoever had it has it again when they reopen it themselves, else it waits in the queue.

    A customer who was unanswered when it was closed waits since then and has the same promise as before.
    """
    locked = lock(interaction)
    before, clocks = locked.assigned_to, _kept_clocks(locked)
    role = Role.SUPERVISOR if user.has_permission(Permission.SUPERVISE) else Role.AGENT
    _must_be_the_only_open_one(locked)
    move(locked, Command.REOPEN, role, closed_at=None, assigned_to=None)
    note_event(locked, "reopened", user=user)
    if before == user:
        change(locked, state=State.ASSIGNED, assigned_to=user, **clocks)
    else:
        change(locked, **(clocks or _new_clocks(locked, timezone.now())))
    tell_row(locked, also_agent=before)
    wake("offers")
    return locked


@transaction.atomic
def set_offered(*, interaction: Interaction, offered: bool, by_agent: bool = False) -> Interaction:
    """Routing has offered it to somebody, or the offer has ended without an answer."""
    locked = lock(interaction)
    if offered:
        move(locked, Command.OFFER, Role.SYSTEM)
    else:
        move(locked, Command.UNOFFER, Role.OFFERED if by_agent else Role.SYSTEM)
    tell_row(locked)
    return locked


@transaction.atomic
def mark_seen(*, interaction: Interaction, by: str, seq: int) -> None:
    """`by` (customer or staff) has seen everything up to `seq`; it never goes back."""
    column = {"customer": "customer_seen", "staff": "staff_seen"}[by]
    moved = Interaction.objects.filter(pk=interaction.pk, seq__gte=seq, **{f"{column}__lt": seq}).update(
        **{column: seq}
    )
    if moved:
        publish_on_commit(SeenMoved(interaction.public_id, by, seq))


def save_draft(*, interaction: Interaction, user: User, kind: str, body: str) -> None:
    """Keep what was typed; an empty text removes it."""
    if kind not in (EntryKind.MESSAGE, EntryKind.NOTE):
        raise InvalidError("A draft is a message or a note.", kind="invalid")
    if not body.strip():
        Draft.objects.filter(interaction=interaction, user=user, kind=kind).delete()
        return
    Draft.objects.update_or_create(
        interaction=interaction,
        user=user,
        kind=kind,
        defaults={"body": body[:MAX_BODY].replace("\x00", ""), "updated_at": timezone.now()},
    )


@transaction.atomic
def note_contact(*, interaction: Interaction, email: str, name: str = "") -> None:
    """The customer has typed an address and perhaps a name: the log shows it, the address stays unproved."""
    locked = lock(interaction)
    note_event(locked, "contact_typed", email=email[:320], customer=name[:200])
    if name and not locked.customer.name:
        Customer.objects.filter(pk=locked.customer.pk).update(name=name[:200])
    tell_row(locked)


@transaction.atomic
def note_promise(*, interaction: Interaction, by: datetime) -> None:
    """The customer was told when an answer comes: the queue holds us to it."""
    locked = lock(interaction)
    change(locked, promised_at=by)
    note_event(locked, "promised", promise={"by": by.isoformat()})
    tell_row(locked)


def _written_before(interaction: Interaction, client_id: str) -> Entry | None:
    if not client_id:
        raise InvalidError("client_id is missing: a random id makes a repetition harmless.", client_id="required")
    return Entry.objects.filter(interaction=interaction, client_id=client_id, author=Author.AGENT).first()


def _checked(body: str, files: Sequence[Attachment]) -> str:
    body = body.replace("\x00", "").strip()
    if not body and not files:
        raise InvalidError("There is nothing to send yet. Write something or attach a file.", body="required")
    if len(body) > MAX_BODY:
        raise InvalidError(f"The text is too long: at most {MAX_BODY:,} characters.", body="too_long", limit=MAX_BODY)
    return body


def _append_answer(
    interaction: Interaction,
    user: User | None,
    body: str,
    client_id: str,
    files: Sequence[Attachment],
    *,
    automatic: bool = False,
) -> Entry:
    """The entry and its outbox row."""
    adapter = adapter_for(interaction.reply_channel)
    entry = append(
        interaction,
        kind=EntryKind.MESSAGE,
        author=Author.AGENT if user else Author.SYSTEM,
        user=user,
        body=body,
        client_id=client_id,
        attachments=files,
        automatic=automatic,
        channel=interaction.reply_channel,
        account=interaction.reply_account,
        delivery=Delivery.SENT if adapter.customers_read_log else Delivery.PENDING,
        data={} if adapter.customers_read_log else {"to": interaction.reply_to},
    )
    _post(entry, adapter)
    return entry


def _post(entry: Entry, adapter: ChannelAdapter) -> None:
    """A row before the call: it leaves at once, or after the channel's delay while the customer reads the log live."""
    interaction = entry.interaction
    delivery = new_delivery_id()
    is_reading = hub.readers(customer_topic(interaction.public_id)) > 0
    wait = timedelta(seconds=adapter.delay_seconds if is_reading else 0)
    Outbox.objects.create(
        public_id=delivery,
        entry=entry,
        channel=interaction.reply_channel,
        account=interaction.reply_account,
        to=interaction.reply_to,
        message_id=adapter.message_id(delivery, interaction.public_id),
        due_at=timezone.now() + wait,
        max_attempts=DELIVERY_ATTEMPTS,
    )
    wake("deliveries")


def _clocks_to_keep(interaction: Interaction) -> dict[str, Any]:
    """What an unanswered customer had, for the log: whoever opens it again goes on with these clocks."""
    running = {"waiting_since": interaction.waiting_since, "promised_at": interaction.promised_at}
    return {name: at.isoformat() for name, at in running.items() if at} if interaction.waiting_since else {}


def _kept_clocks(interaction: Interaction) -> dict[str, datetime]:
    """The clocks that ran when this was closed last; empty when the customer was answered."""
    closings = Entry.objects.filter(interaction=interaction, kind=EntryKind.EVENT, data__name="closed")
    closing = closings.order_by("-seq").first()
    kept = closing.data if closing else {}
    return {name: datetime.fromisoformat(kept[name]) for name in ("waiting_since", "promised_at") if name in kept}


def _new_clocks(interaction: Interaction, now: datetime) -> dict[str, datetime]:
    wait = adapter_for(interaction.reply_channel).answer_within
    return {"waiting_since": now, "promised_at": promise(wait, hours(interaction.calendar, interaction.team), now)}


def _must_be_the_only_open_one(interaction: Interaction) -> None:
    """A visitor has one open chat: an old one can't come back beside it."""
    if not interaction.conversation:
        return
    same: dict[str, Any] = {
        "channel": interaction.channel,
        "account": interaction.account,
        "conversation": interaction.conversation,
    }
    if Interaction.objects.filter(**same).exclude(state=State.CLOSED).exclude(pk=interaction.pk).exists():
        raise ConflictError("The customer has opened a newer conversation. Go on there.", "newer_conversation")
