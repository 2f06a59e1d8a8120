"""What Twilio reports, stored before it is answered: a whole group in one commit, each report once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from channels_app.callback.models import CallEvent, CallLeg
from interaction_center.bulk import insert, rows_of
from interaction_center.due_work import wake


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report: the parameters that we know of it, and those of them that tell one from a repetition."""

    name: str
    fields: tuple[str, ...]
    key: tuple[str, ...]


STATUS = Kind(
    "status",
    ("CallSid", "CallStatus", "SequenceNumber", "CallbackSource", "Timestamp", "CallDuration", "SipResponseCode"),
    ("CallSid", "SequenceNumber", "CallStatus", "CallbackSource"),
)
CONFERENCE = Kind(
    "conference",
    (
        "ConferenceSid",
        "StatusCallbackEvent",
        "CallSid",
        "SequenceNumber",
        "Timestamp",
        "ParticipantLabel",
        "ReasonParticipantLeft",
        "Muted",
        "Hold",
    ),
    ("ConferenceSid", "SequenceNumber", "StatusCallbackEvent", "CallSid"),
)
RECORDING = Kind(
    "recording",
    ("RecordingSid", "RecordingStatus", "RecordingDuration", "RecordingSource", "CallSid"),
    ("RecordingSid", "RecordingStatus"),
)
TRANSCRIPTION = Kind(
    "transcription",
    ("TranscriptionSid", "TranscriptionStatus", "TranscriptionText", "RecordingSid"),
    ("TranscriptionSid", "TranscriptionStatus"),
)
MACHINE = Kind("machine", ("CallSid", "AnsweredBy", "MachineDetectionDuration"), ("CallSid", "AnsweredBy"))


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it came in. `digest`: of the token in its address."""

    kind: Kind
    digest: str
    facts: Mapping[str, str]
    received_at: datetime

    @property
    def key(self) -> str:
        """The same for a report that is sent again."""
        return ":".join((self.kind.name, self.digest[:12], *(self.facts.get(name, "") for name in self.kind.key)))[:200]


def store_reports(reports: Sequence[Report]) -> list[None]:
    """For the group commit. A report on a leg that we don't know is none, a repetition is there already."""
    found = rows_of(CallLeg, "token_digest", {report.digest for report in reports})
    legs = {leg.token_digest: leg.pk for leg in found}
    rows = [_row(report, legs[report.digest]) for report in reports if report.digest in legs]
    insert(rows, skip_known=True)
    wake("call_events")
    return [None] * len(reports)


def _row(report: Report, leg: int) -> CallEvent:
    return CallEvent(
        key=report.key,
        kind=report.kind.name,
        leg_id=leg,
        facts=dict(report.facts),
        received_at=report.received_at,
        due_at=report.received_at,
    )
