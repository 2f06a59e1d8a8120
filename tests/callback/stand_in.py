"""A few answers in Twilio's shape over real HTTP: enough to see what our client sends and how it takes what comes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "AC" + "0" * 32
CALL = "CA" + "1" * 32
CONFERENCE = "CF" + "2" * 32
RECORDING = "RE" + "3" * 32
NUMBER = "PN" + "4" * 32
MESSAGE = "SM" + "5" * 32
CUSTOMER, OURS = "+4930123456", "+4930987654"
WHEN = "Thu, 26 Nov 2026 09:30:00 +0000"
BASE = f"/2010-04-01/Accounts/{ACCOUNT}"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in; `form` holds every value of a name."""

    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    headers: dict[str, str]
    client: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: JSON, sound, silence until the test ends, or an end of the connection without a word."""

    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    is_silent: bool = False
    is_reset: bool = False


@dataclass(slots=True)
class StandIn:
    """The server. `replies` maps "METHOD path" (below the account) to what comes instead of the usual answer;
    "METHOD path?Name" is for requests with that name in their query."""

    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)

    def refuse(self, what: str, status: int, code: int = 0, message: str = "no", **headers: str) -> None:
        """Answer this with an error in Twilio's shape."""
        body = {"code": code, "message": message, "more_info": "", "status": status}
        self.replies[what] = Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def reply_to(self, asked: Asked) -> Reply:
        """What was set for this request, else what Twilio would say."""
        what = f"{asked.method} {asked.path.removeprefix(BASE)}"
        named = [f"{what}?{name}" for name in asked.query]
        set_before = next((self.replies[key] for key in [*named, what] if key in self.replies), None)
        return set_before or usual(what, {name: values[0] for name, values in asked.form.items()})


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """A running one, on a port of its own."""
    found = StandIn()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"stand_in": found}))
    server.daemon_threads = True
    found.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.ended.set()
        server.shutdown()
        server.server_close()


def usual(what: str, form: dict[str, str]) -> Reply:
    """The answer to a request that Twilio takes."""
    method, _, path = what.partition(" ")
    if method == "DELETE":
        return Reply(204)
    status = 201 if method == "POST" and path in CREATES else 200
    return Reply(status, _shape(path, form)) if path in SHAPES else Reply(404, {"code": 20404, "message": path})


def call(form: dict[str, str]) -> dict[str, Any]:
    """A call."""
    return {
        "account_sid": ACCOUNT,
        "answered_by": None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": WHEN,
        "date_updated": WHEN,
        "direction": "outbound-api",
        "duration": None,
        "end_time": None,
        "forwarded_from": None,
        "from": form.get("From", OURS),
        "from_formatted": form.get("From", OURS),
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": NUMBER,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": CALL,
        "start_time": None,
        "status": form.get("Status", "queued"),
        "subresource_uris": {"recordings": f"{BASE}/Calls/{CALL}/Recordings.json"},
        "to": form.get("To", CUSTOMER),
        "to_formatted": form.get("To", CUSTOMER),
        "trunk_sid": None,
        "uri": f"{BASE}/Calls/{CALL}.json",
    }


def participant(form: dict[str, str]) -> dict[str, Any]:
    """A telephone in a conference."""
    return {
        "account_sid": ACCOUNT,
        "call_sid": CALL,
        "call_sid_to_coach": form.get("CallSidToCoach"),
        "coaching": form.get("Coaching") == "true",
        "conference_sid": CONFERENCE,
        "date_created": WHEN,
        "date_updated": WHEN,
        "end_conference_on_exit": form.get("EndConferenceOnExit") == "true",
        "hold": form.get("Hold") == "true",
        "label": form.get("Label"),
        "muted": form.get("Muted") == "true",
        "queue_time": "0",
        "start_conference_on_enter": True,
        "status": "queued",
        "uri": f"{BASE}/Conferences/{CONFERENCE}/Participants/{CALL}.json",
    }


def conference(form: dict[str, str]) -> dict[str, Any]:
    """A conference."""
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "call_sid_ending_conference": None,
        "date_created": WHEN,
        "date_updated": WHEN,
        "friendly_name": "cb-1",
        "reason_conference_ended": None,
        "region": "us1",
        "sid": CONFERENCE,
        "status": form.get("Status", "in-progress"),
        "subresource_uris": {},
        "uri": f"{BASE}/Conferences/{CONFERENCE}.json",
    }


def recording(form: dict[str, str]) -> dict[str, Any]:
    """A recording of a call."""
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "call_sid": CALL,
        "channels": 2,
        "conference_sid": None,
        "date_created": WHEN,
        "date_updated": WHEN,
        "duration": None,
        "encryption_details": None,
        "error_code": None,
        "price": None,
        "price_unit": "USD",
        "sid": RECORDING,
        "source": "StartCallRecordingAPI",
        "start_time": WHEN,
        "status": form.get("Status", "in-progress"),
        "track": "both",
        "uri": f"{BASE}/Calls/{CALL}/Recordings/{RECORDING}.json",
    }


