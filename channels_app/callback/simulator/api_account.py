"""The API of the account itself: its numbers, its queues, its text messages."""

from typing import Final

from channels_app.callback.simulator import forms
from channels_app.callback.simulator.account import E164
from channels_app.callback.simulator.calls import Document, Hook, OwnNumber, Queue, Waiting
from channels_app.callback.simulator.forms import Refused
from channels_app.callback.simulator.rest import Asked, Handler, RestAnswer, missing
from channels_app.callback.simulator.timeline import Changed

FRONT: Final = "Front"


def fetch_account(asked: Asked) -> RestAnswer:
    """GET the account."""
    return RestAnswer.of(200, asked.resources.account(asked.network.created))


def fetch_balance(asked: Asked) -> RestAnswer:
    """GET Balance: nothing here costs anything."""
    return RestAnswer.of(200, {"account_sid": asked.network.account.sid, "balance": "0.00", "currency": "USD"})


# Numbers.


def list_numbers(asked: Asked) -> RestAnswer:
    """GET IncomingPhoneNumbers."""
    query = asked.query(forms.NUMBER_LIST)
    found = [
        own
        for own in asked.network.numbers.values()
        if query.get("PhoneNumber", own.number) == own.number and query.get("FriendlyName", own.name) == own.name
    ]
    return asked.page("incoming_phone_numbers", found, asked.resources.number, query)


def fetch_number(asked: Asked) -> RestAnswer:
    """GET IncomingPhoneNumbers/sid."""
    return RestAnswer.of(200, asked.resources.number(_number(asked)))


def update_number(asked: Asked) -> RestAnswer:
    """POST IncomingPhoneNumbers/sid: where calls to it are answered."""
    form, own = asked.form(forms.NUMBER_UPDATE), _number(asked)
    own.name = form.get("FriendlyName", own.name)
    own.voice_url, own.voice_method = form.get("VoiceUrl", own.voice_url), form.get("VoiceMethod", own.voice_method)
    own.fallback_url = form.get("VoiceFallbackUrl", own.fallback_url)
    own.status_callback = form.get("StatusCallback", own.status_callback)
    own.status_method = form.get("StatusCallbackMethod", own.status_method)
    own.sms_url, own.sms_method = form.get("SmsUrl", own.sms_url), form.get("SmsMethod", own.sms_method)
    own.updated = asked.network.timeline.now
    return RestAnswer.of(200, asked.resources.number(own))


def _number(asked: Asked) -> OwnNumber:
    for own in asked.network.numbers.values():
        if own.sid == asked.parts[0]:
            return own
    raise missing(asked.request.path)


# Queues.


def list_queues(asked: Asked) -> RestAnswer:
    """GET Queues."""
    return asked.page("queues", list(asked.network.queues.all.values()), asked.resources.queue, asked.query(forms.PAGE))


def create_queue(asked: Asked) -> RestAnswer:
    """POST Queues."""
    form, network = asked.form(forms.QUEUE), asked.network
    name = form.get("FriendlyName")
    if not name:
        raise Refused(forms.INVALID, "FriendlyName is required")
    if any(queue.name == name for queue in network.queues.all.values()):
        raise Refused(22003, f"A queue with the name {name!r} exists already")
    queue = network.queues.named(name)
    queue.max_size = form.number("MaxSize", 100)
    return RestAnswer.of(201, asked.resources.queue(queue))


def fetch_queue(asked: Asked) -> RestAnswer:
    """GET Queues/sid."""
    return RestAnswer.of(200, asked.resources.queue(_queue(asked)))


def update_queue(asked: Asked) -> RestAnswer:
    """POST Queues/sid."""
    form, queue = asked.form(forms.QUEUE), _queue(asked)
    queue.name, queue.max_size = form.get("FriendlyName", queue.name), form.number("MaxSize", queue.max_size)
    queue.updated = asked.network.timeline.now
    return RestAnswer.of(200, asked.resources.queue(queue))


def delete_queue(asked: Asked) -> RestAnswer:
    """DELETE Queues/sid, if nobody waits in it."""
    queue = _queue(asked)
    if queue.members:
        raise Refused(22002, "The queue is not empty")
    del asked.network.queues.all[queue.sid]
    return RestAnswer(204)


