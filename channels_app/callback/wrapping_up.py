"""What came of a call, noted by its agent, and what happens next: done, tried again, another time, never again."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from channels_app.callback import policy
from channels_app.callback.admitting import Act, must_be_allowed
from channels_app.callback.lines import add_do_not_call
from channels_app.callback.models import CallbackRequest, Mode, PhoneCall, PhoneLine
from channels_app.callback.policy import Command
from channels_app.callback.scenes import Scene, locked_scenes
from channels_app.callback.selectors import retry_rules, slot_rules, taken_slots, windows_of
from channels_app.callback.settling import put_back, settle
from channels_app.callback.stages import CallOutcome, RequestStage
from channels_app.callback.windows import slot_at
from interaction_center.due_work import WorkState
from interaction_center.errors import ConflictError, InvalidError
from interaction_center.queue import by_channel
from interaction_center.queue.services import add_note
from interaction_center.queue.wire import moment
from interaction_center.routing import services as routing

if TYPE_CHECKING:
    from interaction_center.access.models import User

NEVER_AGAIN = "do_not_call"


@transaction.atomic
def wrap_up(
    call: PhoneCall, user: "User", *, disposition: str, notes: str, next: str, wanted_at: datetime | None = None
) -> None:
    """Once for each call: a repetition changes nothing. The notes become a note of the log; with the last word the
    agent is free. ConflictError while the call goes on, and for what can't be next any more."""
    now = timezone.now()
    PhoneLine.objects.select_for_update(no_key=True).get(pk=call.line_id)  # two who want the last place of a slot
    scene = locked_scenes([call.pk])[0]
    must_be_allowed(scene, user.public_id, Act.WRAP_UP, supervises=False)
    if scene.call.disposition:
        return
    if scene.call.ended_at is None or scene.call.bridged_at is None:
        raise ConflictError("The call is not over. Hang up, then write it up.", "call_not_over")
    _go_on(scene, user, NEVER_AGAIN if disposition == NEVER_AGAIN else next, wanted_at, now)
    scene.call.disposition, scene.call.notes = disposition, notes.strip()
    scene.call.wrapped_up_at = scene.call.wrapped_up_at or now
    if scene.request is not None:
        scene.request.disposition = disposition
    if notes.strip() and scene.call.interaction:
        scene.acts.insert(0, partial(_note, scene.call, user, notes.strip()))
    settle([scene], now)


def _note(call: PhoneCall, user: "User", notes: str) -> None:
    interaction = by_channel.named(call.interaction)
    add_note(interaction=interaction, user=user, body=notes, client_id=f"call:{call.public_id}")


def _go_on(scene: Scene, user: "User", step: str, wanted_at: datetime | None, now: datetime) -> None:
    match step:
        case "retry":
            _retry(scene, _still_open(scene), now)
        case "move":
            _move(scene, _still_open(scene), user, wanted_at, now)
        case "done":
            _finish(scene, user, now)
        case _:
            _never_again(scene, user, now)


def _still_open(scene: Scene) -> CallbackRequest:
    """The request while it can be tried again. ConflictError when its time for that is over."""
    request = scene.request
    if request is None:
        raise ConflictError("They called us: ask for a new callback instead.", "call_was_inbound")
    if request.stage != RequestStage.WRAPUP:
        words = "The time for this is over, and the callback is done. Choose “done”, then make a new callback."
        raise ConflictError(words, "wrap_up_over")
    return request


def _finish(scene: Scene, user: "User", now: datetime, reason: str = "") -> None:
    request = scene.request
    if request is not None and request.stage == RequestStage.WRAPUP:
        request.stage = policy.next_stage(request.stage, Command.FINISH).value
        request.state, request.ended_at, request.reason = WorkState.DONE, now, reason
    if scene.call.interaction:
        scene.acts.append(partial(_close, scene.call.interaction, user))


def _close(name: str, user: "User") -> None:
    """Unless somebody else has taken it over, or closed it."""
    interaction = by_channel.named(name)
    if interaction.state == "assigned" and interaction.assigned_to == user:
        routing.close_interaction(interaction=interaction, user=user)


def _never_again(scene: Scene, user: "User", now: datetime) -> None:
    if not scene.call.number:
        words = "The caller hides their number, so it can't be put on the list. Choose something else."
        raise InvalidError(words, disposition=words)
    add_do_not_call(number=scene.call.number, reason="", by=user.public_id, now=now)
    scene.note("do_not_call", by=str(user))
    _finish(scene, user, now, NEVER_AGAIN)


def _retry(scene: Scene, request: CallbackRequest, now: datetime) -> None:
    """As if nobody had answered: by the rule of the line."""
    at = policy.retry_at(
        CallOutcome.NO_ANSWER,
        request.calls_made,
        now,
        windows_of([request])[request.pk],
        retry_rules(scene.line),
        random.random(),  # noqa: S311 - spreads calls, guards nothing
        request.expires_at,
    )
    if at is None:
        raise ConflictError("All tries are used up. Choose another time, or done.", "no_try_left")
    request.stage = policy.next_stage(request.stage, Command.RETRY).value
    request.state, request.due_at = WorkState.DUE, at
    scene.note("call_retry", at=moment(at), attempt=request.calls_made)
    scene.acts.append(partial(put_back, scene.call, request, at))


def _move(scene: Scene, request: CallbackRequest, user: "User", wanted_at: datetime | None, now: datetime) -> None:
    if wanted_at is None:
        raise InvalidError("Choose a time.", wanted_at="Choose a time.")
    line, window = scene.line, windows_of([request])[request.pk]
    slot = slot_at(wanted_at, now, window, slot_rules(line), taken_slots(line, now))
    request.stage = policy.next_stage(request.stage, Command.MOVE).value
    request.state, request.due_at, request.wanted_at = WorkState.DUE, slot.start, slot.start
    request.slot_minutes, request.promised_at = (slot.end - slot.start) // timedelta(minutes=1), slot.end
    request.expires_at = policy.expiry(slot.start, window.calendar)
    scene.note("call_moved", by=str(user), at=moment(slot.start))
    scene.acts.append(_appointment(request, slot.start, slot.end))


def _appointment(request: CallbackRequest, start: datetime, end: datetime) -> Callable[[], None]:
    """Back in the queue, for then."""

    def appoint() -> None:
        by_channel.put_back(request.interaction, not_before=start)
        is_reserved = request.line.mode == Mode.CUSTOMER_FIRST
        by_channel.appoint(request.interaction, not_before=start, promised_at=end, routed_by_channel=is_reserved)

    return appoint
