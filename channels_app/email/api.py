"""Mailboxes for the settings screen, and the original of a mail."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from ninja import Router, Schema, Status
from pydantic import AfterValidator, Field, StringConstraints

from channels_app.email import selectors, services
from channels_app.email.models import Mailbox
from interaction_center.access.doors import require
from interaction_center.errors import NotFoundError
from interaction_center.file_store import safe_name
from interaction_center.paging import listed
from interaction_center.queue import selectors as queue

router = Router(tags=["mail"])

MANAGE, WORK = "manage_settings", "work_queue"
HIGHEST = 2**31 - 1


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    return text


_Clean = AfterValidator(_without_nul)
Line = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True), _Clean]
Signature = Annotated[str, StringConstraints(max_length=4_000), _Clean]
Address = Annotated[str, StringConstraints(max_length=254, strip_whitespace=True), _Clean]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{0,16}$")]
Cursor = Annotated[str, StringConstraints(max_length=600), _Clean]
Limit = Annotated[int, Field(ge=1, le=200)]


class MailboxOut(Schema):
    """One of our addresses. `team` and `calendar` are ids; null = everybody's, and the hours of the team."""

    id: str
    address: str
    name: str
    team: str | None
    calendar: str | None
    signature: str
    acknowledge: bool
    suggest: bool
    offer_call: bool
    active: bool


class MailboxIn(Schema):
    """A new mailbox."""

    address: Address
    name: Line = ""
    team: Id | None = None
    calendar: Id | None = None
    signature: Signature = ""
    acknowledge: bool = False
    suggest: bool = True
    offer_call: bool = False
    active: bool = True


class MailboxChange(Schema):
    """What is to change; everything left out stays."""

    address: Address | None = None
    name: Line | None = None
    team: Id | None = Field(default=None)
    calendar: Id | None = Field(default=None)
    signature: Signature | None = None
    acknowledge: bool | None = None
    suggest: bool | None = None
    offer_call: bool | None = None
    active: bool | None = None


class MailboxList(Schema):
    """One page of mailboxes; `next` leads to the page after."""

    items: list[MailboxOut]
    next: str | None


@router.get("/settings/mailboxes", response=MailboxList)
def list_mailboxes(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, object]:
    """Every mailbox, by address."""
    require(request, MANAGE)
    return listed(selectors.all_mailboxes(), ("address",), _shown, name="mailboxes", cursor=cursor, limit=limit)


@router.post("/settings/mailboxes", response={201: MailboxOut})
def create_mailbox(request: HttpRequest, mailbox: MailboxIn) -> Status[dict[str, object]]:
    """A new mailbox; mail for it is taken within a second."""
    require(request, MANAGE)
    return Status(201, _shown(services.create_mailbox(**_stored(mailbox.model_dump()))))


@router.patch("/settings/mailboxes/{mailbox_id}", response=MailboxOut)
def update_mailbox(request: HttpRequest, mailbox_id: str, change: MailboxChange) -> dict[str, object]:
    """Change a mailbox."""
    require(request, MANAGE)
    mailbox = selectors.mailbox_by_id(mailbox_id)
    return _shown(services.update_mailbox(mailbox=mailbox, **_stored(change.model_dump(exclude_unset=True))))


@router.delete("/settings/mailboxes/{mailbox_id}", response={204: None})
def delete_mailbox(request: HttpRequest, mailbox_id: str) -> Status[None]:
    """Remove a mailbox that never got mail; one that did is switched off instead (409)."""
    require(request, MANAGE)
    services.delete_mailbox(mailbox=selectors.mailbox_by_id(mailbox_id))
    return Status(204, None)


@router.get("/entries/{entry_id}/raw", response={200: None})
def raw_mail(request: HttpRequest, entry_id: str) -> HttpResponse:
    """The mail behind an entry, byte for byte, as a download named after its day and subject."""
    actor = require(request, WORK)
    interaction, _, seq = entry_id.rpartition("-")
    if not (seq.isascii() and seq.isdigit() and int(seq[:12]) <= HIGHEST):
        raise NotFoundError("There is no such entry.")
    shown = queue.interaction_for(actor.user, interaction, everything=actor.sees_everything)
    raw, received_at = selectors.raw_of_entry(interaction, int(seq))
    name = safe_name(f"{localdate(received_at).isoformat()} {shown.subject[:120].strip()}".strip() + ".eml")
    return HttpResponse(
        raw,
        content_type="message/rfc822",
        headers={
            "Content-Disposition": str(content_disposition_header(True, name)),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


def _stored(values: dict[str, object]) -> dict[str, Any]:
    """Columns hold "" where the API says null; a null for anything but team and calendar changes nothing."""
    return {
        name: "" if value is None else value
        for name, value in values.items()
        if value is not None or name in ("team", "calendar")
    }


def _shown(mailbox: Mailbox) -> dict[str, object]:
    return {
        "id": mailbox.public_id,
        "address": mailbox.address,
        "name": mailbox.name,
        "team": mailbox.team or None,
        "calendar": mailbox.calendar or None,
        "signature": mailbox.signature,
        "acknowledge": mailbox.acknowledge,
        "suggest": mailbox.suggest,
        "offer_call": mailbox.offer_call,
        "active": mailbox.active,
    }
