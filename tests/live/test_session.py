"""One socket of `cic.v1`: who is let in, and what becomes of frames that are none."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from interaction_center.errors import BadRequestError
from interaction_center.live import session as session_module
from interaction_center.live.hub import Hub
from interaction_center.live.session import MAX_FAULTS, MAX_FRAME_IN, read_subscriptions, say_goodbye
from tests.live.peers import EchoSession, Peer

Runs = list[asyncio.Task[None]]


class Line:
    """A peer and the session that serves it."""

    def __init__(self, hub: Hub, peer: Peer) -> None:
        self.hub, self.peer = hub, peer
        self.session = EchoSession(peer, hub)
        self.task = asyncio.create_task(self.session.run())

    async def until(self, kind: str, count: int = 1) -> None:
        await self.peer.until(lambda peer: len(peer.of(kind)) >= count)


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    yield Hub()


async def connected(hub: Hub, word: str = "good") -> Line:
    """After `auth`."""
    line = Line(hub, Peer())
    line.peer.say({"t": "auth", "word": word})
    if word == "good":
        await line.until("ready")
    return line


async def closed(line: Line) -> int:
    """The close code."""
    await line.peer.until(lambda peer: peer.code is not None)
    line.peer.hang_up()
    await asyncio.wait_for(line.task, 5)
    assert line.session.has_ended
    assert not line.hub.sockets
    assert line.peer.code is not None
    return line.peer.code


async def test_the_server_says_hello_first_with_its_limits(hub: Hub) -> None:
    line = await connected(hub)
    hello = line.peer.heard[0]
    assert (hello["t"], hello["heartbeat"], hello["min"], hello["max"]) == ("hello", 20, 1, 1)
    assert hello["limits"]["frame"] == 65_536
    assert hello["limits"]["body"] == 8_000
    assert line.peer.accepted == "cic.v1"
    line.peer.hang_up()
    await line.task


async def test_who_says_nothing_for_five_seconds_may_come_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session_module.AUTH_SECONDS == 5
    monkeypatch.setattr(session_module, "AUTH_SECONDS", 0.02)
    line = Line(hub, Peer())
    assert await closed(line) == 4408, "4001 would be final for the client"
    assert line.peer.heard[-1]["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("word", "code", "said"),
    [("bad", 4001, "unauthorized"), ("foreign", 4003, "forbidden"), ("broken", 1011, "internal")],
)
async def test_who_is_not_let_in_hears_why_and_is_closed(hub: Hub, word: str, code: int, said: str) -> None:
    line = await connected(hub, word)
    assert await closed(line) == code
    assert (line.peer.heard[-1]["t"], line.peer.heard[-1]["code"]) == ("err", said)
    assert line.peer.heard[-1]["fatal"] is True


@pytest.mark.parametrize(
    "first", ['{"t":"echo"}', "not json", "[]", "1", json.dumps({"t": "auth", "x": "y" * MAX_FRAME_IN})]
)
async def test_whoever_begins_with_anything_else_is_closed_with_4001(hub: Hub, first: str) -> None:
    line = Line(hub, Peer())
    line.peer.say(first)
    assert await closed(line) == 4001


@pytest.mark.parametrize("offered", [(), ("chat",), ("cic.v2", "json")])
async def test_another_subprotocol_is_refused_with_4426(hub: Hub, offered: tuple[str, ...]) -> None:
    line = Line(hub, Peer(offered))
    await line.peer.until(lambda peer: peer.code is not None)
    assert (line.peer.code, line.peer.of("err")[0]["code"]) == (4426, "bad_request")
    await line.task
    assert not line.hub.sockets


DEEP = "[" * 20_000 + "]" * 20_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "bad_request"),
        ("", "bad_request"),
        ("[]", "bad_request"),
        ('"text"', "bad_request"),
        ("null", "bad_request"),
        (DEEP, "bad_request"),
        ('{"t":"nonsense","id":1}', "bad_request"),
        ('{"id":1}', "bad_request"),
        ('{"t":["echo"]}', "bad_request"),
        ('{"t":"echo","id":{"a":1}}', "bad_request"),
        ('{"t":"echo","id":"\\ud800"}', "bad_request"),
        ('{"t":"nonsense","client_id":"\\ud800"}', "bad_request"),
        ('{"t":"nonsense\\u0000","id":1}', "bad_request"),
        ('{"t":"echo","id":' + "9" * 5_000 + "}", "bad_request"),
        (json.dumps({"t": "echo", "body": "x" * MAX_FRAME_IN}), "too_large"),
        ('{"t":"echo","body":"' + "ü" * (MAX_FRAME_IN // 2) + '"}', "too_large"),
        ('{"t":"fail","id":1}', "internal"),
    ],
)
async def test_a_bad_frame_is_answered_with_a_code_and_the_socket_goes_on(hub: Hub, text: str, code: str) -> None:
    line = await connected(hub)
    line.peer.say(text)
    await line.until("nack")
    assert (line.peer.of("nack")[0]["code"], line.peer.of("nack")[0]["fatal"]) == (code, False)
    line.peer.say({"t": "echo", "id": 7, "body": "still here"})
    await line.until("echo")
    assert line.peer.of("echo") == [{"t": "echo", "id": 7, "body": "still here"}]
    line.peer.hang_up()
    await line.task


async def test_a_binary_frame_is_refused(hub: Hub) -> None:
    line = await connected(hub)
    line.peer.say_bytes(b"\x00\x01")
    await line.until("nack")
    assert line.peer.of("nack")[0]["code"] == "bad_request"
    line.peer.hang_up()
    await line.task


async def test_the_largest_frame_passes(hub: Hub) -> None:
    line = await connected(hub)
    frame = {"t": "echo", "id": 1, "body": ""}
    frame["body"] = "x" * (MAX_FRAME_IN - len(json.dumps(frame)))
    line.peer.say(frame)
    await line.until("echo")
    line.peer.hang_up()
    await line.task


async def test_a_peer_that_sends_only_rubbish_is_shown_the_door(hub: Hub) -> None:
    line = await connected(hub)
    for _ in range(MAX_FAULTS):
        line.peer.say("rubbish")
    assert await closed(line) == 4029
    assert line.peer.heard[-1]["t"] == "bye"


async def test_a_peer_that_feels_for_what_is_not_its_own_is_shown_the_door(hub: Hub) -> None:
    line = await connected(hub)
    for number in range(MAX_FAULTS):
        line.peer.say({"t": "refuse", "id": number})
    assert await closed(line) == 4029


async def test_commands_that_come_too_fast_are_told_when_to_come_again(hub: Hub) -> None:
    line = await connected(hub)
    line.session.seconds_to_wait = 1.25
    line.peer.say({"t": "echo", "id": 1})
    await line.until("nack")
    assert (line.peer.of("nack")[0]["code"], line.peer.of("nack")[0]["retry_after"]) == ("rate_limited", 1.25)
    line.session.seconds_to_wait = 0
    line.peer.say({"t": "echo", "id": 2})
    await line.until("echo")
    assert [frame["id"] for frame in line.peer.of("echo")] == [2]
    line.peer.hang_up()
    await line.task


async def test_a_peer_that_hangs_up_leaves_nothing_behind(hub: Hub) -> None:
    for moment in ("before", "after"):
        line = Line(hub, Peer()) if moment == "before" else await connected(hub)
        line.peer.hang_up()
        await asyncio.wait_for(line.task, 5)
        assert line.session.has_ended
        assert not hub.sockets


async def test_at_the_end_of_the_server_every_socket_hears_bye_and_1012(hub: Hub) -> None:
    lines = [await connected(hub) for _ in range(5)]
    await say_goodbye(hub)
    for line in lines:
        assert await closed_quietly(line) == 1012
        assert line.peer.heard[-1] == {"t": "bye", "reason": "restart", "reconnect_ms": 1000}


async def closed_quietly(line: Line) -> int | None:
    await asyncio.wait_for(line.task, 5)
    return line.peer.code


@pytest.mark.parametrize(
    "subs",
    [
        None,
        {},
        [1],
        [{}],
        [{"c": 1}],
        [{"c": "a", "last_s": -1}],
        [{"c": "a", "last_s": "1"}],
        [{"c": "a\x00"}],
        [{"c": "a\ud800"}],
        [{"c": "x" * 65}],
        [{"c": "a"}] * 201,
    ],
)
def test_subscriptions_that_are_none_are_refused(subs: object) -> None:
    with pytest.raises(BadRequestError):
        read_subscriptions({"t": "sub", "subs": subs})


def test_a_subscription_without_a_number_asks_for_everything() -> None:
    assert read_subscriptions({"subs": [{"c": "a"}, {"c": "b", "last_s": 7}]}) == [("a", 0), ("b", 7)]
