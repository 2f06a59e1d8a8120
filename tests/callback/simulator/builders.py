"""A network, a server that it calls back, and the real SDK in front of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels_app.callback.simulator.account import Account
from channels_app.callback.simulator.network import Network
from channels_app.callback.simulator.phones import Script
from channels_app.callback.simulator.transport import NetworkTransport
from channels_app.callback.simulator.webhooks import WebhookAnswer, WebhookRequest

ACCOUNT = Account("AC" + "0123456789abcdef" * 2, "a token of the tests")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OURS = "+493012340"
THEIRS = "+493011110"
AGENT = "+493022220"
SITE = "https://centre.example"

Document = str | Callable[[dict[str, str]], str]


class Site:
    """Our server as the network sees it: documents by path; every request is kept."""

    def __init__(self, **documents: Document) -> None:
        self.documents = {f"/{name}": document for name, document in documents.items()}
        self.requests: list[WebhookRequest] = []
        self.failures: dict[str, list[int]] = {}  # path -> statuses of its next answers

    def __call__(self, request: WebhookRequest) -> WebhookAnswer:
        """Answer one request, which must be Twilio's for certain."""
        signed = request.headers["X-Twilio-Signature"]
        sent = request.form if not request.body.startswith("{") else request.body
        assert request.url.startswith(SITE), f"{request.url} is no absolute address"
        assert RequestValidator(ACCOUNT.token).validate(request.url, {} if request.method == "GET" else sent, signed)
        self.requests.append(request)
        path = urlsplit(request.url).path
        if self.failures.get(path):
            return WebhookAnswer(self.failures[path].pop(0))
        document = self.documents.get(path)
        if document is None:
            return WebhookAnswer(204 if request.kind != "twiml" else 404)
        return WebhookAnswer(200, document if isinstance(document, str) else document(request.form))

    def forms(self, kind: str) -> list[dict[str, str]]:
        """What was told, in the order in which it came."""
        return [request.form for request in self.requests if request.kind == kind]


def response(verbs: str) -> str:
    """A document."""
    return f"<Response>{verbs}</Response>"


def a_network(site: Site | None = None, **about: Any) -> Network:
    """A network with one number of ours, whose callers hear `/in`."""
    network = Network(account=ACCOUNT, send=site or Site(), start=START, **about)
    network.add_number(OURS, voice_url=f"{SITE}/in", status_callback=f"{SITE}/in-status")
    return network


def a_client(network: Network, token: str = ACCOUNT.token) -> Client:
    """The SDK, on this network."""
    return Client(ACCOUNT.sid, token, http_client=NetworkTransport(network))


def call(network: Network, to: str = THEIRS, **about: Any) -> str:
    """Place a call through the SDK; it hears `/twiml` unless told otherwise."""
    if "twiml" not in about:
        about.setdefault("url", f"{SITE}/twiml")
    return str(a_client(network).calls.create(to=to, from_=OURS, **about).sid)


def answers(**about: Any) -> Script:
    """A person who picks up at once."""
    return Script(**{"after": 0.0, **about})


def heard(network: Network, sid: str) -> list[tuple[str, str]]:
    """What a leg heard, without the times."""
    return [(what.kind, what.text) for what in network.transcript(sid)]
