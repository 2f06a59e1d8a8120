"""Lines, requests, agents with telephones, and a world in which they are rung: the phone network in this process."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone
from twilio.http.response import Response

from channels_app.callback import policy, posting, rest
from channels_app.callback.accounts import twilio_account
from channels_app.callback.applying import apply_due
from channels_app.callback.arriving import arrive
from channels_app.callback.dialler import dial_due
from channels_app.callback.events import (
    CONFERENCE,
    MACHINE,
    RECORDING,
    STATUS,
    TRANSCRIPTION,
    Report,
    store_reports,
)
from channels_app.callback.hearing import Asked, hear_all
from channels_app.callback.models import AgentPhone, CallbackRequest, CallLeg, Mode, PhoneCall, PhoneLine
from channels_app.callback.policy import TERMINAL
from channels_app.callback.recordings import serve_recordings_once
from channels_app.callback.scenes import locked_scenes
from channels_app.callback.selectors import leg_with_call
from channels_app.callback.settling import end_request, settle
from channels_app.callback.signatures import only
from channels_app.callback.simulator.account import Account
from channels_app.callback.simulator.faults import Faults
from channels_app.callback.simulator.network import Network
from channels_app.callback.simulator.phones import Action, Script
from channels_app.callback.simulator.transport import NetworkTransport
from channels_app.callback.simulator.webhooks import WebhookAnswer, WebhookRequest
from channels_app.callback.tokens import digest_of
from channels_app.callback.webhooks import ASKED, CALLED, genuine_form
from interaction_center.access.models import User
from interaction_center.envelope import Address, InboundEnvelope, Proof
from interaction_center.queue import by_channel
from interaction_center.queue.intake import receive_envelope
from interaction_center.routing.models import AgentConnection
from interaction_center.routing.services import take_interaction
from tests.builders import an_agent, fresh

OURS = "+4930987654"
MARIA = "+4930123456"
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)  # a Monday, noon in Berlin
PATIENT = {"call_lease_seconds": 20.0, "call_absence_seconds": 30.0}
ACCEPTS = Script(actions=(Action("press", heard="Press 1", after=0.5, digits="1"),))
PRESSES_1 = Script(actions=(Action("press", heard="press 1", after=0.5, digits="1"),))
POLL_SECONDS = 1.0  # as DUE_WORK has it for calls
UNHURRIED = float("inf")  # a slow machine is no reason to leave a telephone out: time here is the network's
_numbers = itertools.count(1)


def a_line(mode: str = Mode.AGENT_FIRST, **values: Any) -> PhoneLine:
    """A number of ours that may place as many calls as a test wants."""
    known = {"name": "Service", "number": OURS, "mode": mode, "calls_a_second": 1_000, "detects_machines": False}
    return PhoneLine.objects.create(**{**known, **values})


def a_request(line: PhoneLine, number: str = MARIA, **values: Any) -> CallbackRequest:
    """Somebody wants to be called now, and its interaction."""
    key = values.pop("key", f"request-{next(_numbers)}")
    now = values.pop("now", timezone.now())
    envelope = InboundEnvelope(
        channel="callback",
        account=line.site,
        external_id=key,
        sender=(Address("phone", number, Proof.TYPED),),
        received_at=now,
        text="My printer shows E-04",
        subject=values.pop("reason", "Printer"),
        sender_name="Maria",
        language=values.get("language", "en"),
    )
    interaction = fresh(receive_envelope(envelope).interaction).public_id
    if line.mode == Mode.CUSTOMER_FIRST:
        by_channel.appoint(interaction, not_before=None, promised_at=None, routed_by_channel=True)
    known: dict[str, Any] = {
        "key": key,
        "line": line,
        "interaction": interaction,
        "number": number,
        "zones": ["Europe/Berlin"],
        "name": "Maria",
        "requested_at": now,
        "due_at": now,
        "promised_at": now + timedelta(minutes=30),
        "expires_at": now + timedelta(days=3),
        "link_digest": digest_of(key),
        "stage": "due",
    }
    return CallbackRequest.objects.create(**{**known, **values})


def an_agent_with_phone(name: str = "Anna Agent", number: str = "+4930555001", **values: Any) -> User:
    """Somebody who is there and can be rung; "" is the softphone."""
    user = an_agent(name, **values)
    AgentPhone.objects.create(user=user.public_id, number=number)
    AgentConnection.objects.update(lease_until=timezone.now() + timedelta(days=30))  # nobody renews it here
    return user


def taken_by(user: User, request: CallbackRequest) -> None:
    """The agent takes the interaction of this request."""
    take_interaction(interaction=fresh(request.interaction), user=user)


def stands(request: CallbackRequest) -> CallbackRequest:
    """As it is in the database now."""
    return CallbackRequest.objects.select_related("line").get(pk=request.pk)


def the_call(request: CallbackRequest) -> PhoneCall:
    """Its last one."""
    return PhoneCall.objects.filter(request=request).order_by("-pk")[0]


def legs_of(call: PhoneCall) -> dict[str, CallLeg]:
    """By party."""
    return {leg.party: leg for leg in call.legs.order_by("pk")}


class AtOnce(Executor):
    """What is submitted is done before it returns: the same every time."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class World:
    """The phone network, our background work and one clock for both. No thread, no socket, no waiting."""

    def __init__(self, network: Network, clock: time_machine.Traveller) -> None:
        self.network, self.clock = network, clock
        self.answers: list[WebhookAnswer] = []

    def turn(self) -> None:
        """All background work that is due now."""
        while sum(work() for work in (dial_due, posting.serve_legs_once, apply_due, serve_recordings_once)):
            self.network.deliver()

    def run(self, seconds: float, step: float = 0.5) -> None:
        """Let time pass, with all that happens in it. Our work looks as in a running centre: when the network has told
        us something, else once a second."""
        end, looked, known = self.network.timeline.now + seconds, -1.0, self.told
        while self.network.timeline.now < end:
            if self.told is not known or self.network.timeline.now - looked >= POLL_SECONDS:
                self.turn()
                looked, known = self.network.timeline.now, self.told
            self.network.advance(min(step, end - self.network.timeline.now))
            self.clock.move_to(self.network.now)
        self.turn()

    @property
    def told(self) -> object:
        """Another one when the network has sent us something since."""
        sent = self.network.webhooks.sent
        return sent[-1] if sent else None

    def rings(self, number: str = MARIA) -> int:
        """How often this telephone was called."""
        return len(self.network.ledger.rings_to(number))

    def heard(self, number: str = MARIA) -> list[str]:
        """What was said to whoever answered there, in order, at all calls."""
        rings = self.network.ledger.rings_to(number)
        return [heard.text for ring in rings for heard in self.network.transcript(ring.call) if heard.kind == "say"]