def message(form: dict[str, str]) -> dict[str, Any]:
    """An SMS."""
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": form.get("Body", ""),
        "date_created": WHEN,
        "date_sent": None,
        "date_updated": WHEN,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": MESSAGE,
        "status": "queued",
        "subresource_uris": {},
        "to": form.get("To"),
        "uri": f"{BASE}/Messages/{MESSAGE}.json",
    }


def number(form: dict[str, str]) -> dict[str, Any]:
    """A number of the account."""
    return {
        "account_sid": ACCOUNT,
        "address_requirements": "none",
        "address_sid": None,
        "api_version": "2010-04-01",
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"fax": False, "mms": False, "sms": True, "voice": True},
        "date_created": WHEN,
        "date_updated": WHEN,
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Inactive",
        "friendly_name": "Service",
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": OURS,
        "sid": NUMBER,
        "sms_application_sid": "",
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": "POST",
        "sms_url": "",
        "status": "in-use",
        "status_callback": "https://center.example/cb/in/line1",
        "status_callback_method": "POST",
        "subresource_uris": {},
        "trunk_sid": None,
        "type": "local",
        "uri": f"{BASE}/IncomingPhoneNumbers/{NUMBER}.json",
        "voice_application_sid": "",
        "voice_caller_id_lookup": False,
        "voice_fallback_method": "POST",
        "voice_fallback_url": None,
        "voice_method": "POST",
        "voice_receive_mode": "voice",
        "voice_url": form.get("VoiceUrl", "https://center.example/cb/in/line1"),
    }


def account(form: dict[str, str]) -> dict[str, Any]:
    """The account itself."""
    return {
        "auth_token": "",
        "date_created": WHEN,
        "date_updated": WHEN,
        "friendly_name": "Example",
        "owner_account_sid": ACCOUNT,
        "sid": ACCOUNT,
        "status": "active",
        "subresource_uris": {},
        "type": "Full",
        "uri": f"{BASE}.json",
    }


def balance(form: dict[str, str]) -> dict[str, Any]:
    """What is left."""
    return {"account_sid": ACCOUNT, "balance": "42.10", "currency": "EUR"}


def page(name: str, *rows: dict[str, Any]) -> dict[str, Any]:
    """One page of a list."""
    uri = f"{BASE}/{name}.json?PageSize=100&Page=0"
    marks = {"first_page_uri": uri, "next_page_uri": None, "previous_page_uri": None, "uri": uri}
    return {name: list(rows), "page": 0, "page_size": 100, "start": 0, "end": max(len(rows) - 1, 0), **marks}


SHAPES = {
    ".json": account,
    "/Balance.json": balance,
    "/Calls.json": call,
    f"/Calls/{CALL}.json": call,
    f"/Calls/{CALL}/Recordings.json": recording,
    f"/Calls/{CALL}/Recordings/{RECORDING}.json": recording,
    "/Conferences.json": conference,
    f"/Conferences/{CONFERENCE}.json": conference,
    "/Conferences/cb-1/Participants.json": participant,
    f"/Conferences/{CONFERENCE}/Participants.json": participant,
    f"/Conferences/{CONFERENCE}/Participants/{CALL}.json": participant,
    "/IncomingPhoneNumbers.json": number,
    f"/IncomingPhoneNumbers/{NUMBER}.json": number,
    "/Messages.json": message,
}
LISTS = {
    "/Calls.json": "calls",
    "/Conferences.json": "conferences",
    f"/Conferences/{CONFERENCE}/Participants.json": "participants",
    "/IncomingPhoneNumbers.json": "incoming_phone_numbers",
}
CREATES = {
    "/Calls.json",
    f"/Calls/{CALL}/Recordings.json",
    "/Conferences/cb-1/Participants.json",
    "/Messages.json",
}


def _shape(path: str, form: dict[str, str]) -> dict[str, Any]:
    made = SHAPES[path](form)
    return page(LISTS[path], made) if path in LISTS and not form else made


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two would wait 40 ms for each other
    stand_in: StandIn

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        form = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        asked = Asked(
            self.command, parts.path, parse_qs(parts.query), form, dict(self.headers.items()), self.client_address
        )
        self.stand_in.asked.append(asked)
        self._send(self.stand_in.reply_to(asked))

    do_GET = do_POST = do_DELETE = _answer

    def _send(self, reply: Reply) -> None:
        if reply.is_silent:
            self.stand_in.ended.wait()
        if reply.is_silent or reply.is_reset:
            self.close_connection = True
            return
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        kind = "audio/x-wav" if isinstance(reply.body, bytes) else "application/json"
        headers = {"Content-Type": kind, "Content-Length": str(len(body)), **reply.headers}
        for name, value in headers.items() if reply.status != 204 else []:
            self.send_header(name, value)
        self.end_headers()
        if reply.status != 204:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the screen of a test."""
