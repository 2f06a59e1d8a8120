"""What the console shows of one interaction and of the people around it: constant numbers of queries."""

from typing import Any

from interaction_center.access.doors import Actor
from interaction_center.queue.models import Author, Draft, Entry, EntryKind, Interaction, State
from interaction_center.queue.policy import TRANSITIONS, Command, Role
from interaction_center.queue.selectors import interaction_for
from interaction_center.queue.wire import moment, row_wire
from interaction_center.routing.selectors import open_offer

COMMANDS = (Command.TAKE, Command.RELEASE, Command.TRANSFER, Command.CLOSE, Command.REOPEN, Command.REPLY)


def visible_interaction(actor: Actor, public_id: str) -> Interaction:
    """One interaction that this actor may see. NotFoundError otherwise."""
    return interaction_for(actor.user, public_id, everything=actor.sees_everything)


def interaction_detail(actor: Actor, interaction: Interaction, customer: dict[str, Any]) -> dict[str, Any]:
    """Everything beside the log: row, customer, where an answer goes, drafts, what may be done, a live offer."""
    offer = open_offer(interaction)
    mine = offer is not None and actor.user is not None and offer.agent.user_id == actor.user.pk
    drafts = Draft.objects.filter(interaction=interaction, user=actor.user) if actor.user else []
    return {
        "row": row_wire(interaction),
        "customer": customer,
        "reply": _reply_route(interaction),
        "drafts": [{"kind": d.kind, "body": d.body, "updated_at": moment(d.updated_at)} for d in drafts],
        "may": may(actor, interaction, offered=mine),
        "offer": {"id": offer.public_id, "expires_at": moment(offer.expires_at), "mine": mine} if offer else None,
    }


def may(actor: Actor, interaction: Interaction, *, offered: bool) -> dict[str, bool]:
    """Which commands this actor could give now. An integration commands nothing."""
    roles = _roles(actor, interaction, offered=offered)
    state = State(interaction.state)
    allowed = {str(command): any((state, command, role) in TRANSITIONS for role in roles) for command in COMMANDS}
    holds_it = Role.OWNER in roles
    return allowed | {"take": allowed["take"] and not holds_it}


def _roles(actor: Actor, interaction: Interaction, *, offered: bool) -> set[Role]:
    if actor.user is None:
        return set()
    if interaction.assigned_to_id == actor.user.pk and interaction.state == State.ASSIGNED:
        return {Role.OWNER}
    if offered:
        return {Role.OFFERED}
    return {Role.SUPERVISOR if actor.sees_everything else Role.AGENT}


def _reply_route(interaction: Interaction) -> dict[str, str] | None:
    """Where an answer would go; None when there is nowhere to send it to."""
    if not interaction.reply_to:
        return None
    return {
        "channel": interaction.reply_channel,
        "to": interaction.reply_to,
        "from": interaction.reply_account,
        "subject": interaction.subject,
        "instead_of": _written_by_another(interaction),
    }


def _written_by_another(interaction: Interaction) -> str:
    """Who the message that set the address says it comes from, when it asked for answers to go elsewhere; else ""."""
    written = Entry.objects.filter(interaction=interaction, kind=EntryKind.MESSAGE, author=Author.CUSTOMER)
    data = written.filter(automatic=False).order_by("-seq").values_list("data", flat=True).first() or {}
    differs = data.get("reply_to_differs") and data.get("reply_to") == interaction.reply_to
    return str(data.get("from", "")) if differs else ""
