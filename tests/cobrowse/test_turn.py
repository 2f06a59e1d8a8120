"""Credentials of TURN, as a server with a static secret computes them."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from django.conf import settings

from channels_app.cobrowse.turn import servers

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_without_a_server_there_is_none() -> None:
    assert servers("a", NOW) == []


def test_credentials_are_good_for_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.CONFIG, "turn_urls", "turn:turn.example:3478, turns:turn.example:5349")
    monkeypatch.setattr(settings.CONFIG, "turn_secret", "north")
    (server,) = servers("s-page", NOW)
    name = f"{int(NOW.timestamp()) + 600}:s-page"
    assert server["urls"] == ["turn:turn.example:3478", "turns:turn.example:5349"]
    assert server["username"] == name
    expected = hmac.new(b"north", name.encode(), hashlib.sha1).digest()
    assert server["credential"] == base64.b64encode(expected).decode()


def test_a_server_that_asks_for_none_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.CONFIG, "turn_urls", "stun:turn.example")
    assert servers("a", NOW) == [{"urls": ["stun:turn.example"]}]
