"""The whole centre in one process and on one event loop: web, sockets, mail, tickers."""

from daphne.server import Server, twisted_loop  # isort: skip - installs the reactor, so it comes before everything else

import asyncio
import gc
import logging
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.module_loading import import_string

from interaction_center.adapters import adapter_for
from interaction_center.asgi import application
from interaction_center.console.consumers import renew_connections
from interaction_center.daphne_limits import limit_daphne
from interaction_center.due_work import connect_bell, disconnect_bell, free_leases
from interaction_center.live.background import background, finish_background
from interaction_center.live.heads import keep_heads
from interaction_center.live.hub import hub
from interaction_center.live.session import say_goodbye
from interaction_center.live.threads import in_database_thread
from interaction_center.live.tickers import Ticker
from interaction_center.live.writer import writer
from interaction_center.queue.delivery import finish_deliveries
from interaction_center.queue.selectors import heads
from interaction_center.routing.services import forget_connections
from kb.search_process import SEARCH

log = logging.getLogger(__name__)
RENEW_SECONDS = 30
DRAIN_SECONDS = 10
MAX_SOCKET_FRAME = 256 * 1024  # ours is 64 KiB and is answered by an error; over this one the connection is dropped


class Command(BaseCommand):
    """`runcenter --host --port --smtp-port`."""

    help = "Serve the centre until SIGINT or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--smtp-port", type=int, default=settings.CONFIG.smtp_port)
        parser.add_argument("--catcher-port", type=int, default=settings.CONFIG.catcher_port)

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor == "sqlite":
            forget_connections()  # SQLite means one process: whoever was connected before is not any more,
            free_leases()  # and whatever an earlier one had in hand when it died is nobody's
        settings.CONFIG.smtp_port = options["smtp_port"]
        settings.CONFIG.catcher_port = options["catcher_port"]
        center = Center(options["host"], options["port"])
        center.run()
        if center.failure is not None:
            raise SystemExit(f"The centre could not start: {center.failure}")
        self.stdout.write("Stopped. Everything that was accepted is stored.")


class Center:
    """The parts and the order in which they start and stop."""

    def __init__(self, host: str, port: int) -> None:
        self._address = f"http://{host}:{port}"
        self._adapters = [adapter_for(kind) for kind in settings.CHANNELS]
        self._tickers: list[Ticker] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self.failure: Exception | None = None
        limit_daphne()
        self._server = Server(
            application=application,
            endpoints=[f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}"],
            signal_handlers=False,
            ready_callable=self._begin,
            websocket_max_message_size=MAX_SOCKET_FRAME,
            websocket_max_frame_size=MAX_SOCKET_FRAME,
            websocket_connect_timeout=20,
            ping_interval=20,
            ping_timeout=30,
            verbosity=0,
            server_name="interaction-center",
        )

    def run(self) -> None:
        """Until a signal comes."""
        for name in (signal.SIGINT, signal.SIGTERM):
            twisted_loop.add_signal_handler(name, self._ask_to_stop)
        self._server.run()

    def _begin(self) -> None:
        twisted_loop.create_task(self._start())

    async def _start(self) -> None:
        try:
            hub.attach(asyncio.get_running_loop())
            writer.start()
            SEARCH.move_out()
            for slug, (path, seconds) in settings.DUE_WORK.items():
                self._start_ticker(slug, path, seconds)
            for adapter in self._adapters:
                await adapter.start()
            self._tasks += [_task(keep_heads(_read_heads)), _task(_keep_presence())]
        except Exception as error:
            self.failure = error
            await self._stop()
            return
        gc.freeze()  # what is loaded now stays: full collections need not look at it again
        log.info("The centre is open at %s", self._address)

    def _start_ticker(self, slug: str, path: str, seconds: float) -> None:
        ticker = Ticker(slug, import_string(path), seconds)
        connect_bell(slug, ticker.ring)
        self._tickers.append(ticker)
        self._tasks.append(_task(ticker.run()))

    def _ask_to_stop(self) -> None:
        if not self._stopping:
            self._stopping = True
            background(self._stop())

    async def _stop(self) -> None:
        """The sockets (bye, 1012) and mail (421 for new ones), then what is in hand, the last commit, what it began."""
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._drain()
        except TimeoutError:
            log.warning("Not everything ended in %s s; what was acknowledged is stored all the same", DRAIN_SECONDS)
        await SEARCH.end()
        self._server.stop()

    async def _drain(self) -> None:
        try:
            await asyncio.gather(say_goodbye(), *(adapter.stop() for adapter in self._adapters))
            await self._end_tickers()
        finally:
            await writer.stop()
        await finish_background()

    async def _end_tickers(self) -> None:
        for ticker in self._tickers:
            disconnect_bell(ticker.slug)
            ticker.stop()
        for task in self._tasks[len(self._tickers) :]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await finish_deliveries()


def _task(work: Any) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(work)


async def _read_heads(names: Any) -> dict[str, int]:
    return await in_database_thread(heads, names)


async def _keep_presence() -> None:
    """The sockets of this process renew their leases together."""
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        try:
            await renew_connections()
        except Exception:
            log.exception("Presence could not be renewed")
