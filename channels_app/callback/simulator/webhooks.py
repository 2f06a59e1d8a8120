"""Requests to the customer's server: signed as Twilio signs, tried once more when they fail, with faults on the way."""

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache, partial
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from twilio.request_validator import RequestValidator

from channels_app.callback.simulator.faults import Fault, Faults
from channels_app.callback.simulator.timeline import Timeline

Pairs = Sequence[tuple[str, str]]

RETRY_SECONDS: Final = 1.0
REORDER_SECONDS: Final = 3.0  # after which a held callback goes out although no later one came
DUPLICATE_SECONDS: Final = 0.2
NO_ANSWER: Final = 0
KEPT: Final = 5_000


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What the customer's server answered. `status` 0: nothing came within Twilio's 15 seconds, or no connection."""

    status: int
    body: str = ""
    content_type: str = "text/xml"

    @property
    def failed(self) -> bool:
        """Whether Twilio tries once more."""
        return self.status == NO_ANSWER or self.status >= 500


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One HTTP request to the customer's server. `kind`: twiml, status, conference, recording, amd, transcription or
    message. Who can't answer at once returns None from `send` and calls `answered` later."""

    method: str
    url: str
    headers: dict[str, str]
    body: str
    kind: str
    call: str
    event: str
    answered: Callable[[WebhookAnswer], None] = field(compare=False, repr=False)

    @property
    def path(self) -> str:
        """Path and query of the address, as a test client wants it."""
        parts = urlsplit(self.url)
        return urlunsplit(("", "", parts.path or "/", parts.query, ""))

    @property
    def form(self) -> dict[str, str]:
        """The parameters, wherever they are."""
        if self.headers.get("Content-Type") == "application/json":
            return dict(json.loads(self.body))
        return dict(parse_qsl(self.body or urlsplit(self.url).query, keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Callback:
    """Something to tell: where, how and what. `about`: the call or conference; faults swap callbacks of one of them."""

    url: str
    method: str
    params: Pairs
    kind: str
    event: str
    about: str


Send = Callable[[WebhookRequest], WebhookAnswer | None]


class Webhooks:
    """The queue of outgoing requests. It never sends by itself: the network takes `waiting` when no state is half
    changed, so that a server which calls the API back finds it whole."""

    def __init__(self, timeline: Timeline, token: str, faults: Faults, idempotency_key: Callable[[], str]) -> None:
        self.waiting: deque[WebhookRequest] = deque()
        self.sent: deque[tuple[float, WebhookRequest]] = deque(maxlen=KEPT)
        self.as_json = False
        self._timeline = timeline
        self._signer = RequestValidator(token)
        self._faults = faults
        self._key = idempotency_key
        self._held: dict[str, list[Callback]] = {}

    def fetch(self, url: str, method: str, params: Pairs, call: str, done: Callable[[WebhookAnswer], None]) -> None:
        """Ask for a document."""
        self._attempt(Callback(url, method, params, "twiml", "", call), _retries(url), done)

    def tell(self, callback: Callback) -> None:
        """Send a callback, unless a fault sees to it."""
        fault = self._faults.for_callback(callback.kind, callback.event, callback.url)
        if fault is None:
            self._send(callback)
        else:
            self._misdeliver(callback, fault)

    def _misdeliver(self, callback: Callback, fault: Fault) -> None:
        if fault.kind == "duplicate":
            self._send(callback)
            self._timeline.after(DUPLICATE_SECONDS, partial(self._send, callback))
        elif fault.kind == "delay":
            self._timeline.after(fault.seconds, partial(self._send, callback))
        elif fault.kind == "reorder":
            self._held.setdefault(callback.about, []).append(callback)
            self._timeline.after(REORDER_SECONDS, partial(self._release, callback.about))

    def _send(self, callback: Callback) -> None:
        self._attempt(callback, _retries(callback.url), _ignore)
        self._release(callback.about)

    def _release(self, about: str) -> None:
        for held in self._held.pop(about, ()):
            self._attempt(held, _retries(held.url), _ignore)

    def _attempt(self, callback: Callback, retries: int, done: Callable[[WebhookAnswer], None]) -> None:
        def answered(answer: WebhookAnswer) -> None:
            if answer.failed and retries > 0:
                self._timeline.after(RETRY_SECONDS, partial(self._attempt, callback, retries - 1, done))
            else:
                done(answer)

        self.waiting.append(self._signed(callback, answered))

    def _signed(self, callback: Callback, answered: Callable[[WebhookAnswer], None]) -> WebhookRequest:
        url = urlunsplit(urlsplit(callback.url)._replace(fragment=""))
        about = (callback.kind, callback.about, callback.event, answered)
        if callback.method == "GET":
            url = _with_query(url, callback.params)
            return WebhookRequest("GET", url, self._headers(url, {}), "", *about)
        if self.as_json and callback.kind != "twiml":
            body = json.dumps(dict(callback.params))
            url = _with_query(url, [("bodySHA256", self._signer.compute_hash(body))])
            headers = {**self._headers(url, {}), "Content-Type": "application/json"}
            return WebhookRequest("POST", url, headers, body, *about)
        form_type = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        headers = {**self._headers(url, dict(callback.params)), **form_type}
        return WebhookRequest("POST", url, headers, urlencode(callback.params), *about)

    def _headers(self, url: str, params: dict[str, str]) -> dict[str, str]:
        return {
            "X-Twilio-Signature": self._signer.compute_signature(url, params),
            "I-Twilio-Idempotency-Token": self._key(),
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }


def rfc_2822(instant: float) -> str:
    """As Twilio writes instants: whole seconds, UTC, `+0000`."""
    return _second(int(instant))


@lru_cache(maxsize=4_096)  # a burst of calls is one second: a third of the time of a create was spent here
def _second(instant: int) -> str:
    return format_datetime(datetime.fromtimestamp(instant, UTC))


def _with_query(url: str, params: Pairs) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, urlencode(params)) if part)))


def _retries(url: str) -> int:
    """How often a failed request is repeated: once, or what `#rc=` of the address says (0 to 5)."""
    overrides = dict(parse_qsl(urlsplit(url).fragment))
    count = overrides.get("rc", "")
    return min(5, int(count)) if count.isdigit() else 1


def _ignore(answer: WebhookAnswer) -> None:
    """Nobody waits for the answer of a callback."""
