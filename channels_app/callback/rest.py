"""What we ask of Twilio: small functions over the SDK that give values and raise only CallFailure.

They block, so they are called in a thread. Where they lead is decided by `twilio_account()`; `using` leads them
elsewhere, into a network in the same process for instance.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from twilio.base import values
from twilio.http import HttpClient
from twilio.rest import Client

from channels_app.callback.accounts import TwilioAccount, twilio_account
from channels_app.callback.failures import Action, CallFailure, only_call_failures
from channels_app.callback.http_wire import Guard, Wire

# That a call was placed the answer to our POST says, and that it was answered the request for its first words.
CALL_EVENTS = ["ringing", "completed"]
PARTICIPANT_EVENTS = ["ringing", "answered", "completed"]  # who is rung into a room asks for no words
PAGE = 100
# The SDK reads the environment when it is given none, and an empty one is none for it.
NO_ENVIRONMENT = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}


@dataclass(frozen=True, slots=True)
class Call:
    """A call as Twilio has it. `status` is one of Twilio's eight words."""

    sid: str
    to: str
    status: str
    created_at: datetime | None
    answered_by: str


@dataclass(frozen=True, slots=True)
class Participant:
    """One telephone in a conference."""

    call_sid: str
    conference_sid: str
    label: str
    status: str
    muted: bool
    hold: bool
    coaching: bool


# Where the requests go.

_transport: HttpClient | None = None


def twilio_client(transport: HttpClient | None = None) -> Client:
    """The SDK on the account in use. `transport` carries its requests instead of HTTP, to hosts by their own names."""
    return _client_of(twilio_account(), transport, settings.CONFIG.twilio_timeout_seconds)


@contextmanager
def using(transport: HttpClient) -> Iterator[None]:
    """All functions of this module, in all threads, go by this transport meanwhile."""
    global _transport  # noqa: PLW0603  # the one seam for Twilio; threads of a pool would not see a context variable
    before, _transport = _transport, transport
    try:
        yield
    finally:
        _transport = before


@lru_cache(maxsize=4)
def _client_of(account: TwilioAccount, transport: HttpClient | None, timeout: float) -> Client:
    """One client for all threads: it keeps no state between requests but its connections."""
    hosts = {host: f"https://{host}" for host, _ in account.hosts} if transport else dict(account.hosts)
    guard = Guard(hosts, transport or Wire(), timeout)
    return Client(account.sid, account.auth_token, http_client=guard, environment=NO_ENVIRONMENT)


def current_client() -> Client:
    """The client that all functions use."""
    return twilio_client(_transport)


# Calls.


def place_call(
    *,
    to: str,
    from_: str,
    url: str,
    status_callback: str,
    ring_seconds: int,
    limit_seconds: int,
    machine_callback: str = "",
) -> Call:
    """Ring a telephone. CallFailure with RECONCILE when nobody knows whether it rings.

    `url` says what it hears; with `machine_callback` Twilio listens for answering machines while the talk goes on.
    """
    detection: dict[str, Any] = {}
    if machine_callback:
        detection = {
            "machine_detection": "DetectMessageEnd",
            "async_amd": "true",
            "async_amd_status_callback": machine_callback,
            "async_amd_status_callback_method": "POST",
        }
    with only_call_failures():
        return _call(
            current_client().calls.create(
                to=to,
                from_=from_,
                url=url,
                method="POST",
                status_callback=status_callback,
                status_callback_event=CALL_EVENTS,
                status_callback_method="POST",
                timeout=ring_seconds,
                time_limit=limit_seconds,
                **detection,
            )
        )


def fetch_call(sid: str) -> Call:
    """The call as it is now."""
    with only_call_failures():
        return _call(current_client().calls(sid).fetch())


def calls_to(number: str, since: datetime) -> tuple[Call, ...]:
    """Calls to this number since then, for finding one whose answer was lost. Take a margin for differing clocks.

    Twilio gives no start to a call that still waits to be dialled, so those are asked for by themselves, and first:
    one that starts in between is found twice rather than not at all. Pages, because a list follows what it is told.
    """
    with only_call_failures():
        calls = current_client().calls
        waiting = list(calls.page(to=number, status="queued", page_size=PAGE))
        started = list(calls.page(to=number, start_time_after=since, page_size=PAGE))
        return tuple({call.sid: _call(call) for call in waiting + started}.values())


def end_call(sid: str) -> Call:
    """Hang up a call that is being talked on (or that rings: it ends then, too)."""
    return _update_call(sid, status="completed")


def cancel_call(sid: str) -> Call:
    """Take back a call that nobody has answered yet; CallFailure with IGNORE or GONE when it has ended."""
    return _update_call(sid, status="canceled")


def redirect_call(sid: str, url: str) -> Call:
    """Let this telephone hear something else from now on."""
    return _update_call(sid, url=url, method="POST")


def _update_call(sid: str, **change: str) -> Call:
    with only_call_failures():
        return _call(current_client().calls(sid).update(**change))


def _call(call: Any) -> Call:
    if not call.sid:  # a success without a name is no success
        raise CallFailure(Action.RECONCILE)
    return Call(call.sid, call.to or "", call.status or "", call.date_created, call.answered_by or "")


# Conferences.


