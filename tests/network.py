"""A network of a test's own: two ends of one cable and a default route, so that browsers find a direct way to each
other, and so that the way can be cut while everything on 127.0.0.1 goes on.

Linux has a network for each thread: the one that enters is in it, and so is whatever it starts from then on.
"""

import contextlib
import ctypes
import errno
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h
ADDRESS, BEYOND = "10.99.0.1", "10.99.0.2"
SET_UP = f"""link set lo up
link add near type veth peer name far
address add {ADDRESS}/24 dev near
link set near up
link set far up
route add default via {BEYOND} dev near
neighbour add {ADDRESS} lladdr 02:00:00:00:00:01 dev near nud permanent"""
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Network:
    """What stands between the two ends of a direct line: the route to our own address beside 127.0.0.1."""

    def cut(self) -> None:
        """What is sent to the address leaves by the cable and arrives nowhere; whoever sends hears of no failure."""
        _ip(f"route del local {ADDRESS} dev near table local")

    def mend(self) -> None:
        """As before."""
        _ip(f"route add local {ADDRESS} dev near table local")


@contextlib.contextmanager
def own_network() -> Iterator[Network]:
    """This thread is in a network of its own. OSError where it may not: that takes Linux, root and iproute2."""
    if not shutil.which("ip"):
        raise FileNotFoundError(errno.ENOENT, "iproute2 is missing", "ip")
    with open(place(), "rb") as before:
        _check(LIBC.unshare(NEW_NETWORK))
        try:
            _ip(*SET_UP.splitlines())
            yield Network()
        finally:
            _enter(before.fileno())


def place() -> str:
    """The network of this thread, for other processes too."""
    return f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net"


def follow(other: str) -> None:
    """This thread is in that network from now on, if it isn't already."""
    if Path(other).exists() and os.readlink(other) != os.readlink(place()):
        with open(other, "rb") as network:
            _enter(network.fileno())


def _enter(network: int) -> None:
    _check(LIBC.setns(network, NEW_NETWORK))


def _check(failed: int) -> None:
    if failed:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _ip(*lines: str) -> None:
    words = "\n".join(lines) + "\n"
    done = subprocess.run(["ip", "-batch", "-"], input=words, text=True, capture_output=True, check=False)
    if done.returncode:
        raise OSError(errno.ENOTSUP, done.stderr.strip(), "ip")
