"""Frames in which the ends of a session learn how it stands. Pure."""

from collections.abc import Mapping
from typing import Any

from channels_app.cobrowse.wording import asked_wording
from interaction_center.live.session import encode

Facts = Mapping[str, Any]


def state(facts: Facts) -> dict[str, Any]:
    """How the session stands, after every change."""
    return {"t": "state"} | standing(facts)


def standing(facts: Facts) -> dict[str, Any]:
    """The same, as a part of `ready`."""
    return {
        "state": facts["stage"],
        "scopes": facts["scopes"],
        "agents": facts["agents"],
        "asking": [*facts["asks"]],
        "controller": facts["controller"] or None,
        "submit": facts["submit"],
        "paused": facts["paused"],
        "paused_by": facts["paused_by"],
        "reconnecting": facts["reconnecting"],
    }


def ask(scope: str, asked: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A question, in words, for the customer."""
    words = asked_wording(scope, language, asked)
    return {
        "scope": scope,
        "by": {"id": asked["by"], "name": asked["name"]},
        "version": words.version,
        "hash": words.hash,
        "text": words.text,
        "until": asked["until"],
        "submit": asked["submit"],
    }


def asked(scope: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The same question, for agents."""
    return {"scope": scope, "by": {"id": asked["by"], "name": asked["name"]}, "until": asked["until"]}


def asks(facts: Facts) -> list[dict[str, Any]]:
    """All open questions, for the customer."""
    return [ask(scope, open_ask, facts["language"]) for scope, open_ask in facts["asks"].items()]


def all_asked(facts: Facts) -> list[dict[str, Any]]:
    """All open questions, for agents."""
    return [asked(scope, open_ask) for scope, open_ask in facts["asks"].items()]


def error(code: str, message: str) -> str:
    """The last frame before a close."""
    return text({"t": "err", "code": code, "message": message})


def text(frame: Mapping[str, Any]) -> str:
    """A frame as it is sent."""
    return encode(frame)
