"""Twilio's REST API (2010-04-01): who may ask, which resource is meant, what goes wrong on the way."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from channels_app.callback.simulator.account import API_VERSION
from channels_app.callback.simulator.faults import ERRORS, Fault
from channels_app.callback.simulator.forms import Form, Refused
from channels_app.callback.simulator.resources import Json, Resources
from channels_app.callback.simulator.webhooks import rfc_2822

if TYPE_CHECKING:
    from channels_app.callback.simulator.network import Network

NOT_FOUND: Final = 20404
PAGE_SIZE: Final = 50
PAGING: Final = ("Page", "PageSize", "PageToken")
JSON_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True)
class RestRequest:
    """One request. `by_fault`: delivered a second time by a fault."""

    method: str
    path: str
    form: Mapping[str, list[str]]
    query: Mapping[str, list[str]]
    auth: tuple[str, str] | None
    id: str = ""
    by_fault: bool = False


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """One answer. `fate`: answered, lost (the client never gets it) or reset (the connection is closed); `delay`:
    seconds until it comes."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    fate: str = "answered"
    delay: float = 0.0

    @classmethod
    def of(cls, status: int, value: Json) -> "RestAnswer":
        """JSON."""
        return cls(status, json.dumps(value).encode())


class Asked:
    """What a handler gets: the network, the request, the parts of its path, and the writer of resources."""

    def __init__(self, network: "Network", request: RestRequest, parts: tuple[str, ...]) -> None:
        self.network = network
        self.request = request
        self.parts = parts
        self.resources = Resources(network.account.sid)

    def form(self, allowed: Mapping[str, Any]) -> Form:
        """The checked body."""
        return Form(self.request.form, allowed)

    def query(self, allowed: Mapping[str, Any]) -> Form:
        """The checked query."""
        return Form(self.request.query, allowed)

    def page(self, name: str, found: list[Any], write: Callable[[Any], Json], query: Form) -> RestAnswer:
        """One page of a list."""
        size, page = query.number("PageSize", PAGE_SIZE), query.number("Page", 0)
        start = page * size
        rows = found[start : start + size]
        kept = [(name, value) for name, values in self.request.query.items() for value in values if name not in PAGING]
        uri = f"{self.request.path}?{urlencode([*kept, ('PageSize', size)])}&Page="
        return RestAnswer.of(
            200,
            {
                name: [write(row) for row in rows],
                "page": page,
                "page_size": size,
                "start": start,
                "end": max(start, start + len(rows) - 1),
                "uri": f"{uri}{page}",
                "first_page_uri": f"{uri}0",
                "next_page_uri": f"{uri}{page + 1}" if start + size < len(found) else None,
                "previous_page_uri": f"{uri}{page - 1}" if page else None,
            },
        )


Handler = Callable[[Asked], RestAnswer]


def missing(what: str) -> Refused:
    """404 in Twilio's words."""
    return Refused(NOT_FOUND, f"The requested resource {what} was not found", 404)


def refusal(code: int, text: str, status: int, headers: tuple[tuple[str, str], ...] = ()) -> RestAnswer:
    """An error in Twilio's shape."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": text, "more_info": more, "status": status}
    return replace(RestAnswer.of(status, body), headers=headers)


def answer(network: "Network", request: RestRequest, routes: Mapping[tuple[str, str], Handler]) -> RestAnswer:
    """Answer one request, with the fault that meets it."""
    request = replace(request, id=network.sids.new("RQ"))
    headers = (("Twilio-Request-Id", request.id), ("Date", rfc_2822(network.timeline.now).replace("+0000", "GMT")))
    found = _answer(network, request, routes)
    return replace(found, headers=headers + found.headers)


def _answer(network: "Network", request: RestRequest, routes: Mapping[tuple[str, str], Handler]) -> RestAnswer:
    if not network.account.admits(request.auth):
        return refusal(20003, "Authenticate", 401)
    fault = _fault_of(network, request)
    if fault is not None and fault.kind in ("reset", "unavailable", "error"):
        return _refused_by(fault)
    found = _handled(network, request, routes)
    if fault is None:
        return found
    if fault.kind == "twice":
        _handled(network, replace(request, by_fault=True), routes)
    if fault.kind == "unavailable_after":
        return _refused_by(fault)
    fate = "lost" if fault.kind == "lost_answer" else "answered"
    return replace(found, fate=fate, delay=fault.seconds if fault.kind == "slow" else 0.0)


def _fault_of(network: "Network", request: RestRequest) -> Fault | None:
    """Only what creates a call, a participant or a message meets a fault."""
    if request.method != "POST" or not request.path.endswith(("/Calls.json", "/Participants.json", "/Messages.json")):
        return None
    numbers = [value for name in ("To", "From") for value in request.form.get(name, ())]
    return network.faults.for_create(request.path, *numbers)


def _refused_by(fault: Fault) -> RestAnswer:
    if fault.kind == "reset":
        return RestAnswer(0, fate="reset")
    if fault.kind == "error":
        status, text = ERRORS[fault.code]
        again = (("Retry-After", str(fault.retry_after)),) if status == 429 else ()
        return refusal(fault.code, text, status, again)
    return refusal(20503, "Service is unavailable. Please try again", 503)


def _handled(network: "Network", request: RestRequest, routes: Mapping[tuple[str, str], Handler]) -> RestAnswer:
    try:
        handler, parts = _route(network, request, routes)
        return handler(Asked(network, request, parts))
    except Refused as refused:
        return refusal(refused.code, str(refused), refused.status)


def _route(
    network: "Network", request: RestRequest, routes: Mapping[tuple[str, str], Handler]
) -> tuple[Handler, tuple[str, ...]]:
    """The handler, by the shape of the path: names stay, sids and names of things become `*`."""
    prefix = f"/{API_VERSION}/Accounts/{network.account.sid}"
    if request.path == f"{prefix}.json":
        given, names = [], [""]
    elif request.path.startswith(f"{prefix}/"):
        given = request.path.removeprefix(f"{prefix}/").removesuffix(".json").split("/")
        names = [part if index % 2 == 0 else "*" for index, part in enumerate(given)]
    else:
        raise missing(request.path)
    shape = "/".join(names)
    if handler := routes.get((request.method, shape)):
        return handler, tuple(given[1::2])
    if any(known == shape for _, known in routes):
        raise Refused(20004, f"Method {request.method} is not allowed here", 405)
    raise missing(request.path)
