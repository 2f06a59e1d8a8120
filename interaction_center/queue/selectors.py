"""Questions about the queue: pages by keyset, constant numbers of queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from django.db import connection
from django.db.models import BooleanField, CharField, Count, F, IntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from interaction_center.access.models import Permission, User
from interaction_center.access.selectors import hours, promised
from interaction_center.customers.policy import normalise
from interaction_center.customers.selectors import FAMILY, UP, has_address
from interaction_center.customers.selectors import visitors_of as customer_visitors
from interaction_center.errors import NotFoundError, ResumeFailedError
from interaction_center.queue.files import is_inline, path_of
from interaction_center.queue.models import Attachment, Author, Entry, EntryKind, Interaction, Outbox, State
from interaction_center.queue.wire import customer_entry_wire, entry_wire, row_wire

FAR = datetime(9999, 1, 1, tzinfo=UTC)  # sorts what has no promise behind everything that has one
RESUME_WINDOW = 500
SNAPSHOT_CHARACTERS = 128 * 1024  # of bodies in one frame
VIEWS = ("open", "mine", "waiting", "closed")


_UP, _FAMILY = (sql.format(of="queue_interaction.customer_id") for sql in (UP, FAMILY))
# What a row shows beside its own columns; of the customer what is known of the whole family. Text, because `rows` and
# `rows_in_hand` must say the same.
FACTS: dict[str, tuple[str, type[Any]]] = {
    "unread": (
        "SELECT COUNT(*) FROM queue_entry e WHERE e.interaction_id = queue_interaction.id"
        " AND e.author = 'customer' AND e.kind = 'message' AND e.seq > queue_interaction.staff_seen",
        IntegerField,
    ),
    "last_author": (
        "SELECT e.author FROM queue_entry e WHERE e.interaction_id = queue_interaction.id AND e.kind = 'message'"
        " ORDER BY e.seq DESC LIMIT 1",
        CharField,
    ),
    "customer_root": (
        f"{_UP} SELECT c.public_id FROM up JOIN customers_customer c ON c.id = up.id WHERE up.parent IS NULL",  # noqa: S608
        CharField,
    ),
    "customer_name": (
        f"{_FAMILY} SELECT c.name FROM family f JOIN customers_customer c ON c.id = f.id WHERE c.name <> ''"  # noqa: S608
        " ORDER BY c.merged_into_id IS NOT NULL, c.id LIMIT 1",
        CharField,
    ),
    "customer_address": (
        f"{_FAMILY} SELECT p.value FROM family f JOIN customers_contactpoint p ON p.customer_id = f.id"  # noqa: S608
        " WHERE p.kind IN ('email', 'phone')"
        " ORDER BY CASE p.proof WHEN 'verified' THEN 0 WHEN 'received' THEN 1 ELSE 2 END, p.id LIMIT 1",
        CharField,
    ),
    "customer_verified": (
        f"{_FAMILY} SELECT COUNT(*) > 0 FROM family f JOIN customers_contactpoint p ON p.customer_id = f.id"  # noqa: S608
        " WHERE p.kind IN ('email', 'phone') AND p.proof = 'verified'",
        BooleanField,
    ),
}
FACTS_OF = f"SELECT id, {', '.join(f'({sql})' for sql, _ in FACTS.values())} FROM queue_interaction WHERE id IN ({{}})"  # noqa: S608


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class RowFacts(TypedDict):
    """What `rows` adds to an interaction."""

    unread: int
    last_author: str | None
    customer_root: str
    customer_name: str | None
    customer_address: str | None
    customer_verified: bool
    promise_key: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next` is the key after which the following page starts, or None at the end."""

    items: list[dict[str, Any]]
    next: tuple[Any, ...] | None


def customer_words(interaction: Interaction, *, limit: int) -> list[str]:
    """What the customer wrote, the newest message first, without what machines wrote in their name."""
    messages = Entry.objects.filter(interaction=interaction, kind=EntryKind.MESSAGE, author=Author.CUSTOMER)
    return list(messages.filter(automatic=False).order_by("-seq").values_list("body", flat=True)[:limit])


def waiting_now(now: datetime) -> QuerySet[Interaction]:
    """What agents may be asked to take: no appointments of later, nothing that its channel brings to somebody."""
    due = Q(not_before=None) | Q(not_before__lte=now)
    return Interaction.objects.filter(due, state=State.WAITING, routed_by_channel=False)


def visible_to(user: User | None, *, everything: bool) -> QuerySet[Interaction]:
    """What this person may see: their teams' interactions, those of no team, their own; supervisors everything.

    `user` None is an integration: without the right to everything it sees what belongs to no team.
    """
    if everything:
        return Interaction.objects.all()
    if user is None:
        return Interaction.objects.filter(team=None)
    teams = user.teams.all()
    return Interaction.objects.filter(Q(team=None) | Q(team__in=teams) | Q(assigned_to=user))


