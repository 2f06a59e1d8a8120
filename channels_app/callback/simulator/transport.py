"""The SDK's way into a network of the same process: no socket, the same words and the same mishaps."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from twilio.http import HttpClient
from twilio.http.response import Response

from channels_app.callback.simulator.network import Network

HOST = "api.twilio.com"


class NetworkTransport(HttpClient):  # type: ignore[misc] # the SDK carries no types
    """`Client(sid, token, http_client=NetworkTransport(network))`. Asks no other host than api.twilio.com, and that
    one not really."""

    def __init__(self, network: Network, timeout: float = 10.0) -> None:
        self._network = network
        self.timeout = timeout

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request; raises what `requests` raises when an answer is lost or a connection is closed."""
        parts = urlsplit(uri)
        if parts.hostname != HOST:
            raise requests.exceptions.ConnectionError(f"{parts.hostname} is not in the phone network in a box")
        query = {**parse_qs(parts.query, keep_blank_values=True), **values_of(params or {})}
        credentials = auth or basic_auth(headers or {})
        answer = self._network.request(method, parts.path, form=values_of(data or {}), query=query, auth=credentials)
        if answer.fate == "reset":
            raise requests.exceptions.ConnectionError("Connection reset by peer")
        if answer.fate == "lost" or answer.delay > (timeout or self.timeout):
            raise requests.exceptions.ReadTimeout("Read timed out")
        named = {"Content-Type": answer.content_type, **dict(answer.headers)}
        is_sound = answer.content_type.startswith("audio/")
        return Response(answer.status, answer.body if is_sound else answer.body.decode("utf-8", "replace"), named)


def values_of(fields: Mapping[str, object]) -> dict[str, list[str]]:
    """Fields as a form carries them: every value a list of texts."""
    return {name: [_text(item) for item in _items(value)] for name, value in fields.items() if value is not None}


def _items(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def basic_auth(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """User and password of an Authorization header; None if it holds none."""
    scheme, _, encoded = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return user, password
