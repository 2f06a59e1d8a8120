"""The API of conferences and of those who take part in them."""

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from channels_app.callback.simulator import api_calls, forms
from channels_app.callback.simulator.calls import Conference, Document, Hook, Participant, Recording, Seat
from channels_app.callback.simulator.forms import Form, Refused
from channels_app.callback.simulator.rest import Asked, Handler, RestAnswer, missing

if TYPE_CHECKING:
    from channels_app.callback.simulator.network import Network

DEFAULT_MUSIC: Final = "music:default"


def list_conferences(asked: Asked) -> RestAnswer:
    """GET Conferences, the newest first."""
    query = asked.query(forms.CONFERENCE_LIST)
    found = [
        one
        for one in reversed(asked.network.conferences.all.values())
        if query.get("FriendlyName", one.name) == one.name
        and query.get("Status", one.status) == one.status
        and query.admits("DateCreated", one.created)
        and query.admits("DateUpdated", one.updated)
    ]
    return asked.page("conferences", found, asked.resources.conference, query)


def fetch_conference(asked: Asked) -> RestAnswer:
    """GET Conferences/sid."""
    return RestAnswer.of(200, asked.resources.conference(_by_sid(asked)))


def update_conference(asked: Asked) -> RestAnswer:
    """POST Conferences/sid: end it, or announce something."""
    form, conference = asked.form(forms.CONFERENCE_UPDATE), _by_sid(asked)
    if form.get("AnnounceUrl"):
        if conference.status != "in-progress":
            raise Refused(21220, "The conference is not in-progress")
        asked.network.conferences.announce(conference, form.get("AnnounceUrl"), form.get("AnnounceMethod", "POST"))
    if form.get("Status"):
        asked.network.conferences.end(conference, "conference-ended-via-api")
    return RestAnswer.of(200, asked.resources.conference(conference))


def _by_sid(asked: Asked) -> Conference:
    if conference := asked.network.conferences.all.get(asked.parts[0]):
        return conference
    raise missing(asked.request.path)


def _open(asked: Asked) -> Conference:
    """By sid alone, unless it has ended: a friendly name is for who is rung for it."""
    conference = _by_sid(asked)
    if conference.status == "completed":
        raise missing(asked.request.path)
    return conference


# Participants.


def create_participant(asked: Asked) -> RestAnswer:
    """POST Conferences/name/Participants: ring somebody for a conference; by name it begins with the first."""
    form = asked.form(forms.PARTICIPANT_CREATE)
    to, from_ = api_calls.called_and_caller(asked.network, form)
    seat = _seat(form, _name(asked), asked.network)
    hook = Hook(form.get("AmdStatusCallback"), form.get("AmdStatusCallbackMethod", "POST"))
    plan = api_calls.plan_of(form, Document(), api_calls.detection_of(form, hook, waits=False), seat)
    placed = asked.network.lines.place(
        plan, to=to, from_=from_, direction="outbound-api", request=asked.request.id, by_fault=asked.request.by_fault
    )
    participant = asked.network.conferences.invite(placed, seat)
    return RestAnswer.of(201, asked.resources.participant(participant))


def _name(asked: Asked) -> str:
    name = unquote(asked.parts[0])
    conference = asked.network.conferences.find(name)
    if conference is not None and conference.status != "completed":
        return conference.name
    if conference is not None or name.startswith("CF"):
        raise missing(asked.request.path)
    return name


def _seat(form: Form, name: str, network: "Network") -> Seat:
    return Seat(
        conference=name,
        label=form.get("Label"),
        muted=form.flag("Muted"),
        coaching=_coached(form, network),
        starts=form.flag("StartConferenceOnEnter", True),
        ends=form.flag("EndConferenceOnExit"),
        wait_url=form.get("WaitUrl", DEFAULT_MUSIC),
        wait_method=form.get("WaitMethod", "POST"),
        beep=form.get("Beep", "true"),
        hook=Hook(
            form.get("ConferenceStatusCallback"),
            form.get("ConferenceStatusCallbackMethod", "POST"),
            form.all("ConferenceStatusCallbackEvent", ("start", "end")),
        ),
        record=form.get("ConferenceRecord") in ("true", "record-from-start"),
        recording_hook=api_calls.hook_of(form, "ConferenceRecordingStatusCallback"),
        max_participants=form.number("MaxParticipants", 250),
    )


def _coached(form: Form, network: "Network") -> str:
    """The call that is coached; raises Refused unless both fields say so of a call that there is."""
    sid = form.get("CallSidToCoach")
    if form.flag("Coaching") and not sid:
        raise Refused(forms.INVALID, "Coaching needs CallSidToCoach")
    if sid and sid not in network.calls:
        raise Refused(forms.INVALID, f"CallSidToCoach {sid} is no call of this account")
    return sid if form.flag("Coaching") else ""