def add_participant(
    *,
    conference: str,
    to: str,
    from_: str,
    label: str,
    status_callback: str,
    ring_seconds: int,
    limit_seconds: int,
    coach_of: str = "",
    muted: bool = False,
    ends_conference: bool = False,
) -> Participant:
    """Ring a telephone into a conference, named by SID or by friendly name. `coach_of`: heard by that call alone."""
    coaching: dict[str, Any] = {"coaching": True, "call_sid_to_coach": coach_of} if coach_of else {}
    with only_call_failures():
        return _participant(
            current_client()
            .conferences(conference)
            .participants.create(
                from_=from_,
                to=to,
                label=label,
                status_callback=status_callback,
                status_callback_event=PARTICIPANT_EVENTS,
                status_callback_method="POST",
                timeout=ring_seconds,
                time_limit=limit_seconds,
                muted=muted,
                end_conference_on_exit=ends_conference,
                beep="false",
                early_media=False,
                **coaching,
            )
        )


def update_participant(
    conference_sid: str,
    call_sid: str,
    *,
    muted: bool | None = None,
    hold: bool | None = None,
    hold_url: str = "",
    coach_of: str | None = None,
    ends_conference: bool | None = None,
) -> Participant:
    """Change what is given and nothing else. `coach_of`: heard by that call alone; empty: by all."""
    change = {
        "muted": _given(muted),
        "hold": _given(hold),
        "hold_url": hold_url or values.unset,
        "hold_method": "POST" if hold_url else values.unset,  # else Twilio asks by GET, whose signature is another
        "coaching": _given(None if coach_of is None else bool(coach_of)),
        "call_sid_to_coach": coach_of or values.unset,
        "end_conference_on_exit": _given(ends_conference),
    }
    with only_call_failures():
        return _participant(current_client().conferences(conference_sid).participants(call_sid).update(**change))


def remove_participant(conference_sid: str, call_sid: str) -> None:
    """Hang up one telephone of a conference."""
    with only_call_failures():
        current_client().conferences(conference_sid).participants(call_sid).delete()


def participants_of(conference_sid: str) -> tuple[Participant, ...]:
    """Who is in it now."""
    with only_call_failures():
        page = current_client().conferences(conference_sid).participants.page(page_size=PAGE)
        return tuple(_participant(one) for one in page)


def running_conference(name: str) -> str:
    """The SID of the conference of this friendly name that has not ended; empty when there is none.

    Not asked for by status: with one telephone in it, it has not begun ("init") and can be changed all the same.
    """
    with only_call_failures():
        page = current_client().conferences.page(friendly_name=name, page_size=PAGE)
        return next((str(one.sid) for one in page if one.status != "completed"), "")


def end_conference(conference_sid: str) -> None:
    """Hang up everybody in it."""
    with only_call_failures():
        current_client().conferences(conference_sid).update(status="completed")


def _given(value: bool | None) -> object:
    return values.unset if value is None else value


def _participant(one: Any) -> Participant:
    if not one.call_sid:
        raise CallFailure(Action.RECONCILE)
    return Participant(
        call_sid=one.call_sid,
        conference_sid=one.conference_sid or "",
        label=one.label or "",
        status=one.status or "",
        muted=bool(one.muted),
        hold=bool(one.hold),
        coaching=bool(one.coaching),
    )


# Recordings.


CURRENT = "Twilio.CURRENT"  # in place of a name: the recording that runs


def is_recorded(call_sid: str) -> bool:
    """Whether a recording of this call runs, or is paused."""
    with only_call_failures():
        page = current_client().calls(call_sid).recordings.page(page_size=PAGE)
        return any(one.status in ("in-progress", "paused") for one in page)


def start_recording(call_sid: str, *, status_callback: str) -> str:
    """Record both sides of a call from now on; gives the SID. Whether both have agreed is the caller's to know."""
    with only_call_failures():
        return _sid(
            current_client()
            .calls(call_sid)
            .recordings.create(
                recording_status_callback=status_callback,
                recording_status_callback_event=["in-progress", "completed", "absent"],
                recording_status_callback_method="POST",
                recording_channels="dual",
            )
        )


def pause_recording(call_sid: str, recording_sid: str) -> None:
    """Leave out what is said from now on, without a hole of silence."""
    _update_recording(call_sid, recording_sid, status="paused", pause_behavior="skip")


def resume_recording(call_sid: str, recording_sid: str) -> None:
    """Go on after a pause."""
    _update_recording(call_sid, recording_sid, status="in-progress")


def stop_recording(call_sid: str, recording_sid: str) -> None:
    """End a recording; it is kept."""
    _update_recording(call_sid, recording_sid, status="stopped")


def _update_recording(call_sid: str, recording_sid: str, **change: str) -> None:
    with only_call_failures():
        current_client().calls(call_sid).recordings(recording_sid).update(**change)


def delete_recording(recording_sid: str) -> None:
    """Remove it at Twilio."""
    with only_call_failures():
        current_client().recordings(recording_sid).delete()


def fetch_media(recording_sid: str) -> bytes:
    """The sound of a recording as WAV. By its SID: an address that a webhook names is never followed."""
    with only_call_failures():
        sound = get(f"/Recordings/{recording_sid}.wav").content
        if not isinstance(sound, bytes):
            raise ValueError("no sound")
        return sound


# Messages, and the rest.


def send_message(*, to: str, from_: str, body: str, status_callback: str = "") -> str:
    """Send an SMS; gives its SID."""
    with only_call_failures():
        messages = current_client().messages
        return _sid(messages.create(to=to, from_=from_, body=body, status_callback=status_callback or values.unset))


def get(path: str) -> Any:
    """The raw answer below the address of the account, for what the SDK has no function for."""
    client = current_client()
    return client.request("GET", f"https://api.twilio.com/2010-04-01/Accounts/{client.account_sid}{path}")


def _sid(made: Any) -> str:
    if not made.sid:
        raise CallFailure(Action.RECONCILE)
    return str(made.sid)
