"""The network's state in exactly the shape of Twilio's OpenAPI description (v2010)."""

from typing import Any, Final

from channels_app.callback.simulator.account import API_VERSION
from channels_app.callback.simulator.calls import (
    Call,
    Conference,
    Message,
    OwnNumber,
    Participant,
    Queue,
    Recording,
    Waiting,
)
from channels_app.callback.simulator.webhooks import rfc_2822

Json = dict[str, Any]

CALL_PARTS: Final = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}
PARTICIPANT_STATUS: Final = {
    "queued": "queued",
    "ringing": "ringing",
    "in-progress": "connected",
    "completed": "complete",
}
ACCOUNT_PARTS: Final = ("Calls", "Conferences", "IncomingPhoneNumbers", "Messages", "Queues", "Recordings")


class Resources:
    """Writes resources of one account."""

    def __init__(self, account_sid: str) -> None:
        self._account = account_sid
        self.base = f"/{API_VERSION}/Accounts/{account_sid}"

    def account(self, created: float) -> Json:
        """The account itself, without its token."""
        return {
            "auth_token": None,
            "date_created": rfc_2822(created),
            "date_updated": rfc_2822(created),
            "friendly_name": "The phone network in a box",
            "owner_account_sid": self._account,
            "sid": self._account,
            "status": "active",
            "subresource_uris": {_snake(part): f"{self.base}/{part}.json" for part in ACCOUNT_PARTS},
            "type": "Full",
            "uri": f"{self.base}.json",
        }

    def call(self, call: Call) -> Json:
        """A call."""
        uri = f"{self.base}/Calls/{call.sid}"
        return {
            **self._dates(call.created, call.updated),
            "sid": call.sid,
            "parent_call_sid": call.parent.sid if call.parent else None,
            "to": call.to,
            "to_formatted": call.to,
            "from": call.from_,
            "from_formatted": call.from_,
            "phone_number_sid": call.phone_number_sid or None,
            "status": call.status,
            "start_time": _date(call.started),
            "end_time": _date(call.ended),
            "duration": str(call.seconds) if call.is_over else None,
            "price": None,
            "price_unit": "USD",
            "direction": call.direction,
            "answered_by": call.answered_by,
            "api_version": API_VERSION,
            "forwarded_from": None,
            "group_sid": None,
            "caller_name": None,
            "queue_time": "0",
            "trunk_sid": None,
            "uri": f"{uri}.json",
            "subresource_uris": {name: f"{uri}/{part}.json" for name, part in CALL_PARTS.items()},
        }

    def conference(self, conference: Conference) -> Json:
        """A conference. Twilio's enumeration of reasons has no null: there is none before it has ended."""
        uri = f"{self.base}/Conferences/{conference.sid}"
        reason = {"reason_conference_ended": conference.reason} if conference.reason else {}
        return {
            **self._dates(conference.created, conference.updated),
            **reason,
            "api_version": API_VERSION,
            "friendly_name": conference.name,
            "region": "us1",
            "sid": conference.sid,
            "status": conference.status,
            "uri": f"{uri}.json",
            "subresource_uris": {part.lower(): f"{uri}/{part}.json" for part in ("Participants", "Recordings")},
            "call_sid_ending_conference": conference.ended_by,
        }

    def participant(self, one: Participant) -> Json:
        """Somebody in a conference."""
        return {
            **self._dates(one.created, one.updated),
            "call_sid": one.call.sid,
            "label": one.seat.label or None,
            "call_sid_to_coach": one.coaching or None,
            "coaching": bool(one.coaching),
            "conference_sid": one.conference.sid,
            "end_conference_on_exit": one.ends,
            "muted": one.muted,
            "hold": one.hold,
            "start_conference_on_enter": one.seat.starts,
            "status": PARTICIPANT_STATUS.get(one.call.status, "failed"),
            "queue_time": "0",
            "uri": f"{self.base}/Conferences/{one.conference.sid}/Participants/{one.call.sid}.json",
        }

    def recording(self, recording: Recording) -> Json:
        """A recording, as the account lists it."""
        uri = f"{self.base}/Recordings/{recording.sid}"
        parts = {"add_on_results": "AddOnResults", "transcriptions": "Transcriptions"}
        return {
            **self._recording(recording),
            "uri": f"{uri}.json",
            "subresource_uris": {name: f"{uri}/{part}.json" for name, part in parts.items()},
            "media_url": f"https://api.twilio.com{uri}",
        }

    def call_recording(self, recording: Recording, call_sid: str) -> Json:
        """A recording, as its call lists it."""
        uri = f"{self.base}/Calls/{call_sid}/Recordings/{recording.sid}.json"
        return {**self._recording(recording), "track": "both", "uri": uri}

    def conference_recording(self, recording: Recording, conference_sid: str) -> Json:
        """A recording, as its conference lists it."""
        uri = f"{self.base}/Conferences/{conference_sid}/Recordings/{recording.sid}.json"
        return {**self._recording(recording), "uri": uri}

    def _recording(self, recording: Recording) -> Json:
        return {
            **self._dates(recording.created, recording.updated),
            "api_version": API_VERSION,
            "call_sid": recording.call.sid if recording.call else None,
            "conference_sid": recording.conference.sid if recording.conference else None,
            "start_time": rfc_2822(recording.created),
            "duration": str(round(recording.seconds)) if recording.ended is not None else None,
            "sid": recording.sid,
            "price": None,
            "price_unit": "USD",
            "status": recording.status,
            "channels": recording.channels,
            "source": recording.source,
            "error_code": None,
            "encryption_details": None,
        }

    def queue(self, queue: Queue) -> Json:
        """A queue."""
        return {
            **self._dates(queue.created, queue.updated),
            "current_size": len(queue.members),
            "friendly_name": queue.name,
            "uri": f"{self.base}/Queues/{queue.sid}.json",
            "average_wait_time": queue.average_wait,
            "sid": queue.sid,
            "max_size": queue.max_size,
        }

    def member(self, queue: Queue, waiting: Waiting, now: float) -> Json:
        """Somebody in a queue."""
        return {
            "call_sid": waiting.call.sid,
            "date_enqueued": rfc_2822(waiting.since),
            "position": queue.members.index(waiting) + 1 if waiting in queue.members else 0,
            "uri": f"{self.base}/Queues/{queue.sid}/Members/{waiting.call.sid}.json",
            "wait_time": round(now - waiting.since),
            "queue_sid": queue.sid,
        }

    def message(self, message: Message) -> Json:
        """A text message."""
        uri = f"{self.base}/Messages/{message.sid}"
        return {
            **self._dates(message.created, message.updated),
            "body": message.body,
            "num_segments": str(-(-len(message.body) // 153) if len(message.body) > 160 else 1),
            "direction": message.direction,
            "from": message.from_,
            "to": message.to,
            "price": None,
            "error_message": None,
            "uri": f"{uri}.json",
            "num_media": "0",
            "status": message.status,
            "messaging_service_sid": None,
            "sid": message.sid,
            "date_sent": _date(message.sent),
            "error_code": None,
            "price_unit": "USD",
            "api_version": API_VERSION,
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }

    def number(self, own: OwnNumber) -> Json:
        """A number of the account."""
        return {
            **self._dates(own.created, own.updated),
            "address_sid": None,
            "address_requirements": "none",
            "api_version": API_VERSION,
            "beta": False,
            "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
            "friendly_name": own.name,
            "identity_sid": None,
            "phone_number": own.number,
            "origin": "twilio",
            "sid": own.sid,
            "sms_application_sid": None,
            "sms_fallback_method": "POST",
            "sms_fallback_url": "",
            "sms_method": own.sms_method,
            "sms_url": own.sms_url,
            "status_callback": own.status_callback,
            "status_callback_method": own.status_method,
            "trunk_sid": None,
            "uri": f"{self.base}/IncomingPhoneNumbers/{own.sid}.json",
            "voice_receive_mode": "voice",
            "voice_application_sid": None,
            "voice_caller_id_lookup": False,
            "voice_fallback_method": "POST",
            "voice_fallback_url": own.fallback_url,
            "voice_method": own.voice_method,
            "voice_url": own.voice_url,
            "emergency_status": "Inactive",
            "emergency_address_sid": None,
            "emergency_address_status": "unregistered",
            "bundle_sid": None,
            "status": "in-use",
        }

    def _dates(self, created: float, updated: float) -> Json:
        return {
            "account_sid": self._account,
            "date_created": rfc_2822(created),
            "date_updated": rfc_2822(max(created, updated)),
        }


def _date(instant: float | None) -> str | None:
    return None if instant is None else rfc_2822(instant)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")
