"""The process that searches: `python -m kb.search_worker <descriptor>`, started by `kb.search_process`."""

import contextlib
import gc
import logging
import pickle
import signal
import socket
import sys

import django

django.setup()  # loads the apps: what follows needs their models

from interaction_center.live.threads import release_connection  # noqa: E402
from kb.live_index import LIVE_INDEX, Found  # noqa: E402
from kb.search_process import SIZE_BYTES, Asked, find, packed  # noqa: E402

log = logging.getLogger(__name__)


def main() -> None:
    """Answers until the line ends. A signal to the whole service must not end it before the service itself."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as line, contextlib.suppress(ConnectionError):
        serve(line)


def serve(line: socket.socket) -> None:
    """One question after the other. `True` beside it: something was changed."""
    incoming, is_frozen = line.makefile("rb"), False
    while size := int.from_bytes(incoming.read(SIZE_BYTES)):
        asked, is_changed = pickle.loads(incoming.read(size))  # noqa: S301  # from the process that started us
        if is_changed:
            LIVE_INDEX.forget()
        line.sendall(packed(_answer(asked)))
        if not is_frozen:
            gc.freeze()  # the index stays: full collections need not look at it again
            is_frozen = True


def _answer(asked: Asked) -> Found:
    """[] for a question that can't be searched now (no database): a person is asked then."""
    try:
        return find(asked)
    except Exception:
        log.exception("A question could not be searched")
        return []
    finally:
        release_connection()


if __name__ == "__main__":
    main()
