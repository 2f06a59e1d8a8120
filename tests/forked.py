"""`python -m module words` as a fork of a process that has read the libraries before.

Of the two and a half seconds that a centre takes to start, more than one goes to libraries, and the tests start a
hundred centres. Our own modules, and whatever asks for Django's settings, are read by each process itself: what it is
follows from its environment alone, as it does elsewhere. It is in the network of whoever asked for it.
"""

import gc
import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Protocol

from tests import network

# None of them reads the settings, starts a thread or installs Twisted's reactor.
LIBRARIES = [
    *("aiohttp.web", "aiosmtpd.smtp", "argon2", "asgiref.sync", "autobahn.wamp.protocol"),
    *("autobahn.websocket.protocol", "cffi.api", "fido2.server"),
    *("django.core.handlers.asgi", "django.core.management.commands.migrate", "django.db.backends.sqlite3.base"),
    *("django.forms", "django.template.backends.django", "django.test", "django.views.generic", "holidays", "jwt"),
    *("markdown_it", "nh3", "phonenumbers.timezone", "pydantic.networks", "pydantic_settings", "pypdf"),
    *("rapidfuzz", "selectolax.lexbor", "service_identity", "sqlparse", "Stemmer", "twilio.http.async_http_client"),
    *("twilio.jwt.access_token.grants", "twilio.rest.api.v2010.account", "twisted.internet.endpoints"),
    *("twisted.internet.ssl", "twisted.internet.stdio", "twisted.web.http", "urllib3"),
]
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(LIBRARIES)


class Running(Protocol):
    """What tests do with a process, `subprocess.Popen` or ours."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def kill(self) -> None: ...


class Forked:
    """A process whose parent is the one that has read the libraries; used as `subprocess.Popen` is."""

    def __init__(
        self, words: list[str], *, folder: Path, environment: Mapping[str, str], output: Path, errors: Path
    ) -> None:
        """The first word is the module. Output is appended to the files, which may be the same."""
        self._process: ForkServerProcess = CONTEXT.Process(
            target=_run, args=(words, folder, environment, output, errors, network.place())
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended; its exit code."""
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise TimeoutExpired(self._process.name, timeout or 0.0)
        return code

    def send_signal(self, sig: int) -> None:
        """As `Popen.send_signal`: whoever has ended gets none."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """As a power cut does."""
        self._process.kill()


def _run(
    words: list[str], folder: Path, environment: Mapping[str, str], output: Path, errors: Path, place: str
) -> None:
    network.follow(place)
    for stream, path in ((1, output), (2, errors)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), stream)
    gc.freeze()  # the libraries stay: a collection need not look at them, nor this process have its own copy of them
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
