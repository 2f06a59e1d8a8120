"""What people do with an interaction. A command is answered by its result; everybody hears of it as an event."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja import Status as Answer
from pydantic import Field

from interaction_center.access.models import Permission, Team, User
from interaction_center.console.fields import Block, ClientId, EntryId, Id, MessageBody
from interaction_center.console.http import actor, doors
from interaction_center.console.schemas import EntryOut, Ok, Row
from interaction_center.console.selectors import visible_interaction
from interaction_center.errors import NotFoundError
from interaction_center.queue import services as queue
from interaction_center.queue.delivery import resend as resend_message
from interaction_center.queue.models import Interaction
from interaction_center.queue.selectors import entry_by_id, entry_of, row_of
from interaction_center.queue.wire import entry_wire
from interaction_center.routing import services as routing

router = Router(tags=["commands"], auth=doors(Permission.WORK_QUEUE))


class ReplyIn(Schema):
    """An answer. `client_id` is a random id of the caller: a repetition with the same one does nothing."""

    client_id: ClientId
    body: MessageBody
    attachments: Annotated[list[Id], Field(max_length=20)] = []
    close: bool = False


class NoteIn(Schema):
    """A note that only staff see."""

    client_id: ClientId
    body: MessageBody


class TransferIn(Schema):
    """To a team or to a person, with a word for them."""

    team: Id | None = None
    to: Id | None = None
    note: Block = ""


class EntryRef(Schema):
    """One entry of this interaction."""

    entry: EntryId


@router.post("/interactions/{id}/reply", response={201: EntryOut}, by_alias=True)
def reply(request: HttpRequest, id: Id, answer: ReplyIn) -> Answer[dict[str, Any]]:
    """Answer the customer by the way they wrote last; `close` closes the interaction with it."""
    known = entry_of(actor(request).person, id, answer.client_id)
    if known is not None:
        return Answer(201, entry_wire(known))
    user, interaction = _mine(request, id)
    send = routing.reply_and_close if answer.close else queue.reply
    entry = send(
        interaction=interaction,
        user=user,
        body=answer.body,
        client_id=answer.client_id,
        attachments=tuple(answer.attachments),
    )
    return Answer(201, entry_wire(entry))


@router.post("/interactions/{id}/notes", response={201: EntryOut}, by_alias=True)
def add_note(request: HttpRequest, id: Id, note: NoteIn) -> Answer[dict[str, Any]]:
    """Write a note that the customer never sees."""
    known = entry_of(actor(request).person, id, note.client_id)
    if known is not None:
        return Answer(201, entry_wire(known))
    user, interaction = _mine(request, id)
    entry = queue.add_note(interaction=interaction, user=user, body=note.body, client_id=note.client_id)
    return Answer(201, entry_wire(entry))


@router.post("/interactions/{id}/take", response=Row)
def take(request: HttpRequest, id: Id) -> dict[str, Any]:
    """I do it."""
    user, interaction = _mine(request, id)
    routing.take_interaction(interaction=interaction, user=user)
    return row_of(interaction)


@router.post("/interactions/{id}/release", response=Row)
def release(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Back into the queue, at its old place."""
    user, interaction = _mine(request, id)
    routing.release_interaction(interaction=interaction, user=user)
    return row_of(interaction)


@router.post("/interactions/{id}/close", response=Row)
def close(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Done."""
    user, interaction = _mine(request, id)
    routing.close_interaction(interaction=interaction, user=user)
    return row_of(interaction)


@router.post("/interactions/{id}/reopen", response=Row)
def reopen(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Not done after all."""
    user, interaction = _mine(request, id)
    routing.reopen_interaction(interaction=interaction, user=user)
    return row_of(interaction)


@router.post("/interactions/{id}/transfer", response=Row)
def transfer(request: HttpRequest, id: Id, target: TransferIn) -> dict[str, Any]:
    """Hand it to a team or to a person."""
    user, interaction = _mine(request, id)
    team, to = _team(target.team), _person(target.to)
    routing.transfer_interaction(interaction=interaction, user=user, team=team, to=to, note=target.note)
    return row_of(interaction)


@router.post("/interactions/{id}/resend", response=Ok)
def resend(request: HttpRequest, id: Id, ref: EntryRef) -> dict[str, Any]:
    """Try a failed answer again, now."""
    _user, interaction = _mine(request, id)
    entry = entry_by_id(ref.entry)
    if entry.interaction_id != interaction.pk:
        raise NotFoundError("There is no such entry in this interaction.")
    resend_message(entry=entry)
    return {"ok": True}


@router.post("/offers/{id}/accept", response=Row)
def accept(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Take what is offered to me. 409 when the offer has lapsed."""
    return row_of(routing.accept_offer(offer_id=id, user=_worker(request)))


@router.post("/offers/{id}/decline", response=Row)
def decline(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Leave it to somebody else."""
    return row_of(routing.decline_offer(offer_id=id, user=_worker(request)))


def _worker(request: HttpRequest) -> User:
    return actor(request).person


def _mine(request: HttpRequest, id: str) -> tuple[User, Interaction]:
    """The person and an interaction that they may see."""
    who = actor(request)
    return who.person, visible_interaction(who, id)


def _team(public_id: str | None) -> Team | None:
    if public_id is None:
        return None
    team = Team.objects.filter(public_id=public_id).first()
    if team is None:
        raise NotFoundError("There is no such team.")
    return team


def _person(public_id: str | None) -> User | None:
    if public_id is None:
        return None
    user = User.objects.filter(public_id=public_id, is_active=True).select_related("role").first()
    if user is None or not user.has_permission(Permission.WORK_QUEUE):
        raise NotFoundError("There is nobody of that name who works in the queue.")
    return user