@dataclass(frozen=True, slots=True)
class Home:
    """To whom an interaction belongs: primary keys of its team and its agent, None where it has none."""

    team: int | None
    agent: int | None


def homes(names: Collection[str]) -> dict[str, Home]:
    """Public id -> where it belongs now."""
    found = Interaction.objects.filter(public_id__in=names).values_list("public_id", "team", "assigned_to")
    return {name: Home(team, agent) for name, team, agent in found}


def is_visible(home: Home, *, user: User, teams: Collection[int]) -> bool:
    """The question of `visible_to`, for what is at hand already."""
    return home.team is None or home.team in teams or home.agent == user.pk


def interaction_for(user: User | None, public_id: str, *, everything: bool) -> Interaction:
    """One interaction that this person may see. NotFoundError otherwise: what is hidden does not exist."""
    found = rows(visible_to(user, everything=everything)).filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError("There is no such interaction, or it belongs to another team.")
    return found


def rows(interactions: QuerySet[Interaction]) -> "QuerySet[WithAnnotations[Interaction, RowFacts]]":
    """With everything that `wire.row_wire` shows, in one query."""
    return interactions.select_related("customer", "assigned_to", "team").annotate(
        unread=_fact("unread"),
        last_author=_fact("last_author"),
        customer_root=_fact("customer_root"),
        customer_name=_fact("customer_name"),
        customer_address=_fact("customer_address"),
        customer_verified=_fact("customer_verified"),
        promise_key=Coalesce("promised_at", FAR),
    )


def _fact(name: str) -> RawSQL:
    sql, kind = FACTS[name]
    return RawSQL(f"({sql})", (), kind())  # noqa: S611 - our own text


def row_of(interaction: Interaction) -> dict[str, Any]:
    """The row of one interaction as it stands in the database now."""
    return row_wire(rows(Interaction.objects.filter(pk=interaction.pk)).get())


def rows_in_hand(interactions: Sequence[Interaction]) -> list[dict[str, Any]]:
    """The same for those that are locked and up to date: the ORM takes longer to write its query than to ask it."""
    keys = [interaction.pk for interaction in interactions]
    with connection.cursor() as cursor:
        cursor.execute(FACTS_OF.format(", ".join(["%s"] * len(keys))), keys)
        facts = {pk: values for pk, *values in cursor.fetchall()}
    for interaction in interactions:
        for name, value in zip(FACTS, facts[interaction.pk], strict=True):
            setattr(interaction, name, value)
    return [row_wire(interaction) for interaction in interactions]


def queue_page(
    view: str,
    user: User | None,
    *,
    everything: bool,
    team: str = "",
    channel: str = "",
    after: Sequence[Any] | None = None,
    limit: int = 50,
) -> Page:
    """One page of the queue, by priority, then by the promise that ends soonest; closed ones by latest activity."""
    chosen = _narrow(visible_to(user, everything=everything), view, user, team, channel)
    return _closed_page(chosen, after, limit) if view == "closed" else _open_page(chosen, after, limit)


def queue_counts(user: User | None, *, everything: bool) -> dict[str, int]:
    """How many are open, mine, and waiting: one query."""
    seen = visible_to(user, everything=everything).exclude(state=State.CLOSED)
    counts = seen.aggregate(
        open=Count("pk", distinct=True),
        mine=Count("pk", filter=Q(assigned_to=user), distinct=True),
        waiting=Count("pk", filter=Q(state__in=[State.WAITING, State.OFFERED]), distinct=True),
    )
    return {name: int(value) for name, value in counts.items()}


def entries_page(interaction: Interaction, *, before: int | None = None, limit: int = 100) -> Page:
    """The last `limit` entries before sequence number `before`, in ascending order."""
    chosen = with_files(interaction)
    if before is not None:
        chosen = chosen.filter(seq__lt=before)
    found = list(chosen.order_by("-seq")[: limit + 1])
    entries = found[:limit][::-1]
    errors = delivery_errors(interaction)
    items = [entry_wire(entry, error=errors.get(entry.pk, "")) for entry in entries]
    return Page(items, (entries[0].seq,) if len(found) > limit else None)


def entries_after(interaction: Interaction, seq: int, *, staff: bool, limit: int = 500) -> list[dict[str, Any]]:
    """What a reader who has everything up to `seq` misses of the log as `interaction` knows it, ascending."""
    entries = with_files(interaction).filter(seq__gt=seq, seq__lte=interaction.seq).order_by("seq")[:limit]
    return [entry_wire(entry) if staff else customer_entry_wire(entry) for entry in entries]