def list_participants(asked: Asked) -> RestAnswer:
    """GET Conferences/sid/Participants: who is in it or on the way."""
    query, conference = asked.query(forms.PARTICIPANT_LIST), _open(asked)
    found = [
        one
        for one in conference.participants
        if not one.has_left
        and query.flag("Muted", one.muted) == one.muted
        and query.flag("Hold", one.hold) == one.hold
        and query.flag("Coaching", bool(one.coaching)) == bool(one.coaching)
    ]
    return asked.page("participants", found, asked.resources.participant, query)


def fetch_participant(asked: Asked) -> RestAnswer:
    """GET Conferences/sid/Participants/sid-or-label."""
    return RestAnswer.of(200, asked.resources.participant(_participant(asked)))


def update_participant(asked: Asked) -> RestAnswer:
    """POST Conferences/sid/Participants/sid-or-label: mute, hold, coach, announce."""
    form, one = asked.form(forms.PARTICIPANT_UPDATE), _participant(asked)
    one.hold_url, one.hold_method = form.get("HoldUrl", DEFAULT_MUSIC), form.get("HoldMethod", "GET")
    asked.network.conferences.update(
        one,
        muted=form.flag_or_none("Muted"),
        hold=form.flag_or_none("Hold"),
        coaching=_coached(form, asked.network) if form.get("Coaching") else None,
        ends=form.flag_or_none("EndConferenceOnExit"),
    )
    if form.get("AnnounceUrl"):
        url, method = form.get("AnnounceUrl"), form.get("AnnounceMethod", "POST")
        asked.network.conferences.announce(one.conference, url, method, one)
    return RestAnswer.of(200, asked.resources.participant(one))


def delete_participant(asked: Asked) -> RestAnswer:
    """DELETE Conferences/sid/Participants/sid-or-label: put out who is in it, cancel who is on the way."""
    one = _participant(asked)
    if one.joined:
        asked.network.conferences.kick(one)
    else:
        asked.network.lines.hang_up(one.call)
    return RestAnswer(204)


def _participant(asked: Asked) -> Participant:
    wanted = unquote(asked.parts[1])
    for one in _open(asked).participants:
        if not one.has_left and wanted in (one.call.sid, one.seat.label or None):
            return one
    raise missing(asked.request.path)


# Recordings of conferences.


def list_recordings(asked: Asked) -> RestAnswer:
    """GET Conferences/sid/Recordings."""
    query, sid = asked.query(forms.RECORDING_LIST), _by_sid(asked).sid
    found = asked.network.recordings.of_conference(sid)
    return asked.page("recordings", found, lambda one: asked.resources.conference_recording(one, sid), query)


def fetch_recording(asked: Asked) -> RestAnswer:
    """GET Conferences/sid/Recordings/sid."""
    return RestAnswer.of(200, asked.resources.conference_recording(_recording(asked), asked.parts[0]))


def update_recording(asked: Asked) -> RestAnswer:
    """POST Conferences/sid/Recordings/sid: pause, go on, stop."""
    recording = _recording(asked)
    api_calls.change(asked, recording)
    return RestAnswer.of(200, asked.resources.conference_recording(recording, asked.parts[0]))


def delete_recording(asked: Asked) -> RestAnswer:
    """DELETE Conferences/sid/Recordings/sid."""
    del asked.network.recordings.all[_recording(asked).sid]
    return RestAnswer(204)


def _recording(asked: Asked) -> Recording:
    return api_calls.pick(asked, asked.network.recordings.of_conference(_by_sid(asked).sid))


ROUTES: Final[dict[tuple[str, str], Handler]] = {
    ("GET", "Conferences"): list_conferences,
    ("GET", "Conferences/*"): fetch_conference,
    ("POST", "Conferences/*"): update_conference,
    ("POST", "Conferences/*/Participants"): create_participant,
    ("GET", "Conferences/*/Participants"): list_participants,
    ("GET", "Conferences/*/Participants/*"): fetch_participant,
    ("POST", "Conferences/*/Participants/*"): update_participant,
    ("DELETE", "Conferences/*/Participants/*"): delete_participant,
    ("GET", "Conferences/*/Recordings"): list_recordings,
    ("GET", "Conferences/*/Recordings/*"): fetch_recording,
    ("POST", "Conferences/*/Recordings/*"): update_recording,
    ("DELETE", "Conferences/*/Recordings/*"): delete_recording,
}