class Inside(NetworkTransport):
    """Where our client would go on this machine, it comes to the network in this process."""

    def request(self, method: str, uri: str, *args: Any, **kwargs: Any) -> Response:
        """The same by Twilio's own name."""
        (name, base), *_ = twilio_account().hosts
        return super().request(method, uri.replace(base, f"https://{name}", 1), *args, **kwargs)


@contextmanager
def a_world(start: datetime = NOON, *, faults: Faults | None = None, seed: int = 0) -> Iterator[World]:
    """A world that begins at this instant, with the SDK asking its network."""
    account = twilio_account()
    with time_machine.travel(start, tick=False) as clock:
        network = Network(
            account=Account(account.sid, account.auth_token), send=receive, start=start, faults=faults, seed=seed
        )
        network.add_number(OURS)
        before = posting.places, posting.ASK_AGAIN_AFTER, posting.TOO_LATE
        posting.places, posting.ASK_AGAIN_AFTER, posting.TOO_LATE = AtOnce(), UNHURRIED, UNHURRIED
        try:
            with rest.using(Inside(network)):
                yield World(network, clock)
        finally:
            posting.places, posting.ASK_AGAIN_AFTER, posting.TOO_LATE = before


DOORS = {"s": STATUS, "c": CONFERENCE, "a": MACHINE, "r": RECORDING, "x": TRANSCRIPTION}


def receive(request: WebhookRequest) -> WebhookAnswer:
    """What our doors do with a web hook, in this thread and transaction: the signature, then the work."""
    asked = RequestFactory().generic(
        request.method,
        request.path,
        request.body,
        content_type=request.headers.get("Content-Type", ""),
        headers={"X-Twilio-Signature": request.headers["X-Twilio-Signature"]},
    )
    form = genuine_form(asked)
    _, _, door, token = asked.path.split("/")
    if door == "t":
        known = only(form, ASKED) | {"tried": asked.GET.get("tried", "")}
        with transaction.atomic():
            return WebhookAnswer(200, hear_all([Asked(token, asked.GET.get("step", ""), known)])[0])
    if door == "in" and form["CallStatus"] not in TERMINAL:
        return WebhookAnswer(200, arrive(token, only(form, CALLED), int(asked.GET.get("tried", "0"))))
    if door == "in":
        door, digest = "s", leg_with_call(form["CallSid"])
    else:
        digest = digest_of(token)
    with transaction.atomic():
        kind = DOORS[door]
        store_reports([Report(kind, digest, only(form, kind.fields), timezone.now())])
    return WebhookAnswer(204)


@transaction.atomic
def cancel(request: CallbackRequest) -> bool:
    """The customer takes it back, whether somebody is being rung or not; whether that was still possible."""
    now = timezone.now()
    calls = PhoneCall.objects.filter(request=request, ended_at=None).values_list("pk", flat=True)
    scenes = locked_scenes(list(calls))
    row = scenes[0].request if scenes else CallbackRequest.objects.select_for_update().get(pk=request.pk)
    if row is None or not policy.allows(row.stage, policy.Command.CANCEL):
        return False
    row.stage = policy.next_stage(row.stage, policy.Command.CANCEL).value
    acts = end_request(row, "customer", now)
    if scenes:
        scenes[0].acts += acts
        settle(scenes, now)
        return True
    row.save()
    for act in acts:
        act()
    return True
