"""The control API of the network, as JSON: telephones to look at and to use, scripts, faults, ledger, clock, numbers.

    GET  /box/account                      the account and its numbers
    POST /box/numbers                      {"phone_number", "voice_url", "status_callback", "name"}
    POST /box/callbacks                    {"as_json": true}: status callbacks as JSON with bodySHA256
    GET  /box/phones                       every telephone
    GET  /box/phones/<number>              its state, what was said, its text messages
    GET  /box/phones/<number>/events       ?after=7&wait=25: what it has seen since, as soon as there is something
    GET  /box/events                       ?phone=+49…,7&phone=+49…,0&elsewhere=0&wait=25: several telephones and how
                                           many others ring, as soon as anything is not as it was seen last
    POST /box/phones/<number>/answer       …/decline, …/hangup
    POST /box/phones/<number>/press        {"digits": "1"}
    POST /box/phones/<number>/say          {"text": "…", "seconds": 2}
    POST /box/phones/<number>/call         {"to": "+49…"}: call one of our numbers
    PUT  /box/phones/<number>/scripts      [{"reaction": "busy"}, …]: its next calls; see phones.py
    GET  /box/calls/<sid>                  what the leg heard, its silences, whom it hears
    GET  /box/faults   POST   DELETE       see faults.py; POST also takes {"rates": {"drop": 0.1}, "seed": 7}
    GET  /box/ledger                       ?number=: rings, overlaps
    GET  /box/clock    POST                {"advance": 60}: let time jump ahead
    GET  /box/debugger                     what our documents and addresses did wrong

It takes requests of this machine alone, as JSON, by a loopback name: no page of another site can use it.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from channels_app.callback.simulator.calls import Call, Heard
from channels_app.callback.simulator.faults import BadFaultError, Fault
from channels_app.callback.simulator.ledger import Ring
from channels_app.callback.simulator.phones import BadScriptError, Phone, Script

if TYPE_CHECKING:
    from channels_app.callback.simulator.server import RunningNetwork

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
LONGEST_WAIT: Final = 30.0
LONGEST_SKIP: Final = 366 * 86_400.0


class Box:
    """Handlers of the control API."""

    def __init__(self, running: "RunningNetwork") -> None:
        self._running = running

    def add_routes(self, app: web.Application) -> None:
        """Where each handler is."""
        phone = "/box/phones/{number}"
        for method, path, handler in (
            ("GET", "/box/account", self.account),
            ("POST", "/box/numbers", self.add_number),
            ("POST", "/box/callbacks", self.callbacks),
            ("GET", "/box/phones", self.phones),
            ("GET", phone, self.phone),
            ("GET", f"{phone}/events", self.events),
            ("GET", "/box/events", self.watch),
            ("POST", f"{phone}/{{deed:answer|decline|hangup|press|say|call}}", self.act),
            ("PUT", f"{phone}/scripts", self.scripts),
            ("GET", "/box/calls/{sid}", self.call),
            ("GET", "/box/faults", self.faults),
            ("POST", "/box/faults", self.add_faults),
            ("DELETE", "/box/faults", self.clear_faults),
            ("GET", "/box/ledger", self.ledger),
            ("GET", "/box/clock", self.clock),
            ("POST", "/box/clock", self.set_clock),
            ("GET", "/box/debugger", self.debugger),
        ):
            app.router.add_route(method, path, self._guarded(handler))

    def _guarded(self, handler: Handler) -> Handler:
        """Local callers alone; what they got wrong is said in words."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.host.rpartition(":")[0] not in LOOPBACK_NAMES or "Origin" in request.headers:
                return _refused(403, "The box answers requests of this machine alone, by 127.0.0.1 or localhost")
            if request.can_read_body and request.content_type != "application/json":
                return _refused(415, "Send JSON, with Content-Type: application/json")
            try:
                return await handler(request)
            except (BadScriptError, BadFaultError, ValueError, KeyError, TypeError) as problem:
                missing = f"{problem.args[0]} is missing" if isinstance(problem, KeyError) else str(problem)
                return _refused(400, missing)

        return guarded

    # The account.

    async def account(self, request: web.Request) -> web.StreamResponse:
        """The account and its numbers; never its token."""
        network = self._running.network
        numbers = [
            {"phone_number": own.number, "name": own.name, "voice_url": own.voice_url, "sid": own.sid}
            for own in network.numbers.values()
        ]
        return web.json_response({"sid": network.account.sid, "numbers": numbers})

    async def add_number(self, request: web.Request) -> web.StreamResponse:
        """A number of the account, or its addresses anew."""
        given = await _object(request)
        own = self._running.network.add_number(
            str(given["phone_number"]),
            voice_url=str(given.get("voice_url", "")),
            status_callback=str(given.get("status_callback", "")),
            name=str(given.get("name", "")),
        )
        return web.json_response({"sid": own.sid, "phone_number": own.number}, status=201)

    async def callbacks(self, request: web.Request) -> web.StreamResponse:
        """How status callbacks are written."""
        given = await _object(request)
        self._running.network.webhooks.as_json = bool(given["as_json"])
        return web.json_response({"as_json": self._running.network.webhooks.as_json})

    # Telephones.

    async def phones(self, request: web.Request) -> web.StreamResponse:
        """Every telephone that has ever been used."""
        return web.json_response({"phones": [self._state(phone) for phone in self._running.network.phones.values()]})

    async def phone(self, request: web.Request) -> web.StreamResponse:
        """One telephone."""
        return web.json_response(self._state(self._phone(request)))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What a telephone has seen since an event: at once, or as soon as there is something."""
        phone, after = self._phone(request), int(request.query.get("after", "0"))
        wait = min(LONGEST_WAIT, float(request.query.get("wait", "25")))
        end = self._running.wall() + wait
        while phone.event_count <= after and (left := end - self._running.wall()) > 0 and not self._running.is_stopped:
            await self._running.change(left)
        return web.json_response({"events": phone.events_after(after), "phone": self._state(phone)})

    async def watch(self, request: web.Request) -> web.StreamResponse:
        """Several telephones: at once if one is not as it was last seen (before a restart, perhaps), else then."""
        named = [name.rpartition(",")[::2] for name in request.query.getall("phone", ())]
        seen = {number: int(last) for number, last in named}
        elsewhere = int(request.query.get("elsewhere", "0"))
        end = self._running.wall() + min(LONGEST_WAIT, float(request.query.get("wait", "25")))
        while self._is_as_seen(seen, elsewhere) and not self._running.is_stopped:
            if (left := end - self._running.wall()) <= 0:
                break
            await self._running.change(left)
        phones = [self._state(self._running.network.phone(number)) for number in seen]
        return web.json_response({"phones": phones, "elsewhere": self._ringing_beside(seen)})

    def _is_as_seen(self, seen: Mapping[str, int], elsewhere: int) -> bool:
        phone = self._running.network.phone
        if any(phone(number).event_count != last for number, last in seen.items()):
            return False
        return self._ringing_beside(seen) == elsewhere

    def _ringing_beside(self, seen: Mapping[str, int]) -> int:
        return len(self._running.network.ringing() - seen.keys())

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Use a telephone."""
        number, deed = request.match_info["number"], request.match_info["deed"]
        given = await _object(request) if request.can_read_body else {}
        network = self._running.network
        network.run_to(self._running.pace.now())
        if deed == "call":
            network.inbound(number, str(given["to"]))
        elif deed == "press":
            network.press(number, str(given["digits"]))
        elif deed == "say":
            network.say(number, str(given["text"]), float(given.get("seconds", 0)))
        else:
            {"answer": network.answer, "decline": network.decline, "hangup": network.hang_up}[deed](number)
        self._running.turn()
        return web.json_response(self._state(network.phone(number)))

    async def scripts(self, request: web.Request) -> web.StreamResponse:
        """What happens at a number at its next calls."""
        given = await request.json()
        scripts = [Script.from_json(one) for one in (given if isinstance(given, list) else [given])]
        self._running.network.script(self._phone(request).number, *scripts)
        return web.json_response({"scripts": [asdict(script) for script in scripts]})

    def _phone(self, request: web.Request) -> Phone:
        return self._running.network.phone(request.match_info["number"])

    def _state(self, phone: Phone) -> Json:
        call = self._running.network.current_call(phone.number)
        state = "idle"
        if call is not None:
            state = "talking" if call.answered is not None else "calling" if call.direction == "inbound" else "ringing"
            state = "dialled" if call.status == "queued" else state
        return {
            "number": phone.number,
            "state": state,
            "call": self._call(call) if call else None,
            "messages": list(phone.messages),
            "last_event": phone.event_count,
        }

    # Calls.

    async def call(self, request: web.Request) -> web.StreamResponse:
        """What a leg heard."""
        network, sid = self._running.network, request.match_info["sid"]
        if sid not in network.calls:
            return _refused(404, f"There is no call {sid} in memory; the ledger may know it")
        call = network.calls[sid]
        hears = network.bridged_agents(sid)
        return web.json_response({**self._call(call), "silences": network.silences(sid), "hears": hears})

    def _call(self, call: Call) -> Json:
        return {
            "sid": call.sid,
            "status": call.status,
            "direction": call.direction,
            "from": call.from_,
            "to": call.to,
            "since": call.answered if call.answered is not None else call.created,
            "heard": [_heard(what) for what in call.transcript],
            "said": [{"at": speech.start, "text": speech.text} for speech in call.speeches],
        }

    # Faults, ledger, clock.

    async def faults(self, request: web.Request) -> web.StreamResponse:
        """What is planned, and what has happened."""
        faults = self._running.network.faults
        shown = {"planned": faults.planned, "happened": faults.happened}
        lists = {name: [asdict(fault) for fault in found] for name, found in shown.items()}
        return web.json_response({**lists, "rates": faults.rates})

    async def add_faults(self, request: web.Request) -> web.StreamResponse:
        """Plan faults, or let chance have them."""
        given, faults = await request.json(), self._running.network.faults
        if isinstance(given, dict) and "rates" in given:
            faults.set_rates(given["rates"], int(given.get("seed", 0)))
        else:
            faults.add(*[Fault.from_json(one) for one in (given if isinstance(given, list) else [given])])
        return await self.faults(request)

    async def clear_faults(self, request: web.Request) -> web.StreamResponse:
        """From now on nothing goes wrong."""
        self._running.network.faults.clear()
        return await self.faults(request)

    async def ledger(self, request: web.Request) -> web.StreamResponse:
        """Every ring, and which of them overlapped."""
        ledger, number = self._running.network.ledger, request.query.get("number")
        rings = [ring for ring in ledger.rings if number in (None, ring.number)]
        overlaps = [[first.call, second.call] for first, second in ledger.overlaps() if number in (None, first.number)]
        return web.json_response({"rings": [_ring(ring) for ring in rings], "overlaps": overlaps})

    async def clock(self, request: web.Request) -> web.StreamResponse:
        """What time it is in the network."""
        network, mode = self._running.network, "manual" if self._running.pace.is_manual else "real"
        network.run_to(self._running.pace.now())
        return web.json_response({"now": network.now.isoformat(), "mode": mode})

    async def set_clock(self, request: web.Request) -> web.StreamResponse:
        """Let time jump ahead, with all that happens on the way."""
        seconds = float((await _object(request))["advance"])
        if not 0 <= seconds <= LONGEST_SKIP:
            raise ValueError('"advance" is a number of seconds, at most a year')
        self._running.skip(seconds)
        return await self.clock(request)

    async def debugger(self, request: web.Request) -> web.StreamResponse:
        """What our documents and addresses did wrong."""
        return web.json_response({"reports": [asdict(report) for report in self._running.network.debugger]})


async def _object(request: web.Request) -> Json:
    try:
        given = await request.json()
    except json.JSONDecodeError:
        raise ValueError("This is no JSON") from None
    if not isinstance(given, dict):
        raise ValueError("Send a JSON object")
    return given


def _refused(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)


def _heard(what: Heard) -> Json:
    return {"at": what.at, "kind": what.kind, "text": what.text, "language": what.language}


def _ring(ring: Ring) -> Json:
    return asdict(ring)
