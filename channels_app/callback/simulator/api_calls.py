"""The API of calls and recordings."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from channels_app.callback.simulator import calls, forms
from channels_app.callback.simulator.calls import FINAL, Detection, Document, Hook, Plan, Recording
from channels_app.callback.simulator.forms import Form, Refused
from channels_app.callback.simulator.recordings import wav
from channels_app.callback.simulator.rest import Asked, Handler, RestAnswer, missing

if TYPE_CHECKING:
    from channels_app.callback.simulator.network import Network

NOT_IN_PROGRESS: Final = 21220
CURRENT: Final = "Twilio.CURRENT"


def create_call(asked: Asked) -> RestAnswer:
    """POST Calls."""
    form = asked.form(forms.CALL_CREATE)
    to, from_ = called_and_caller(asked.network, form)
    if not form.get("Url") and not form.get("Twiml"):
        raise Refused(21205, "Url parameter is required.")
    url = form.get("Url")
    document = Document(
        url,
        form.get("Method", "POST"),
        "" if url else form.get("Twiml"),
        form.get("FallbackUrl"),
        form.get("FallbackMethod", "POST"),
    )
    hook = Hook(form.get("AsyncAmdStatusCallback"), form.get("AsyncAmdStatusCallbackMethod", "POST"))
    plan = plan_of(form, document, detection_of(form, hook, waits=not form.flag("AsyncAmd")))
    placed = asked.network.lines.place(
        plan, to=to, from_=from_, direction="outbound-api", request=asked.request.id, by_fault=asked.request.by_fault
    )
    return RestAnswer.of(201, asked.resources.call(placed))


def called_and_caller(network: "Network", form: Form) -> tuple[str, str]:
    """Whom to ring and what it shows; raises Refused."""
    to, from_ = form.get("To"), form.get("From")
    forms.check_callee(to)
    for shown in (from_, form.get("CallerId") or from_):
        forms.check_caller(shown, network.may_show(shown))
    return to, form.get("CallerId") or from_


def plan_of(form: Form, document: Document, detection: Detection, seat: calls.Seat | None = None) -> Plan:
    """What all ways to place a call have in common."""
    return Plan(
        document=document,
        status_hook=hook_of(form, "StatusCallback"),
        timeout=form.number("Timeout", 60),
        time_limit=form.number("TimeLimit", calls.FOUR_HOURS),
        detection=detection,
        send_digits=form.get("SendDigits"),
        record=form.flag("Record"),
        recording_hook=hook_of(form, "RecordingStatusCallback"),
        seat=seat,
    )


def hook_of(form: Form, name: str) -> Hook:
    """The address, method and events of a callback; without events the last one alone is told."""
    return Hook(form.get(name), form.get(f"{name}Method", "POST"), form.all(f"{name}Event", ("completed",)))


def detection_of(form: Form, hook: Hook, *, waits: bool) -> Detection:
    """How machines are looked for."""
    return Detection(form.get("MachineDetection"), waits, form.number("MachineDetectionTimeout", 30), hook)


def fetch_call(asked: Asked) -> RestAnswer:
    """GET Calls/sid."""
    return RestAnswer.of(200, asked.resources.call(_found(asked)))


def update_call(asked: Asked) -> RestAnswer:
    """POST Calls/sid: end it, or let it execute another document."""
    form, found = asked.form(forms.CALL_UPDATE), _found(asked)
    if found.status in FINAL:
        raise Refused(NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
    call_limits(asked, found, form)
    status = form.get("Status")
    if status == "completed" or (status == "canceled" and found.answered is None):
        asked.network.lines.hang_up(found)
    elif form.get("Url") or form.get("Twiml"):
        if found.answered is None:
            raise Refused(NOT_IN_PROGRESS, "Call is not in-progress. Cannot redirect.")
        twiml = "" if form.get("Url") else form.get("Twiml")
        asked.network.lines.redirect(found, Document(form.get("Url"), form.get("Method", "POST"), twiml))
    return RestAnswer.of(200, asked.resources.call(found))


def call_limits(asked: Asked, found: calls.Call, form: Form) -> None:
    """What an update changes beside the talk: how long it may last, and who is told."""
    if form.get("StatusCallback"):
        hook = Hook(form.get("StatusCallback"), form.get("StatusCallbackMethod", "POST"), ("completed",))
        found.plan = replace(found.plan, status_hook=hook)
    if form.get("TimeLimit"):
        found.plan = replace(found.plan, time_limit=form.number("TimeLimit", calls.FOUR_HOURS))
        asked.network.lines.limit(found)


def list_calls(asked: Asked) -> RestAnswer:
    """GET Calls, the newest first. One that has not begun to ring is found by the time of its creation."""
    query = asked.query(forms.CALL_LIST)
    found = [one for one in reversed(asked.network.calls.values()) if _is_wanted(one, query)]
    return asked.page("calls", found, asked.resources.call, query)


def _is_wanted(one: calls.Call, query: Form) -> bool:
    return (
        query.get("To", one.to) == one.to
        and query.get("From", one.from_) == one.from_
        and query.get("Status", one.status) == one.status
        and query.get("ParentCallSid") in ("", one.parent.sid if one.parent else None)
        and query.admits("StartTime", one.started if one.started is not None else one.created)
        and query.admits("EndTime", one.ended)
    )


def _found(asked: Asked) -> calls.Call:
    if found := asked.network.calls.get(asked.parts[0]):
        return found
    raise missing(asked.request.path)


# Recordings.


def create_recording(asked: Asked) -> RestAnswer:
    """POST Calls/sid/Recordings."""
    form, found = asked.form(forms.RECORDING_CREATE), _found(asked)
    if found.status != "in-progress":
        raise Refused(NOT_IN_PROGRESS, "Requested resource is not eligible for recording: the call is not in-progress")
    channels = 2 if form.get("RecordingChannels") == "dual" else 1
    hook = hook_of(form, "RecordingStatusCallback")
    recording = asked.network.recordings.begin("StartCallRecordingAPI", call=found, hook=hook, channels=channels)
    return RestAnswer.of(201, asked.resources.call_recording(recording, found.sid))


def list_call_recordings(asked: Asked) -> RestAnswer:
    """GET Calls/sid/Recordings."""
    query, sid = asked.query(forms.RECORDING_LIST), _found(asked).sid
    found = _by_date(asked.network.recordings.of_call(sid), query)
    return asked.page("recordings", found, lambda one: asked.resources.call_recording(one, sid), query)


def fetch_call_recording(asked: Asked) -> RestAnswer:
    """GET Calls/sid/Recordings/sid."""
    return RestAnswer.of(200, asked.resources.call_recording(_of_call(asked), asked.parts[0]))


def update_call_recording(asked: Asked) -> RestAnswer:
    """POST Calls/sid/Recordings/sid: pause, go on, stop."""
    recording = _of_call(asked)
    change(asked, recording)
    return RestAnswer.of(200, asked.resources.call_recording(recording, asked.parts[0]))


def change(asked: Asked, recording: Recording) -> None:
    """Pause, go on or stop; raises Refused when the recording is over."""
    status = asked.form(forms.RECORDING_UPDATE).get("Status")
    if not status:
        raise Refused(forms.INVALID, "Status is required")
    if recording.ended is not None:
        raise Refused(NOT_IN_PROGRESS, "The recording is not in-progress")
    recordings = asked.network.recordings
    {"paused": recordings.pause, "in-progress": recordings.resume, "stopped": recordings.finish}[status](recording)


def delete_call_recording(asked: Asked) -> RestAnswer:
    """DELETE Calls/sid/Recordings/sid."""
    del asked.network.recordings.all[_of_call(asked).sid]
    return RestAnswer(204)


def _of_call(asked: Asked) -> Recording:
    recordings = asked.network.recordings.of_call(_found(asked).sid)
    return pick(asked, recordings)


def pick(asked: Asked, recordings: list[Recording]) -> Recording:
    """One of these, by the second part of the path: a sid, or the one that runs."""
    for recording in recordings:
        if recording.sid == asked.parts[1] or (asked.parts[1] == CURRENT and recording.ended is None):
            return recording
    raise missing(asked.request.path)


def list_recordings(asked: Asked) -> RestAnswer:
    """GET Recordings."""
    query = asked.query(forms.RECORDING_LIST)
    found = [one for one in reversed(asked.network.recordings.all.values()) if _is_of(one, query)]
    return asked.page("recordings", _by_date(found, query), asked.resources.recording, query)


def _is_of(recording: Recording, query: Form) -> bool:
    call_sid = recording.call.sid if recording.call else ""
    conference_sid = recording.conference.sid if recording.conference else ""
    return query.get("CallSid", call_sid) == call_sid and query.get("ConferenceSid", conference_sid) == conference_sid


def _by_date(recordings: list[Recording], query: Form) -> list[Recording]:
    return [recording for recording in recordings if query.admits("DateCreated", recording.created)]


def fetch_recording(asked: Asked) -> RestAnswer:
    """GET Recordings/sid: the resource with `.json`, the sound with `.wav` or nothing."""
    sid, _, suffix = asked.parts[0].partition(".")
    recording = asked.network.recordings.all.get(sid)
    if recording is None or suffix not in ("", "wav"):
        raise missing(asked.request.path)
    if asked.request.path.endswith(".json"):
        return RestAnswer.of(200, asked.resources.recording(recording))
    if recording.status != "completed":
        raise missing(asked.request.path)
    return RestAnswer(200, wav(recording.seconds), "audio/x-wav")


def delete_recording(asked: Asked) -> RestAnswer:
    """DELETE Recordings/sid."""
    if asked.network.recordings.all.pop(asked.parts[0], None) is None:
        raise missing(asked.request.path)
    return RestAnswer(204)


ROUTES: Final[dict[tuple[str, str], Handler]] = {
    ("POST", "Calls"): create_call,
    ("GET", "Calls"): list_calls,
    ("GET", "Calls/*"): fetch_call,
    ("POST", "Calls/*"): update_call,
    ("POST", "Calls/*/Recordings"): create_recording,
    ("GET", "Calls/*/Recordings"): list_call_recordings,
    ("GET", "Calls/*/Recordings/*"): fetch_call_recording,
    ("POST", "Calls/*/Recordings/*"): update_call_recording,
    ("DELETE", "Calls/*/Recordings/*"): delete_call_recording,
    ("GET", "Recordings"): list_recordings,
    ("GET", "Recordings/*"): fetch_recording,
    ("DELETE", "Recordings/*"): delete_recording,
}
