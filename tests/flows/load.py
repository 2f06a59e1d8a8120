"""Customers and an agent who go on whatever happens to the server: they keep what is not confirmed and try again.

They do what the widget, a mail server and the console do, and write down what was confirmed: an `ack`, a 250, a 201.
"""

import asyncio
import contextlib
import json
import smtplib
import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import httpx
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.typing import Origin

from tests.flows.parties import PROTOCOL, Frame, a_mail, hand_in
from tests.seed import SITE_KEY, SITE_ORIGIN
from tests.servers import Center

UNACKED = 4
PAUSE = 0.1
LINE_ERRORS = (websockets.WebSocketException, OSError, TimeoutError)


@dataclass(slots=True)
class ChattingVisitor:
    """A widget with an outbox. `acked`: client id -> (interaction, number); `log`: numbers in the order they came."""

    center: Center
    number: int
    token: str | None = None
    c: str | None = None
    outbox: dict[str, str] = field(default_factory=dict)
    acked: dict[str, tuple[str, int]] = field(default_factory=dict)
    log: list[int] = field(default_factory=list)
    byes: list[str] = field(default_factory=list)
    close_codes: list[int] = field(default_factory=list)
    is_online: bool = False
    is_done: bool = False
    _count: int = 0
    _away_ms: int = 0

    async def run(self) -> None:
        """Until everything is acknowledged after `is_done` was set."""
        while not (self.is_done and not self.outbox):
            try:
                await self._session()
            except LINE_ERRORS:
                await asyncio.sleep(PAUSE)
            finally:
                self.is_online = False
                away, self._away_ms = self._away_ms, 0
                await asyncio.sleep(away / 1000)

    async def _session(self) -> None:
        address = f"{self.center.ws_url}/ws/chat"
        async with websockets.connect(address, origin=Origin(SITE_ORIGIN), subprotocols=[PROTOCOL]) as socket:
            await socket.send(json.dumps({"t": "auth", "site": SITE_KEY, "token": self.token, "lang": "en"}))
            try:
                async for came in socket:
                    frames = json.loads(came)
                    for frame in frames if isinstance(frames, list) else [frames]:
                        await self._take(socket, frame)
                    if self.is_done and not self.outbox:
                        return
            finally:
                if socket.close_code is not None:
                    self.close_codes.append(socket.close_code)

    async def _take(self, socket: ClientConnection, frame: Frame) -> None:
        match frame["t"]:
            case "ready":
                await self._begin(socket, frame)
            case "ack":
                await self._acknowledged(socket, frame)
            case "ev" if frame["s"] > (self.log[-1] if self.log else 0):
                self.log.append(frame["s"])
            case "snap":
                self.log = [line["s"] for line in frame["entries"]]
            case "synced":
                self.is_online = True
            case "bye":
                self.byes.append(frame["reason"])
                self._away_ms = frame["reconnect_ms"]
            case "nack":
                await asyncio.sleep(frame.get("retry_after", PAUSE))
                await self._send(socket, frame["client_id"])

    async def _begin(self, socket: ClientConnection, ready: Frame) -> None:
        self.token, self.c = ready["token"], ready["c"] or self.c
        if self.c:
            await self._follow(socket)
        for client_id in tuple(self.outbox):
            await self._send(socket, client_id)
        await self._fill(socket)

    async def _follow(self, socket: ClientConnection) -> None:
        last = self.log[-1] if self.log else 0
        await socket.send(json.dumps({"t": "sub", "id": 0, "subs": [{"c": self.c, "last_s": last}]}))

    async def _acknowledged(self, socket: ClientConnection, ack: Frame) -> None:
        if self.outbox.pop(ack["client_id"], None) is not None:
            self.acked[ack["client_id"]] = (ack["c"], ack["s"])
        if self.c is None:
            self.c = ack["c"]
            await self._follow(socket)
        await self._fill(socket)

    async def _fill(self, socket: ClientConnection) -> None:
        """One message until the conversation is open, then always a few under way."""
        while not self.is_done and len(self.outbox) < (UNACKED if self.c else 1):
            self._count += 1
            client_id = str(uuid.uuid4())
            self.outbox[client_id] = f"Visitor {self.number}, line {self._count}"
            await self._send(socket, client_id)

    async def _send(self, socket: ClientConnection, client_id: str) -> None:
        body = self.outbox.get(client_id)
        if body is not None:
            await socket.send(json.dumps({"t": "msg", "id": 1, "c": self.c, "client_id": client_id, "body": body}))


@dataclass(slots=True)
class MailServer:
    """A mail server of customers: the same mail again until the answer is 250. `accepted`: their Message-IDs."""

    center: Center
    number: int
    accepted: list[str] = field(default_factory=list)
    is_done: bool = False

    async def run(self) -> None:
        """Until the last one is accepted after `is_done` was set."""
        count = 0
        while not self.is_done:
            count += 1
            author = f"Customer {self.number} <customer-{self.number}-{count}@customer.test>"
            mail = a_mail(f"Mail {count}", by=author, subject=f"Mail {self.number}/{count}")
            await self._deliver(mail)

    async def _deliver(self, mail: EmailMessage) -> None:
        while True:
            try:
                await asyncio.to_thread(hand_in, self.center, mail)
            except (smtplib.SMTPException, OSError):
                await asyncio.sleep(PAUSE)
            else:
                self.accepted.append(str(mail["Message-ID"]))
                return


@dataclass(slots=True)
class BusyAgent:
    """Takes what waits and answers it, each command again until it is confirmed. `replied`: words -> interaction."""

    http: httpx.AsyncClient
    replied: dict[str, str] = field(default_factory=dict)
    is_done: bool = False

    async def run(self) -> None:
        """Until `is_done`."""
        while not self.is_done:
            page = (await self._ask("GET", "/api/queue", params={"view": "waiting", "channel": "email"})).json()
            for row in page["items"][:1]:
                await self._ask("POST", f"/api/interactions/{row['id']}/take", json={})
                await self._reply(row["id"])
            await asyncio.sleep(PAUSE)

    async def _reply(self, c: str) -> None:
        words = f"Answer {uuid.uuid4()}"
        given = {"client_id": str(uuid.uuid4()), "body": words}
        await self._ask("POST", f"/api/interactions/{c}/reply", json=given)
        self.replied[words] = c

    async def _ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = await self.http.request(method, path, **given)
                if answer.status_code < 300:
                    return answer
                assert answer.status_code in (429, 500, 503), answer.text
            await asyncio.sleep(PAUSE)
