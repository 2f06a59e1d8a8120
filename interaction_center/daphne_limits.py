"""What Daphne takes in without a limit, limited: request bodies, and frames that wait for the application.

Daphne reads a body to its end before anybody may refuse it, and queues frames faster than they can be served.
Import `daphne.server` before this module: it installs the reactor.
"""

from collections import deque
from typing import Any

from daphne import http_protocol
from daphne.http_protocol import WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings

from interaction_center.access.problems import error_json
from interaction_center.live.session import RATE_LIMIT

MAX_WAITING_FRAMES = 64
MAX_WAITING_BYTES = 2**20
FORM_BYTES = 6 * 2**20  # what goes with a file in its form; Django's own limit for a body without files is lower
LINGER_SECONDS = 5.0


def limit_daphne() -> None:
    """Daphne finds both classes by these names; call this before the server runs."""
    WebSocketFactory.protocol = LimitedProtocol
    http_protocol.WebRequest = LimitedRequest


class LimitedProtocol(WebSocketProtocol):  # type: ignore[misc]  # Daphne has no types
    """A socket that sends faster than it is served is closed (4029)."""

    def onConnect(self, request: Any) -> Any:
        """The frames in Daphne's queue are counted from here on."""
        self._waiting: deque[int] = deque()
        self._waiting_bytes = 0
        return super().onConnect(request)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """Into the queue of the application, as long as there is room."""
        if self.state != self.STATE_OPEN:
            return
        while len(self._waiting) > self.application_queue.qsize():
            self._waiting_bytes -= self._waiting.popleft()
        if len(self._waiting) >= MAX_WAITING_FRAMES or self._waiting_bytes + len(payload) > MAX_WAITING_BYTES:
            self.serverClose(RATE_LIMIT)
            return
        self._waiting.append(len(payload))
        self._waiting_bytes += len(payload)
        super().onMessage(payload, isBinary)

    def serverClose(self, code: int | None = None) -> None:
        """Send our close frame; autobahn waits for the answer as after its own.

        autobahn's `sendClose` refuses 1011, 1012 and 1013, which a server may send (RFC 6455 7.4.2, IANA registry).
        """
        self.sendCloseFrame(code=1000 if code is None else code, isReply=False)


class LimitedRequest(WebRequest):  # type: ignore[misc]  # as above
    """A request whose body is too large is answered with 413 before the body is read."""

    _body_bytes = 0
    _is_refused = False

    def __init__(self, *args: Any, **options: Any) -> None:
        """Forms are read by Django alone: Twisted would take longer for it than everything else of a short request."""
        super().__init__(*args, parsePOSTFormSubmission=False, **options)

    def gotLength(self, length: int | None) -> None:
        """The headers are read; `length` is None when the body comes in chunks."""
        super().gotLength(length)
        if length is not None and length > self._limit:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        """A piece of the body. What comes after a refusal is dropped."""
        self._body_bytes += len(data)
        if not self._is_refused and self._body_bytes > self._limit:
            self._refuse()
        if not self._is_refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """The body is complete."""
        if self._is_refused:
            self.channel.transport.loseConnection()
        else:
            super().requestReceived(command, path, version)

    @property
    def _limit(self) -> int:
        """In bytes. Only the channel knows the path before the body is there."""
        path = self.channel._path.partition(b"?")[0].decode("latin-1")
        return FORM_BYTES + (settings.ATTACHMENT_MAX_BYTES if settings.UPLOAD_PATHS.fullmatch(path) else 0)

    def _refuse(self) -> None:
        """Answer, and read on for a moment: closed at once, the answer would be lost with what is under way."""
        self._is_refused = True
        limit = self._limit
        message = f"The request is too large: at most {limit // 2**20} MB."
        body = error_json(413, "too_large", message, {"limit": limit}).content
        head = (
            "HTTP/1.1 413 Content Too Large\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        transport = self.channel.transport
        transport.write(head.encode() + body)
        self.channel.callLater(LINGER_SECONDS, transport.loseConnection)
