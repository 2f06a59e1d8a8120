"""Where a request, a telephone and a call stand: the words of the tables. How they move is `policy.py`."""

from django.db.models import TextChoices


class RequestStage(TextChoices):
    """Of "call me back". Whatever is not an end is open: its number is not rung for another request meanwhile."""

    SCHEDULED = "scheduled"
    DUE = "due"
    CLAIMED = "claimed"
    DIALLING = "dialling"
    UNKNOWN = "unknown"
    CONNECTED = "connected"
    WRAPUP = "wrapup"
    RETRY_WAIT = "retry_wait"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"
    FAILED = "failed"


class LegStage(TextChoices):
    """Of one telephone. Unknown: its POST went out and no answer came. Absent: it was found never to have rung."""

    POSTING = "posting"
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
    INVALID = "invalid"
    REFUSED = "refused"
    AGENT_MISSED = "agent_missed"
    CANCELLED = "cancelled"
    LOST = "lost"
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
