"""What the hub has to do as a call moves: the last acts of a transaction, as its rows are locked after ours."""

from contextlib import suppress
from datetime import datetime

from interaction_center.errors import NotFoundError
from interaction_center.queue import by_channel
from interaction_center.queue.policy import Role
from interaction_center.routing import services as routing


def close_interaction(name: str) -> None:
    """Done, unless somebody has closed it already."""
    interaction = by_channel.named(name)
    if interaction.state != "closed":
        routing.close_interaction(interaction=interaction, user=None, by=Role.SYSTEM)


def recall_interaction(name: str, *, not_before: datetime | None) -> None:
    """Nobody holds it or is asked about it any more; agents are asked again from then on."""
    routing.recall_interaction(interaction=by_channel.named(name), not_before=not_before)


def give_back(name: str, *, not_before: datetime | None, promised_at: datetime | None, by_channel_alone: bool) -> None:
    """The same, for a callback. `promised_at` None: as it is; `by_channel_alone`: agents are not asked, but reserved
    when it is made."""
    recall_interaction(name, not_before=not_before)
    promised_at = promised_at or by_channel.named(name).promised_at
    by_channel.appoint(name, not_before=not_before, promised_at=promised_at, routed_by_channel=by_channel_alone)


def take_from(name: str, agent: str) -> None:
    """This agent holds it no longer, if they still do."""
    _state, user = by_channel.standing([name]).get(name, ("", None))
    if user is not None and user.public_id == agent:
        by_channel.put_back(name)


def send_away(name: str, agent: str = "") -> None:
    """Whoever holds it (this agent) did not answer the telephone: they are asked nothing more until they are back."""
    _state, user = by_channel.standing([name]).get(name, ("", None))
    if user is not None and agent in ("", user.public_id):
        with suppress(NotFoundError):  # whoever takes work without being an agent is asked nothing anyway
            routing.set_status(user=user, wanted="away")
