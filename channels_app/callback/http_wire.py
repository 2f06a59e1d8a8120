"""The one HTTP client behind the Twilio SDK: kept-alive connections, a timeout for everything, no second try.

No second try, because Twilio knows no idempotency key for a call: what went wrong on the way may have rung.
The SDK's own client waits for ever by default, goes to any host, and spends most of a call's processor time
in `requests`; urllib3, which lies below that, is asked directly.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from json import JSONDecodeError, loads
from typing import Any
from urllib.parse import urlencode, urlsplit

from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3 import BaseHTTPResponse, PoolManager, Timeout, make_headers
from urllib3.exceptions import ProtocolError

from channels_app.callback.failures import RefusedError, UnknownHostError, seconds_of

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
MOST_BYTES = 128 * 1024 * 1024  # a recording of an hour has 58 MB


class Guard(HttpClient):  # type: ignore[misc]  # the SDK has no types
    """Sends a request on to the place that stands for its host, and refuses hosts that it does not know.

    Every answer that is no success becomes a RefusedError here, in one way for all kinds of requests. Redirects are
    none: Twilio sends none, and credentials must not follow one.
    """

    def __init__(self, hosts: Mapping[str, str], wire: HttpClient, timeout: float) -> None:
        super().__init__(log, False, timeout)
        self._hosts, self._wire = hosts, wire

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """The answer. UnknownHostError, RefusedError, or whatever the connection raises."""
        address = self._address(uri)
        answer = self._wire.request(method, address, params, data, headers, auth, timeout or self.timeout, False)
        if not 200 <= answer.status_code < 300:
            raise _refusal(answer)
        return answer

    def _address(self, uri: str) -> str:
        parts = urlsplit(uri)
        base = self._hosts.get(parts.netloc) if parts.scheme == "https" else None
        if base is None:
            raise UnknownHostError(f"No request may go to the host {parts.hostname}.")
        return base + uri[uri.index(parts.netloc) + len(parts.netloc) :]


class Wire(HttpClient):  # type: ignore[misc]  # the SDK has no types
    """HTTP by urllib3, for any number of threads. Sound comes back as bytes, everything else as text."""

    def __init__(self) -> None:
        super().__init__(log, False)
        self._pools = PoolManager(num_pools=8, maxsize=64)

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Ask once."""
        seconds = timeout or CONNECT_SECONDS
        answer = self._pools.urlopen(
            method,
            f"{uri}?{urlencode(params, doseq=True)}" if params else uri,
            body=urlencode(data, doseq=True) if data else None,
            headers={**(headers or {}), **(make_headers(basic_auth=":".join(auth)) if auth else {})},
            timeout=Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        return _response(answer)


def _response(answer: BaseHTTPResponse) -> Response:
    body = answer.read(MOST_BYTES)
    if answer.read(1):
        answer.close()  # what is left of it must not be the next one's answer
        raise ProtocolError("the answer is too long")
    answer.release_conn()
    is_sound = answer.headers.get("Content-Type", "").startswith("audio/")
    return Response(answer.status, body if is_sound else body.decode(errors="replace"), answer.headers)


def _refusal(answer: Response) -> RefusedError:
    body = _json(answer.content)
    code, text = body.get("code"), body.get("message") or body.get("title") or ""
    wait = seconds_of((answer.headers or {}).get("Retry-After"), datetime.now(UTC))
    return RefusedError(answer.status_code, code if isinstance(code, int) else 0, str(text), wait)


def _json(content: str | bytes) -> dict[str, Any]:
    try:
        found = loads(content)
    except (JSONDecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