def list_members(asked: Asked) -> RestAnswer:
    """GET Queues/sid/Members, who has waited longest first."""
    queue, now = _queue(asked), asked.network.timeline.now
    query = asked.query(forms.PAGE)
    return asked.page("queue_members", list(queue.members), lambda one: asked.resources.member(queue, one, now), query)


def fetch_member(asked: Asked) -> RestAnswer:
    """GET Queues/sid/Members/sid, or the one in front."""
    queue = _queue(asked)
    return RestAnswer.of(200, asked.resources.member(queue, _member(asked, queue), asked.network.timeline.now))


def dequeue_member(asked: Asked) -> RestAnswer:
    """POST Queues/sid/Members/sid: it goes on with the document at Url."""
    form, queue = asked.form(forms.MEMBER_UPDATE), _queue(asked)
    if not form.get("Url"):
        raise Refused(21205, "Url parameter is required.")
    waiting = _member(asked, queue)
    shown = asked.resources.member(queue, waiting, asked.network.timeline.now)
    waiting.redirect = Document(form.get("Url"), form.get("Method", "POST"))
    asked.network.queues.leave(waiting, "redirected")
    if waiting.call.process is not None:
        waiting.call.process.interrupt(Changed())
    return RestAnswer.of(200, shown)


def _queue(asked: Asked) -> Queue:
    if queue := asked.network.queues.all.get(asked.parts[0]):
        return queue
    raise missing(asked.request.path)


def _member(asked: Asked, queue: Queue) -> Waiting:
    for waiting in queue.members:
        if asked.parts[1] in (FRONT, waiting.call.sid):
            return waiting
    raise missing(asked.request.path)


# Messages.


def create_message(asked: Asked) -> RestAnswer:
    """POST Messages."""
    form, network = asked.form(forms.MESSAGE_CREATE), asked.network
    to, from_, body = form.get("To"), form.get("From"), form.get("Body")
    if not to:
        raise Refused(21604, "A 'To' phone number is required")
    if not E164.fullmatch(to):
        raise Refused(21211, f"Invalid 'To' Phone Number: {to}")
    if not from_:
        raise Refused(21603, "A 'From' phone number is required")
    if from_ not in network.numbers:
        raise Refused(21606, f"The 'From' phone number {from_} is not a valid, SMS-capable number of the account")
    if not 0 < len(body) <= 1_600:
        raise Refused(21617 if body else 21602, "Message body is required and has at most 1600 characters")
    message = network.messages.send(to, from_, body, Hook(form.get("StatusCallback")))
    return RestAnswer.of(201, asked.resources.message(message))


def fetch_message(asked: Asked) -> RestAnswer:
    """GET Messages/sid."""
    if message := asked.network.messages.all.get(asked.parts[0]):
        return RestAnswer.of(200, asked.resources.message(message))
    raise missing(asked.request.path)


def list_messages(asked: Asked) -> RestAnswer:
    """GET Messages, the newest first."""
    query = asked.query(forms.MESSAGE_LIST)
    found = [
        one
        for one in reversed(asked.network.messages.all.values())
        if query.get("To", one.to) == one.to
        and query.get("From", one.from_) == one.from_
        and query.admits("DateSent", one.sent)
    ]
    return asked.page("messages", found, asked.resources.message, query)


ROUTES: Final[dict[tuple[str, str], Handler]] = {
    ("GET", ""): fetch_account,
    ("GET", "Balance"): fetch_balance,
    ("GET", "IncomingPhoneNumbers"): list_numbers,
    ("GET", "IncomingPhoneNumbers/*"): fetch_number,
    ("POST", "IncomingPhoneNumbers/*"): update_number,
    ("GET", "Queues"): list_queues,
    ("POST", "Queues"): create_queue,
    ("GET", "Queues/*"): fetch_queue,
    ("POST", "Queues/*"): update_queue,
    ("DELETE", "Queues/*"): delete_queue,
    ("GET", "Queues/*/Members"): list_members,
    ("GET", "Queues/*/Members/*"): fetch_member,
    ("POST", "Queues/*/Members/*"): dequeue_member,
    ("POST", "Messages"): create_message,
    ("GET", "Messages"): list_messages,
    ("GET", "Messages/*"): fetch_message,
}
