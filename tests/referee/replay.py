"""What a run of the suite has noted (simulator/exchanges.py), asked and answered once more with the referee between.

A request that breaks Twilio's description is no violation where a test of the simulator asks wrongly on purpose and
the simulator refuses as Twilio would. Sound has no path in the description, and a connection that was closed has no
answer: both are left out.
"""

import json
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from channels_app.callback.simulator.exchanges import kind_of
from channels_app.callback.simulator.rest import JSON_TYPE, RestAnswer, RestRequest
from tests.referee.patching import FORM

OF_THE_SIMULATOR = "tests/callback/simulator/"
AUTHORIZATION = "Basic QUM6dG9rZW4="  # somebody's; the description asks only that there is one
PATIENCE = 60.0
PRISM_SAYS = re.compile(r"^https://stoplight\.io/prism/errors#(.*)")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, how often its kind was seen at least, and the test that saw it first."""

    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    status: int
    type: str
    answer: str
    test: str = ""
    count: int = 1

    @property
    def is_ours(self) -> bool:
        """Asked by the centre, not by a test of the simulator."""
        return not self.test.startswith(OF_THE_SIMULATOR)

    @property
    def is_replayable(self) -> bool:
        """Whether it is JSON, and was answered."""
        return self.status > 0 and self.type == JSON_TYPE and not self.path.endswith(".wav")

    @property
    def is_refused(self) -> bool:
        """The simulator calls the request wrong."""
        return self.status in (400, 404, 405)


@dataclass(frozen=True, slots=True)
class Violation:
    """An exchange that breaks Twilio's description: where and how, and what the description says there."""

    exchange: Exchange
    place: str
    words: str
    description: str

    def __str__(self) -> str:
        asked = f"{self.exchange.method} {self.exchange.path} -> {self.exchange.status}"
        return f"{asked}: {self.place}: {self.words}\n  Twilio: {self.description}\n  seen by: {self.exchange.test}"


@dataclass(slots=True)
class Verdict:
    """What came of it all."""

    judged: int = 0
    refused_by_both: int = 0
    violations: list[Violation] = field(default_factory=list)


# What was noted.


def exchanges_in(folder: Path) -> list[Exchange]:
    """All processes' notes, each kind once: one of the centre's rather than one of a test of the simulator."""
    found: dict[object, Exchange] = {}
    for exchange in (one for path in sorted(folder.glob("*.jsonl")) for one in _noted(path)):
        request = RestRequest(exchange.method, exchange.path, exchange.form, exchange.query, None)
        kind = (
            exchange.is_ours,
            kind_of(request, RestAnswer(exchange.status, exchange.answer.encode(), exchange.type)),
        )
        found.setdefault(kind, exchange)
    return list(found.values())


def _noted(path: Path) -> Iterable[Exchange]:
    lines: dict[int, dict[str, Any]] = {}
    for text in path.read_text().splitlines():
        with_number = json.loads(text)
        lines.setdefault(with_number.pop("number"), {}).update(with_number)
    return (Exchange(**line) for line in lines.values())


# Once more.


@contextmanager
def an_upstream() -> Iterator["Upstream"]:
    """A server that gives one answer until it is told another."""
    found = Upstream()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"upstream": found}))
    server.daemon_threads = True
    found.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


@dataclass(slots=True)
class Upstream:
    """`answer` comes to whatever is asked; `asked` counts."""

    address: str = ""
    answer: Exchange | None = None
    asked: int = 0


class _Handler(BaseHTTPRequestHandler):
    upstream: Upstream

    def handle_one_request(self) -> None:
        """Any method."""
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.upstream.answer
        if answer is None:  # Prism is being waited for
            self.send_error(503)
            return
        self.upstream.asked += 1
        body = answer.answer.encode()
        self.send_response(answer.status)
        if body:
            self.send_header("Content-Type", answer.type)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silence."""


def replay(exchanges: Iterable[Exchange], judge: str, upstream: Upstream, spec: dict[str, Any]) -> Verdict:
    """Ask the referee at this address each of them, with the noted answer behind it."""
    verdict = Verdict()
    for exchange in (one for one in exchanges if one.is_replayable):
        upstream.answer, before = exchange, upstream.asked
        problem = _problem_with(exchange, judge)
        is_request_wrong = upstream.asked == before
        assert problem or not is_request_wrong, f"the referee has not passed on {exchange}"
        verdict.judged += 1
        if problem and is_request_wrong and exchange.is_refused and not exchange.is_ours:
            verdict.refused_by_both += 1
        elif problem:
            verdict.violations += _violations(exchange, problem, spec)
    return verdict


def _problem_with(exchange: Exchange, judge: str) -> dict[str, Any]:
    """What the referee says; empty when it has nothing to say."""
    connection = HTTPConnection(urlsplit(judge).netloc, timeout=PATIENCE)
    query = f"?{urlencode(exchange.query, doseq=True)}" if exchange.query else ""
    body = urlencode(exchange.form, doseq=True) if exchange.form else None
    headers = {"Authorization": AUTHORIZATION, "Accept": JSON_TYPE, **({"Content-Type": FORM} if body else {})}
    try:
        connection.request(exchange.method, exchange.path + query, body, headers)
        text = connection.getresponse().read()
    finally:
        connection.close()
    try:
        said = json.loads(text) if text else {}
    except ValueError:
        return {}
    is_prisms = isinstance(said, dict) and PRISM_SAYS.match(str(said.get("type", "")))
    return said if is_prisms else {}


def _violations(exchange: Exchange, problem: dict[str, Any], spec: dict[str, Any]) -> list[Violation]:
    found = problem.get("validation") or [{"location": [], "message": problem.get("detail") or problem.get("title")}]
    return [
        Violation(exchange, ".".join(one["location"]), one["message"], described(spec, exchange, one["location"]))
        for one in found
    ]


# What Twilio's description says.


def described(spec: dict[str, Any], exchange: Exchange, location: list[str]) -> str:
    """The part of the description that a location of the referee's is about, as JSON."""
    path = next((path for path in spec["paths"] if _is_path(path, exchange.path)), None)
    operation = spec["paths"][path].get(exchange.method.lower()) if path else None
    if operation is None:
        return f"no {exchange.method} of such a path"
    match location:
        case ["body", *names]:
            schema = operation.get("requestBody", {}).get("content", {}).get(FORM, {}).get("schema", {})
        case ["query" | "path" as where, name, *names]:
            parameters = [*operation.get("parameters", []), *spec["paths"][path].get("parameters", [])]
            schema = next((one["schema"] for one in parameters if _is_parameter(one, where, name)), {})
        case ["response", "body", *names]:
            answer = operation["responses"].get(str(exchange.status), {})
            schema = answer.get("content", {}).get(JSON_TYPE, {}).get("schema", {})
        case _:
            return f"statuses {', '.join(operation['responses'])}"
    return json.dumps(_inside(spec, schema, names))


def _is_parameter(parameter: dict[str, Any], where: str, name: str) -> bool:
    """Prism writes the names of parameters in small letters."""
    return (parameter["in"], parameter["name"].lower()) == (where, name)


def _is_path(template: str, path: str) -> bool:
    pattern = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", template))
    return re.fullmatch(pattern, path) is not None


def _inside(spec: dict[str, Any], schema: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The schema of a field by its way from here; as far as the description goes."""
    for name in [*names, ""]:
        while "$ref" in schema:
            schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        schema = schema.get("items", schema) if name.isdecimal() else schema.get("properties", {}).get(name, schema)
    return schema