def last_entries(interaction: Interaction, *, staff: bool, limit: int = 100) -> list[dict[str, Any]]:
    """The end of the log as `interaction` knows it, ascending."""
    entries = list(with_files(interaction).filter(seq__lte=interaction.seq).order_by("-seq")[:limit])[::-1]
    return [entry_wire(entry) if staff else customer_entry_wire(entry) for entry in entries]


def with_files(interaction: Interaction) -> QuerySet[Entry]:
    """Entries with what their wire form reads."""
    return (
        Entry.objects.filter(interaction=interaction)
        .select_related("interaction", "user")
        .prefetch_related("attachments")
    )


def deliveries(interaction: Interaction) -> dict[str, str]:
    """Sequence number -> delivery state of the last 50 outgoing messages."""
    sent = Entry.objects.filter(interaction=interaction).exclude(delivery="").order_by("-seq")
    return {str(seq): delivery for seq, delivery in sent.values_list("seq", "delivery")[:50]}


def delivery_errors(interaction: Interaction) -> dict[int, str]:
    """Entry key -> why it could not leave (yet)."""
    found = Outbox.objects.filter(entry__interaction=interaction).exclude(last_error="")
    return dict(found.values_list("entry_id", "last_error"))


def entry_by_id(entry_id: str) -> Entry:
    """The entry behind `<interaction>-<seq>`. NotFoundError otherwise; authorise by its interaction."""
    interaction, _, seq = entry_id.rpartition("-")
    entry = None
    if seq.isascii() and seq.isdigit() and len(seq) < 10:
        entry = (
            Entry.objects.select_related("interaction", "user")
            .prefetch_related("attachments")
            .filter(interaction__public_id=interaction, seq=int(seq))
            .first()
        )
    if entry is None:
        raise NotFoundError("There is no such entry.")
    return entry


def entry_of(user: User, interaction: str, client_id: str) -> Entry | None:
    """What this person wrote here under this client id: theirs to read, wherever the interaction has gone since."""
    own = Entry.objects.select_related("interaction", "user").prefetch_related("attachments")
    return own.filter(interaction__public_id=interaction, client_id=client_id, author=Author.AGENT, user=user).first()


def whole_entry(entry: Entry) -> dict[str, Any]:
    """With all of its text."""
    error = Outbox.objects.filter(entry=entry).values_list("last_error", flat=True).first()
    return entry_wire(entry, error=error or "", whole=True)


def promise_in_words(public_id: str) -> dict[str, str]:
    """By when this interaction has an answer, as a sentence by language; {} where nothing is promised."""
    found = Interaction.objects.select_related("calendar", "team__calendar").get(public_id=public_id)
    return promised(hours(found.calendar, found.team), found.promised_at) if found.promised_at else {}


def sent_to(message_id: str) -> tuple[str, str] | None:
    """Interaction and address of the message that left under this name, if it is one of ours."""
    found = Outbox.objects.filter(message_id=message_id).values_list("entry__interaction__public_id", "to").first()
    return (found[0], found[1]) if found else None


def belongs_to(interaction: str, kind: str, value: str) -> bool:
    """Whether this address takes part in the interaction: we wrote to it, or it is known to be the customer's."""
    row = Interaction.objects.select_related("customer").filter(public_id=interaction).first()
    key = normalise(kind, value)
    if row is None or not key:
        return False
    written_to = [row.reply_to, *Outbox.objects.filter(entry__interaction=row).values_list("to", flat=True)]
    return key in {normalise(kind, address) for address in written_to} or has_address(row.customer, kind, key)


def visitors_of(interaction: str) -> list[str]:
    """As which visitors of our sites the customer of an interaction is known for certain: who opened it first."""
    row = Interaction.objects.select_related("customer").filter(public_id=interaction).first()
    known = customer_visitors(row.customer) if row else []
    return sorted(known, key=lambda visitor: row is None or visitor != row.conversation)


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file on its way to a reader. `inline` = a browser may show it in place."""

    path: Path
    filename: str
    content_type: str
    inline: bool


def file_to_show(public_id: str) -> ShownFile:
    """The file of this id. NotFoundError; authorise before."""
    file = Attachment.objects.filter(public_id=public_id).first()
    if file is None:
        raise NotFoundError("There is no such file.")
    return ShownFile(path_of(file), file.filename, file.content_type, is_inline(file.content_type))


def open_conversation(channel: str, account: str, conversation: str) -> Interaction | None:
    """The interaction that is open for a channel's own conversation key, if there is one."""
    if not conversation:
        return None
    return (
        Interaction.objects.exclude(state=State.CLOSED)
        .filter(channel=channel, account=account, conversation=conversation)
        .first()
    )


