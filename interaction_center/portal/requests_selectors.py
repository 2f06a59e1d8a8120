"""What a customer may see of their own: the interactions of their family, and of each what was said to and by them.

Never notes, events, drafts, or what passed between us and somebody else who wrote into the same conversation.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from interaction_center.adapters import form_adapter
from interaction_center.customers.models import ContactPoint, Customer, SuspectedMatch
from interaction_center.customers.policy import normalise
from interaction_center.customers.selectors import family_ids
from interaction_center.envelope import Proof
from interaction_center.errors import NotFoundError
from interaction_center.paging import decode_cursor, encode_cursor, first_rows
from interaction_center.queue.models import Attachment, Author, Entry, EntryKind, Interaction, State

LIST_PAGE = 20
LOG_PAGE = 50
_ORDER = ("-last_entry_at", "-pk")


@dataclass(frozen=True, slots=True)
class Request:
    """One interaction in the customer's words. `state` is waiting (for us), answered or closed."""

    row: Interaction
    state: str

    @property
    def title(self) -> str:
        """What it is about; "" where nothing was written."""
        return self.row.subject or self.row.first_words


@dataclass(frozen=True, slots=True)
class RequestLog:
    """The newest messages up to some number, oldest first; `earlier` is the number to ask for what was before, or 0."""

    messages: list[Entry]
    earlier: int


def requests_of(customer: Customer, *, cursor: str) -> tuple[list[Request], str | None]:
    """One page of all that this customer has asked, last activity first, and the cursor of the next page."""
    rows = Interaction.objects.filter(customer__in=family_ids(customer))
    after = decode_cursor("requests", cursor)
    found, last = first_rows(rows, _ORDER, after=after, limit=LIST_PAGE)
    return [_in_words(row) for row in found], encode_cursor("requests", last)


def request_of(customer: Customer, public_id: str) -> Request:
    """One of them. NotFoundError for everybody else's: what is not theirs does not exist."""
    own = Interaction.objects.select_related("customer") if public_id.isalnum() else Interaction.objects.none()
    row = own.filter(customer__in=family_ids(customer), public_id=public_id).first()
    if row is None:
        raise NotFoundError("There is no such request of yours.")
    return _in_words(row)


def unclaimed(point: ContactPoint) -> QuerySet[Interaction]:
    """Forms that somebody sent with this address without signing in, when it was known as a customer's already.

    Typing proves nothing, so each belongs to somebody of its own; its answer goes to the owner of the address. They may
    say that it was them. A chat has a mail link of its own for that. Whom an agent has joined with others is left out:
    their history is more than this form.
    """
    suspected = SuspectedMatch.objects.filter(kind="email", normalised=point.normalised, state="open")
    sent = Interaction.objects.filter(channel=form_adapter().kind, reply_to__iexact=point.normalised)
    alone = sent.filter(customer__merged_into=None, customer__merged=None)
    theirs = alone.filter(customer__in=suspected.values("customer")).exclude(customer__in=family_ids(point.customer))
    return theirs.select_related("customer").order_by("-pk")


def log_of(row: Interaction, *, before: int = 0) -> RequestLog:
    """What was said; with `before`, what was said before that number."""
    said = _said(row).prefetch_related("attachments")
    if before:
        said = said.filter(seq__lt=before)
    found = list(said.order_by("-seq")[: LOG_PAGE + 1])
    shown = found[:LOG_PAGE][::-1]
    return RequestLog(shown, shown[0].seq if len(found) > LOG_PAGE else 0)


def file_of(row: Interaction, public_id: str) -> Attachment:
    """A file of what was said in this interaction. NotFoundError."""
    file = Attachment.objects.filter(public_id=public_id, entry__in=_said(row)).first() if public_id.isalnum() else None
    if file is None:
        raise NotFoundError("There is no such file.")
    return file


def _in_words(row: Interaction) -> Request:
    if row.state == State.CLOSED:
        return Request(row, "closed")
    return Request(row, "waiting" if row.waiting_since else "answered")


def _said(row: Interaction) -> QuerySet[Entry]:
    """Messages between us and the customer. What a guest wrote is not for them: it came from somebody else's address,
    unless that has turned out to be theirs as well.
    """
    said = Entry.objects.filter(interaction=row, kind=EntryKind.MESSAGE)
    guests = dict(said.filter(author=Author.CUSTOMER, data__guest=True).values_list("seq", "data__from"))
    own = set(_addresses_of(row.customer)) if guests else set()
    return said.exclude(seq__in=[seq for seq, sender in guests.items() if normalise("email", sender or "") not in own])


def _addresses_of(customer: Customer) -> list[str]:
    """What this customer has shown to be theirs."""
    points = ContactPoint.objects.filter(customer__in=family_ids(customer), kind="email")
    return list(points.exclude(proof=Proof.TYPED).values_list("normalised", flat=True))
