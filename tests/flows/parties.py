"""The people of a flow, each by the way they really come: an agent by HTTP and the console's socket, a visitor by the
widget's socket, a customer by SMTP. And the world that mail leaves into."""

import asyncio
import contextlib
import itertools
import json
import smtplib
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, TypeVar, overload

import httpx
import websockets
from aiosmtpd.smtp import SMTP, Envelope, Session
from websockets.asyncio.client import ClientConnection
from websockets.typing import Origin, Subprotocol

from tests.seed import MAILBOX, PASSWORD, SITE_KEY, SITE_ORIGIN
from tests.servers import Center, free_ports

T = TypeVar("T")
Frame = dict[str, Any]
PATIENCE = 30.0  # a busy machine is no failure
PROTOCOL = Subprotocol("cic.v1")
_numbers = itertools.count(1)


@overload
async def eventually(ask: Callable[[], Coroutine[Any, Any, T]], *, seconds: float = PATIENCE) -> T: ...
@overload
async def eventually(ask: Callable[[], T], *, seconds: float = PATIENCE) -> T: ...
async def eventually(ask: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """The first answer that is not empty; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        found = await answer if isinstance(answer, Coroutine) else answer
        if found:
            return found
        assert time.monotonic() < deadline, f"nothing came in {seconds} s"
        await asyncio.sleep(0.02)


class Wire:
    """One socket of protocol `cic.v1`: whatever comes is kept in `frames`; the log of each conversation in `log`.

    Numbers are taken as a client must take them: a repeated one is counted in `repeated` and left out.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames: list[Frame] = []
        self.log: dict[str, dict[int, Frame]] = {}
        self.repeated = 0
        self.close_code: int | None = None
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def tell(self, **frame: Any) -> None:
        """Send one frame."""
        await self.socket.send(json.dumps(frame))

    async def hears(self, kind: str, *, seconds: float = PATIENCE, **fields: Any) -> Frame:
        """The first frame of this type with these fields, come already or coming."""
        return await eventually(lambda: self._first(kind, fields), seconds=seconds)

    async def reads(self, c: str, body: str) -> Frame:
        """The message with these words in the log of this conversation."""
        return await eventually(lambda: next((line for line in self.lines(c) if line.get("body") == body), {}))

    def lines(self, c: str) -> list[Frame]:
        """The log of one conversation as far as it has come, in order."""
        return [line for _, line in sorted(self.log.get(c, {}).items())]

    def events(self, c: str) -> list[str]:
        """Names of what happened in it."""
        return [line["event"]["name"] for line in self.lines(c) if line["kind"] == "event"]

    async def follow(self, *names: str, last_s: int = 0) -> None:
        """Subscribe, and wait until every log is complete."""
        known = len(self.frames)
        await self.tell(t="sub", id=next(_numbers), subs=[{"c": name, "last_s": last_s} for name in names])
        missing = set(names)
        await eventually(lambda: missing <= {f["c"] for f in self.frames[known:] if f["t"] == "synced"})

    async def leave(self) -> None:
        """Close the window."""
        await self.socket.close()
        await asyncio.gather(self._reader, return_exceptions=True)

    async def closed(self) -> int:
        """Wait until the other side has closed; its code."""
        await asyncio.wait_for(asyncio.shield(self._reader), PATIENCE)
        assert self.close_code is not None
        return self.close_code

    def _first(self, kind: str, fields: Frame) -> Frame:
        wanted = fields.items()
        return next((frame for frame in self.frames if frame["t"] == kind and wanted <= _plain(frame).items()), {})

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                came = json.loads(await self.socket.recv())
                for frame in came if isinstance(came, list) else [came]:
                    self._take(frame)
        self.close_code = self.socket.close_code

    def _take(self, frame: Frame) -> None:
        self.frames.append(frame)
        lines = frame["entries"] if frame["t"] == "snap" else [frame] if frame["t"] == "ev" else []
        for line in lines:
            known = self.log.setdefault(frame["c"], {})
            self.repeated += line["s"] in known
            known[line["s"]] = line


def _plain(frame: Frame) -> Frame:
    """What can be compared as a set."""
    return {name: value for name, value in frame.items() if not isinstance(value, dict | list)}


@dataclass(slots=True)
class Visitor:
    """Somebody on a host page. `token` is what the widget keeps in the browser."""

    wire: Wire
    token: str
    c: str

    async def says(self, body: str, *, client_id: str = "", **fields: Any) -> Frame:
        """One message; the acknowledgement."""
        number, client_id = next(_numbers), client_id or str(uuid.uuid4())
        await self.wire.tell(t="msg", id=number, c=self.c or None, client_id=client_id, body=body, **fields)
        ack = await self.wire.hears("ack", id=number)
        if not self.c:
            self.c = ack["c"]
            await self.wire.follow(self.c)
        return ack


async def open_wire(
    center: Center, path: str, *, origin: str, cookies: str = "", protocol: Subprotocol = PROTOCOL
) -> Wire:
    """A connected socket that has said nothing yet."""
    headers = {"Cookie": cookies} if cookies else {}
    socket = await websockets.connect(
        f"{center.ws_url}{path}",
        origin=Origin(origin),
        subprotocols=[protocol],
        additional_headers=headers,
        max_size=None,
        open_timeout=30,
    )
    return Wire(socket)


async def visit(
    center: Center, *, token: str | None = None, last_s: int = 0, lang: str = "en", origin: str = SITE_ORIGIN
) -> Visitor:
    """The widget opens; a visitor with a token finds the conversation again, from `last_s` on."""
    wire = await open_wire(center, "/ws/chat", origin=origin)
    await wire.tell(t="auth", site=SITE_KEY, token=token, lang=lang, page=f"{origin}/help")
    ready = await wire.hears("ready")
    if ready["c"]:
        await wire.follow(ready["c"], last_s=last_s)
    return Visitor(wire, ready["token"], ready["c"] or "")


@dataclass(slots=True)
class Colleague:
    """Somebody who works in the console."""

    http: httpx.AsyncClient
    wire: Wire

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of a page of the API."""
        answer = await self.http.get(f"/api/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def does(self, path: str, **body: Any) -> Any:
        """A command; waits out the limit for people who command too fast."""
        while (answer := await self.http.post(f"/api/{path}", json=body)).status_code == 429:
            await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def replies(self, c: str, body: str) -> Frame:
        """An answer to the customer; its entry."""
        entry: Frame = await self.does(f"interactions/{c}/reply", client_id=str(uuid.uuid4()), body=body)
        return entry

    async def sees(self, subject: str = "", *, view: str = "open", **row: Any) -> Frame:
        """The first row of the queue with this subject and these fields, there already or coming."""
        return await eventually(lambda: self._row(view, {"subject": subject, **row} if subject else row))

    async def log(self, c: str) -> list[Frame]:
        """The last hundred lines of an interaction."""
        lines: list[Frame] = (await self.get(f"interactions/{c}/entries"))["items"]
        return lines

    async def messages(self, c: str) -> list[str]:
        """What was said in it."""
        return [line["body"] for line in await self.log(c) if line["kind"] == "message"]

    async def _row(self, view: str, fields: Frame) -> Frame:
        rows = (await self.get("queue", view=view))["items"]
        return next((row for row in rows if fields.items() <= _plain(row).items()), {})


@contextlib.asynccontextmanager
async def at_work(center: Center, email: str, *, wanted: str = "") -> AsyncIterator[Colleague]:
    """Signed in by the form, the console open on the queue; `wanted` = available takes offers."""
    async with signed_in(center, email) as http:
        wire = await open_console(center, http)
        await wire.follow("inbox")
        colleague = Colleague(http, wire)
        if wanted:
            await colleague.does("me/status", wanted=wanted)
        yield colleague
        await wire.leave()


@contextlib.asynccontextmanager
async def signed_in(center: Center, email: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser's cookies after the sign-in form."""
    own = {"Origin": center.base_url, "Referer": f"{center.base_url}/"}
    async with httpx.AsyncClient(base_url=center.base_url, headers=own, timeout=30) as http:
        await http.get("/accounts/login/")
        form = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": http.cookies["csrftoken"]}
        answer = await http.post("/accounts/login/", data=form)
        assert answer.status_code == 302, answer.text[:2000]
        http.headers["X-CSRFToken"] = http.cookies["csrftoken"]
        yield http


async def open_console(center: Center, http: httpx.AsyncClient) -> Wire:
    """The console's socket, with the cookies of a browser that is signed in."""
    cookies = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    wire = await open_wire(center, "/ws/console", origin=center.base_url, cookies=cookies)
    await wire.tell(t="auth")
    await wire.hears("ready")
    return wire


@dataclass(slots=True)
class Caught:
    """A mail that has left the centre."""

    sender: str
    recipients: list[str]
    mail: EmailMessage

    @property
    def text(self) -> str:
        """Its plain text."""
        part = self.mail.get_body(("plain",))
        return str(part.get_content()) if part else ""


@dataclass(slots=True)
class World:
    """Where mail goes that leaves the centre. `refuse` is an SMTP answer that every mail gets while it is set; `ready`,
    when cleared, lets every mail that has come wait for its answer."""

    port: int = field(default_factory=lambda: free_ports(1)[0])
    mails: list[Caught] = field(default_factory=list)
    refuse: str = ""
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.ready.set()

    @property
    def url(self) -> str:
        """For SMTP_RELAY_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take it."""
        if self.refuse:
            return self.refuse
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        sender = (envelope.mail_from or "").strip("<>")  # aiosmtpd calls the null sender "<>"
        self.mails.append(Caught(sender, envelope.rcpt_tos, mail))
        await self.ready.wait()
        return "250 2.0.0 queued as world-1"

    async def mail_to(self, address: str, *, count: int = 1) -> Caught:
        """The mail number `count` to this address, come already or coming."""
        await eventually(lambda: len(self.to(address)) >= count)
        return self.to(address)[count - 1]

    def to(self, address: str) -> list[Caught]:
        """What this address has got."""
        return [caught for caught in self.mails if caught.recipients == [address]]


@contextlib.asynccontextmanager
async def the_world() -> AsyncIterator[World]:
    """A mail server on the running loop."""
    world = World()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(world, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", world.port)
    yield world
    server.close()


def a_mail(
    text: str, *, by: str = "Carla Customer <carla@customer.test>", subject: str = "My printer", **headers: str
) -> EmailMessage:
    """A mail of a customer. Header names are written with underscores."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = by, MAILBOX, subject
    mail["Message-ID"] = f"<{uuid.uuid4()}@customer.test>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def an_answer_to(caught: Caught, text: str, **headers: str) -> EmailMessage:
    """What a mail program makes of “Reply”."""
    theirs = str(caught.mail["Message-ID"])
    return a_mail(
        f"{text}\n\nOn Mon, 2 Mar 2026 at 10:00, Service <{MAILBOX}> wrote:\n> {caught.text.splitlines()[0]}\n",
        subject=f"Re: {caught.mail['Subject']}",
        In_Reply_To=theirs,
        References=f"{caught.mail['References'] or ''} {theirs}".strip(),
        **headers,
    )


async def post(center: Center, mail: EmailMessage, *, sender: str | None = None) -> None:
    """Hand it in as another mail server does; the centre must take it (250)."""
    await asyncio.to_thread(hand_in, center, mail, sender)


def hand_in(center: Center, mail: EmailMessage, sender: str | None = None) -> None:
    """The same, blocking; smtplib's exceptions say what was refused. `sender` "": nobody, None: the author."""
    with smtplib.SMTP(*center.smtp, timeout=60) as smtp:
        smtp.send_message(mail, from_addr=sender, to_addrs=[MAILBOX])