def conversation_named(channel: str, account: str, conversation: str, public_id: str) -> Interaction:
    """One interaction, which must belong to this conversation of this door. NotFoundError otherwise."""
    own = Interaction.objects.select_related("assigned_to", "customer")
    found = own.filter(public_id=public_id, channel=channel, account=account, conversation=conversation).first()
    if found is None:
        raise NotFoundError("There is no such conversation.")
    return found


def catch_up(interaction: Interaction, last_s: int, *, staff: bool, state: dict[str, Any]) -> list[dict[str, Any]]:
    """The frames for a reader who has everything up to `last_s`: what it misses, or a snapshot when that is too much.

    Nothing newer than `interaction` itself is in them: that comes as a live event. ResumeFailedError when the reader
    claims to have what does not exist yet.
    """
    if last_s > interaction.seq:
        raise ResumeFailedError("The log is shorter than that. Load it anew.")
    if last_s == 0 or interaction.seq - last_s > RESUME_WINDOW:
        return _snapshot(interaction, last_entries(interaction, staff=staff), state)
    return _as_events(interaction, entries_after(interaction, last_s, staff=staff))


def _snapshot(interaction: Interaction, entries: list[dict[str, Any]], state: dict[str, Any]) -> list[dict[str, Any]]:
    """As much as one frame holds; the rest follows as events."""
    size, count = 0, 0
    while count < len(entries) and (not count or size + len(entries[count].get("body", "")) < SNAPSHOT_CHARACTERS):
        size += len(entries[count].get("body", ""))
        count += 1
    last = entries[count - 1]["s"] if count else interaction.seq
    snap = {"t": "snap", "c": interaction.public_id, "s": last, "state": state, "entries": entries[:count]}
    return [snap, *_as_events(interaction, entries[count:])]


def _as_events(interaction: Interaction, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"t": "ev", "c": interaction.public_id} | entry for entry in entries]


def heads(names: Collection[str]) -> dict[str, int]:
    """Public id -> last sequence number."""
    return dict(Interaction.objects.filter(public_id__in=names).values_list("public_id", "seq"))


def may_supervise(user: User) -> bool:
    """Whether this person sees and takes everything."""
    return user.has_permission(Permission.SUPERVISE)


def _narrow(
    chosen: QuerySet[Interaction], view: str, user: User | None, team: str, channel: str
) -> QuerySet[Interaction]:
    if view not in VIEWS:
        raise NotFoundError(f"There is no view “{view}”: use one of {', '.join(VIEWS)}.")
    if team:
        chosen = chosen.filter(team__public_id=team)
    if channel:
        chosen = chosen.filter(channel=channel)
    if view == "closed":
        return chosen.filter(state=State.CLOSED)
    if view == "mine":
        chosen = chosen.filter(assigned_to=user)
    if view == "waiting":
        chosen = chosen.filter(state__in=[State.WAITING, State.OFFERED])
    return chosen.exclude(state=State.CLOSED)


def _open_page(chosen: QuerySet[Interaction], after: Sequence[Any] | None, limit: int) -> Page:
    ordered = chosen.annotate(promise_key=Coalesce("promised_at", FAR)).order_by("-priority", "promise_key", "pk")
    if after is not None:
        priority, promised, pk = after
        ordered = ordered.filter(
            Q(priority__lt=priority)
            | Q(priority=priority, promise_key__gt=promised)
            | Q(priority=priority, promise_key=promised, pk__gt=pk)
        )
    found, last = _first_rows(ordered, limit)
    return Page(found, (last.priority, (last.promised_at or FAR).isoformat(), last.pk) if last else None)


def _closed_page(chosen: QuerySet[Interaction], after: Sequence[Any] | None, limit: int) -> Page:
    ordered = chosen.order_by(F("last_entry_at").desc(), "-pk")
    if after is not None:
        at, pk = after
        ordered = ordered.filter(Q(last_entry_at__lt=at) | Q(last_entry_at=at, pk__lt=pk))
    found, last = _first_rows(ordered, limit)
    return Page(found, (last.last_entry_at.isoformat(), last.pk) if last else None)


def _first_rows(ordered: QuerySet[Any], limit: int) -> tuple[list[dict[str, Any]], Interaction | None]:
    """The first rows, and the last of them when there are more.

    Two steps: what a row shows is looked up for these few only, not for all that had to be sorted.
    """
    keys = list(ordered.values_list("pk", flat=True)[: limit + 1])
    shown = {row.pk: row for row in rows(Interaction.objects.filter(pk__in=keys[:limit]))}
    found = [shown[key] for key in keys[:limit] if key in shown]
    return [row_wire(row) for row in found], found[-1] if len(keys) > limit and found else None
