"""Conferences: who comes, waits, begins to talk, is held, muted, coached, and when it all ends."""

from functools import partial
from typing import TYPE_CHECKING, Final

from channels_app.callback.simulator.calls import Call, Conference, Heard, Hook, Participant, Seat
from channels_app.callback.simulator.documents import WHILE_IN_CONFERENCE, DocumentError, verbs_in
from channels_app.callback.simulator.timeline import Changed
from channels_app.callback.simulator.webhooks import Callback, WebhookAnswer, rfc_2822

if TYPE_CHECKING:
    from channels_app.callback.simulator.network import Network

# The event of a callback -> the word in StatusCallbackEvent of the request that subscribes to it.
SUBSCRIPTIONS: Final = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "participant-speech-start": "speaker",
    "participant-speech-stop": "speaker",
    "announcement-end": "announcement",
}
KICKED: Final = "participant_updated_via_api"


class Conferences:
    """All conferences of the account."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self.all: dict[str, Conference] = {}
        self._open: dict[str, Conference] = {}  # by name: of one name there is one that has not ended

    def find(self, name_or_sid: str) -> Conference | None:
        """By sid, or the open one of this name."""
        return self.all.get(name_or_sid) or self._open.get(name_or_sid)

    def forget_oldest(self, kept: int) -> None:
        """Of those that have ended only so many stay in memory."""
        while len(self.all) > kept:
            oldest = next((one for one in self.all.values() if one.status == "completed"), None)
            if oldest is None:
                return
            del self.all[oldest.sid]
            self._network.recordings.forget(self._network.recordings.of_conference(oldest.sid))

    # Coming.

    def join(self, call: Call, seat: Seat) -> Participant:
        """Let a call in at once."""
        participant = self.invite(call, seat)
        self.enter(participant)
        return participant

    def invite(self, call: Call, seat: Seat) -> Participant:
        """Somebody is on the way into it: the conference exists from now on."""
        now = self._network.timeline.now
        conference = self._open.get(seat.conference) or self._new(seat)
        participant = Participant(call, conference, seat, now, now, seat.muted, seat.coaching, seat.ends)
        call.participant = participant
        conference.participants.append(participant)
        return participant

    def _new(self, seat: Seat) -> Conference:
        now = self._network.timeline.now
        conference = Conference(self._network.sids.new("CF"), seat.conference, now, now, seat.hook)
        self.all[conference.sid] = self._open[seat.conference] = conference
        return conference

    def enter(self, participant: Participant) -> None:
        """The call is in. The talk starts with the second, if one of them may start it."""
        if participant.conference.status == "completed":  # it has ended while the telephone rang
            participant.conference.participants.remove(participant)
            participant.conference = self._open.get(participant.seat.conference) or self._new(participant.seat)
            participant.conference.participants.append(participant)
        conference = participant.conference
        if len(conference.present) >= participant.seat.max_participants:
            self._network.report(13225, f"Conference {conference.name} is full", participant.call.sid)
            participant.has_left, participant.call.participant = True, None
            return
        participant.joined = True
        self._tell(conference, "participant-join", participant)
        self._beep(conference, participant)
        self._start_if_ready(conference)
        self._refresh(conference)

    def _beep(self, conference: Conference, newcomer: Participant) -> None:
        if newcomer.seat.beep in ("true", "onEnter"):
            for other in conference.present:
                if other is not newcomer:
                    self._network.heard(other.call, Heard(self._network.timeline.now, "beep", ""))

    def _start_if_ready(self, conference: Conference) -> None:
        present = conference.present
        if conference.status == "init" and len(present) > 1 and any(one.seat.starts for one in present):
            conference.status = "in-progress"
            self._tell(conference, "conference-start", None)
            if recorder := next((one.seat for one in present if one.seat.record), None):
                self._network.recordings.begin("Conference", conference=conference, hook=recorder.recording_hook)

    # What is changed meanwhile.

    def update(
        self,
        participant: Participant,
        *,
        muted: bool | None = None,
        hold: bool | None = None,
        coaching: str | None = None,
        ends: bool | None = None,
    ) -> None:
        """Change what is given; each change is told. `coaching`: the call that is coached, "" for none."""
        conference = participant.conference
        participant.updated = self._network.timeline.now
        if muted is not None and muted != participant.muted:
            participant.muted = muted
            self._tell(conference, "participant-mute" if muted else "participant-unmute", participant)
        if hold is not None and hold != participant.hold:
            participant.hold = hold
            self._tell(conference, "participant-hold" if hold else "participant-unhold", participant)
        if coaching is not None and coaching != participant.coaching:
            participant.coaching = coaching
            self._tell(conference, "participant-modify", participant)
        if ends is not None and ends != participant.ends:
            participant.ends = ends
            self._tell(conference, "participant-modify", participant)
        self._refresh(conference)

    def announce(self, conference: Conference, url: str, method: str, only: Participant | None = None) -> None:
        """Everybody (or one) hears what this document says."""
        params = [*self._about(conference, "announcement"), *_about_participant(only)]
        done = partial(self._announced, conference, only)
        self._network.webhooks.fetch(url, method, params, conference.sid, done)

    def _announced(self, conference: Conference, only: Participant | None, answer: WebhookAnswer) -> None:
        try:
            verbs = verbs_in(answer.body, answer.content_type, WHILE_IN_CONFERENCE)
        except DocumentError as problem:
            self._network.report(problem.code, str(problem), "")
            return
        for text in [verb.text for verb in verbs if verb.name in ("Say", "Play")]:
            for participant in [only] if only else conference.present:
                self._network.heard(participant.call, Heard(self._network.timeline.now, "say", text))
        self._tell(conference, "announcement-end", only)

    def spoke(self, call: Call, seconds: float) -> None:
        """A person in a conference speaks."""
        participant = call.participant
        if participant is not None and participant.joined and not participant.has_left and not participant.muted:
            conference = participant.conference
            self._tell(conference, "participant-speech-start", participant)
            stop = partial(self._tell, conference, "participant-speech-stop", participant)
            self._network.timeline.after(seconds, stop)

    # Going.

    def leave(self, participant: Participant, reason: str) -> None:
        """The call is no longer in it (or will never be)."""
        if participant.has_left:
            return
        conference = participant.conference
        participant.has_left = True
        participant.call.participant = None
        if participant.joined:
            self._tell(conference, "participant-leave", participant, [("ReasonParticipantLeft", reason)])
        self._refresh(conference)
        self._end_if_over(conference, participant, reason)

    def _end_if_over(self, conference: Conference, last: Participant, reason: str) -> None:
        how = "kicked" if reason == KICKED else "left"
        if last.joined and last.ends:
            self.end(conference, f"participant-with-end-conference-on-exit-{how}", last.call.sid)
        elif not conference.present and all(one.has_left for one in conference.participants):
            self.end(conference, f"last-participant-{how}", last.call.sid)

    def kick(self, participant: Participant) -> None:
        """Put a call out; it goes on behind its <Dial>, or ends."""
        self.leave(participant, KICKED)
        _wake(participant.call)

    def end(self, conference: Conference, reason: str, by: str | None = None) -> None:
        """All who are in it leave it. A telephone that still rings for it goes on to ring: who placed it cancels it."""
        if conference.status == "completed":
            return
        conference.status, conference.reason, conference.ended_by = "completed", reason, by
        del self._open[conference.name]
        for participant in conference.present:
            self.leave(participant, KICKED if reason == "conference-ended-via-api" else "conference_ended")
            _wake(participant.call)
        self._network.recordings.end_with_conference(conference)
        ended = [("ReasonConferenceEnded", reason), *([("CallSidEndingConference", by)] if by else [])]
        self._tell(conference, "conference-end", None, ended)

    # Who hears whom.

    def hears_anybody(self, participant: Participant) -> bool:
        """Whether it is not silent for this one."""
        return bool(self._network.ledger.heard_now(participant.call.sid))

    def _refresh(self, conference: Conference) -> None:
        """Tell the ledger who hears whom, and those concerned that something has changed."""
        conference.updated = self._network.timeline.now
        talking = [one for one in conference.present if not one.hold] if conference.status == "in-progress" else []
        pairs = {
            (listener.call.sid, speaker.call.sid)
            for listener in talking
            for speaker in talking
            if listener is not speaker and _is_audible(speaker, listener)
        }
        self._network.ledger.hears(self._network.timeline.now, conference.sid, pairs)
        for participant in conference.present:
            heard = frozenset(self._network.ledger.heard_now(participant.call.sid))
            news = (conference.status, participant.hold, participant.hold_url, heard)
            if news != participant.last_news:
                participant.last_news = news
                _wake(participant.call)

    # What is told.

    def _tell(
        self,
        conference: Conference,
        event: str,
        participant: Participant | None,
        more: list[tuple[str, str]] | None = None,
    ) -> None:
        conference.updated = self._network.timeline.now
        if conference.hook.wants(SUBSCRIPTIONS[event]):
            conference.sequence += 1
            params = [*self._about(conference, event), *_about_participant(participant), *(more or [])]
            self._post(conference.hook, params, event, conference.sid)

    def _about(self, conference: Conference, event: str) -> list[tuple[str, str]]:
        return [
            ("AccountSid", self._network.account.sid),
            ("ConferenceSid", conference.sid),
            ("FriendlyName", conference.name),
            ("StatusCallbackEvent", event),
            ("SequenceNumber", str(conference.sequence)),
            ("Timestamp", rfc_2822(self._network.timeline.now)),
        ]

    def _post(self, hook: Hook, params: list[tuple[str, str]], event: str, about: str) -> None:
        self._network.webhooks.tell(Callback(hook.url, hook.method, params, "conference", event, about))


def _is_audible(speaker: Participant, listener: Participant) -> bool:
    """A coach is heard by who is coached alone; who is muted by nobody."""
    return not speaker.muted and speaker.coaching in ("", listener.call.sid)


def _about_participant(participant: Participant | None) -> list[tuple[str, str]]:
    if participant is None:
        return []
    about = [
        ("CallSid", participant.call.sid),
        ("Muted", _flag(participant.muted)),
        ("Hold", _flag(participant.hold)),
        ("Coaching", _flag(bool(participant.coaching))),
        ("EndConferenceOnExit", _flag(participant.ends)),
        ("StartConferenceOnEnter", _flag(participant.seat.starts)),
        ("ParticipantCallStatus", participant.call.status),
    ]
    if participant.coaching:
        about.append(("CallSidToCoach", participant.coaching))
    if participant.seat.label:
        about.append(("ParticipantLabel", participant.seat.label))
    return about


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _wake(call: Call) -> None:
    if call.process is not None:
        call.process.interrupt(Changed())
