"""What we learn of one telephone, and what that changes: by the answer to its POST, a report, or a look.

Rows in hand are changed, inside a locked scene; `settling.settle` goes on from there.
"""

from datetime import datetime, timedelta

from channels_app.callback import policy
from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.models import CallLeg, Party
from channels_app.callback.orders import order
from channels_app.callback.policy import TERMINAL, CallStatus, CallStatusEvent, Command
from channels_app.callback.scenes import Scene
from channels_app.callback.settling import leave_out
from channels_app.callback.stages import LegStage
from channels_app.callback.steps import leg_view

FIRST_LOOK = timedelta(seconds=2)  # after a POST without an answer
PATIENCE = timedelta(seconds=20)  # of a customer for whom somebody else can't be rung
BACK_OFF = 2.0  # seconds, where Twilio does not say how long
REFUSALS = {
    Action.OFFER_OTHER_WAY: "invalid",
    Action.FLAG_FRAUD: "refused",
    Action.REFUSE: "refused",
    Action.REFUSE_AND_ALERT: "refused",
}


def take_status(scene: Scene, leg: CallLeg, event: CallStatusEvent, now: datetime) -> None:
    """Twilio says where this call is, in whatever order and however often.

    A call that should not be there is ended: a second one that the network made of one POST, or one of a leg that we
    have held to be absent.
    """
    before = leg_view(leg)
    after = policy.merge(before, event)
    if policy.is_stray(before, event) or policy.is_ghost(after):
        _end_stray(leg, event)
    if policy.is_stray(before, event):
        return
    leg.call_sid, leg.status, leg.sequence = after.call_sid, str(after.status or ""), after.sequence
    leg.stage = after.stage
    if after.was_answered and leg.answered_at is None:
        leg.answered_at = now
    if leg.stage == LegStage.ENDED and leg.ended_at is None:
        leg.ended_at = now
    if leg.party == Party.CUSTOMER:
        _move_request(scene, Command.ADOPT)


def take_answer(scene: Scene, leg: CallLeg, sid: str, now: datetime) -> None:
    """The POST was answered: the call has a name."""
    take_status(scene, leg, CallStatusEvent(sid, CallStatus.QUEUED), now)


def take_failure(scene: Scene, leg: CallLeg, failure: CallFailure, now: datetime) -> None:
    """The POST failed, or nobody knows."""
    leg.last_error = failure.text[:500]
    if leg.call_sid is not None or leg.ended_at is not None:
        return  # its report was faster than this
    if failure.action.is_open:
        lose_answer(scene, leg, now)
    elif failure.action in (Action.BACK_OFF, Action.STOP_DIALLING):
        _try_later(scene, leg, now + timedelta(seconds=failure.retry_after or BACK_OFF), now)
    else:
        leave_out(leg, REFUSALS.get(failure.action, "failed"), now)
        if failure.action == Action.FLAG_FRAUD and scene.request is not None:
            scene.request.flags = [*scene.request.flags, "premium"]


def lose_answer(scene: Scene, leg: CallLeg, now: datetime) -> None:
    """Whether it rings is not known: it is looked for before anything else."""
    leg.stage = LegStage.UNKNOWN
    leg.due_at = now + FIRST_LOOK
    if leg.party == Party.CUSTOMER:
        _move_request(scene, Command.LOSE_ANSWER)


def find_absent(leg: CallLeg, now: datetime) -> None:
    """It has never rung."""
    leave_out(leg, "absent", now)


def _try_later(scene: Scene, leg: CallLeg, until: datetime, now: datetime) -> None:
    """Not for ever while a customer has the receiver in their hand."""
    if scene.has_customer and until > leg.created_at + PATIENCE:
        leave_out(leg, "network", now)
    else:
        _unpost(leg, until)


def _unpost(leg: CallLeg, until: datetime) -> None:
    """Twilio has surely not taken it: as if it had never been tried, a little later."""
    leg.posted_at, leg.token_digest, leg.stage, leg.due_at = None, None, LegStage.POSTING, until


def _end_stray(leg: CallLeg, event: CallStatusEvent) -> None:
    if event.status not in TERMINAL:
        order(leg, "hang_up", sid=event.call_sid)


def _move_request(scene: Scene, command: Command) -> None:
    request = scene.request
    if request is not None and policy.allows(request.stage, command):
        request.stage = policy.next_stage(request.stage, command).value
