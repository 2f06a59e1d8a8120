"""Recordings over HTTP: they are listed with their sessions and deleted here; they are played by their socket only."""

from django.http import HttpRequest
from ninja import Router

from channels_app.cobrowse import recordings, selectors
from channels_app.cobrowse.schemas import DeletedOut, Id
from interaction_center.access.doors import require
from interaction_center.queue.selectors import interaction_for

router = Router()
SUPERVISE = "supervise"


@router.delete("/cobrowse/recordings/{id}", response=DeletedOut)
def delete_recording(request: HttpRequest, id: Id) -> DeletedOut:
    """Delete it now, instead of in its time. Who and when stays."""
    who = require(request, SUPERVISE)
    interaction = selectors.interaction_of_recording(id)
    interaction_for(who.user, interaction, everything=who.sees_everything)
    recordings.delete_recording(name=id, user=who.person.public_id, by=who.name)
    return DeletedOut()
