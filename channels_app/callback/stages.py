"""Where a request, a telephone and a call stand: the words of the tables. How they move is `policy.py`."""

from django.db.models import TextChoices


class RequestStage(TextChoices):
    """Of "call me back". One for now starts as due, one with a slot as scheduled.

    Whatever is not an end is open: its number is not rung for another request meanwhile.
    """

    SCHEDULED = "scheduled"
    DUE = "due"
    CLAIMED = "claimed"  # a worker or an agent has it, no telephone rings yet
    DIALLING = "dialling"  # from the row that is written before the first POST on
    UNKNOWN = "unknown"  # a POST without an answer: somebody's telephone may be ringing
    CONNECTED = "connected"  # customer and agent talk
    WRAPUP = "wrapup"  # the agent notes what came of it
    RETRY_WAIT = "retry_wait"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"  # do-not-call, premium, no such number: ringing it is not allowed
    FAILED = "failed"  # all attempts were used up, or the number can't be reached at all


class LegStage(TextChoices):
    """Of one telephone. Unknown: its POST went out and no answer came. Absent: it was found never to have rung."""

    POSTING = "posting"  # written down; its POST is on its way, or will be
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    ABSENT = "absent"


class CallOutcome(TextChoices):
    """What became of a call; "" while it is under way."""

    NONE = "", "under way"
    TALKED = "talked"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    MACHINE = "machine"
    FAILED = "failed"
    INVALID = "invalid"  # no such number
    REFUSED = "refused"  # by the network: premium, blocked, country not allowed
    AGENT_MISSED = "agent_missed"
    CANCELLED = "cancelled"  # we hung up before anybody picked up
    LOST = "lost"  # it may have rung, and nobody ever told us what became of it
    MOVED = "moved"
    VOICEMAIL = "voicemail"
    HUNG_UP = "hung_up"


ENDS = (
    RequestStage.DONE,
    RequestStage.CANCELLED,
    RequestStage.EXPIRED,
    RequestStage.REFUSED,
    RequestStage.FAILED,
)
OPEN_STAGES = [stage.value for stage in RequestStage if stage not in ENDS]
