"""The network as an HTTP server on this machine: Twilio's API under /2010-04-01/, the control API under /box/."""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web
from yarl import URL

from channels_app.callback.simulator.account import API_VERSION, Account
from channels_app.callback.simulator.box import Box
from channels_app.callback.simulator.ledger import Ledger
from channels_app.callback.simulator.network import Network, unreachable
from channels_app.callback.simulator.phones import Script
from channels_app.callback.simulator.rest import RestAnswer
from channels_app.callback.simulator.transport import basic_auth
from channels_app.callback.simulator.webhooks import NO_ANSWER, WebhookAnswer, WebhookRequest

log = logging.getLogger(__name__)

LOOPBACK: Final = "127.0.0.1"
CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 15.0  # both as Twilio
LARGEST_DOCUMENT: Final = 65_536
LOST_SECONDS: Final = 60.0  # how long the connection of an answer that got lost stays open


class Pace:
    """How network time follows the clock on the wall: with it, ahead of it after a skip, or only when told to."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: float, *, is_manual: bool) -> None:
        self._loop = loop
        self._began = loop.time()
        self._start = start
        self.is_manual = is_manual

    def now(self) -> float:
        """The network's instant."""
        return self._start + (0.0 if self.is_manual else self._loop.time() - self._began)

    def skip(self, seconds: float) -> None:
        """Let time jump ahead."""
        self._start += seconds

    def until(self, instant: float) -> float:
        """Seconds on the wall until that instant."""
        return max(0.0, instant - self.now())


class RunningNetwork:
    """A network that runs on this loop: it keeps the clock, sends the callbacks and answers requests."""

    def __init__(self, network: Network, pace: Pace, session: ClientSession) -> None:
        self.network = network
        self.address = ""
        self.pace = pace
        self._session = session
        self._loop = asyncio.get_running_loop()
        self._alarm: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.is_stopped = False

    # Time.

    def wall(self) -> float:
        """Seconds on the wall."""
        return self._loop.time()

    def turn(self) -> None:
        """Let happen what is due, and wake up for what comes next."""
        self.network.run_to(self.pace.now())
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        coming = self.network.timeline.next_at()
        if coming is not None and not self.pace.is_manual:
            self._alarm = self._loop.call_later(self.pace.until(coming), self.turn)

    def skip(self, seconds: float) -> None:
        """Let time jump ahead, with all that happens on the way."""
        self.pace.skip(seconds)
        self.turn()

    async def change(self, seconds: float) -> None:
        """Wait until something happens in the network, at most so long."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    # The way out.

    def send(self, request: WebhookRequest) -> None:
        """Ask the customer's server; the answer comes later."""
        task = self._loop.create_task(self._post(request))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _post(self, request: WebhookRequest) -> None:
        answer = await self._answer_to(request)
        request.answered(answer)
        if not self.is_stopped:
            self.turn()

    async def _answer_to(self, request: WebhookRequest) -> WebhookAnswer:
        body = request.body.encode() if request.body else None
        try:
            async with self._session.request(
                request.method, _exact(request.url), data=body, headers=request.headers, allow_redirects=False
            ) as response:
                text = (await response.read())[:LARGEST_DOCUMENT].decode("utf-8", "replace")
                return WebhookAnswer(response.status, text, response.headers.get("Content-Type", ""))
        except (ClientError, OSError, TimeoutError, ValueError):
            return WebhookAnswer(NO_ANSWER)

    # The way in.

    async def api(self, request: web.Request) -> web.StreamResponse:
        """One request to Twilio's API."""
        posted = await request.post()
        form = {name: [str(value) for value in posted.getall(name)] for name in posted}
        query = {name: request.query.getall(name) for name in request.query}
        self.network.run_to(self.pace.now())
        path = request.raw_path.partition("?")[0]
        answer = self.network.request(request.method, path, form=form, query=query, auth=basic_auth(request.headers))
        self.turn()
        return await self._give(request, answer)

    async def _give(self, request: web.Request, answer: RestAnswer) -> web.StreamResponse:
        if answer.fate == "lost":
            await asyncio.sleep(LOST_SECONDS)
        if answer.fate in ("lost", "reset"):
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        headers = dict(answer.headers)
        return web.Response(body=answer.body, status=answer.status, content_type=answer.content_type, headers=headers)

    # Begin and end.

    async def listen(self, port: int) -> None:
        """Take requests on this port of the loopback device; 0: any."""
        app = web.Application(client_max_size=1_000_000)
        app.router.add_route("*", f"/{API_VERSION}/{{rest:.*}}", self.api)
        Box(self).add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, port).start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"
        self.turn()

    async def stop(self) -> None:
        """End, and with the network all calls."""
        self.is_stopped = True
        if self._alarm is not None:
            self._alarm.cancel()
        self._changed.set()
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.network.ledger.end_all(self.network.timeline.now)
        self.network.ledger.close()


async def start_in_loop(
    account: Account,
    *,
    data: Path | None = None,
    port: int = 0,
    seed: int | None = None,
    is_manual: bool = False,
    start: datetime | None = None,
    otherwise: Script | None = None,
) -> RunningNetwork:
    """A network on the running loop, with its ledger in this folder. `is_manual`: time passes only when told to."""
    begin = start or datetime.now(UTC)
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(data / "ledger.jsonl") if data is not None else Ledger()
    network = Network(account=account, send=unreachable, start=begin, ledger=ledger, seed=seed, otherwise=otherwise)
    pace = Pace(asyncio.get_running_loop(), begin.timestamp(), is_manual=is_manual)
    timeout = ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS)
    running = RunningNetwork(network, pace, ClientSession(timeout=timeout, connector=TCPConnector(limit=100)))
    network.send = running.send
    await running.listen(port)
    return running


def _exact(url: str) -> URL:
    """The address as it was signed: nothing in it is encoded anew."""
    return URL(url, encoded=True)
