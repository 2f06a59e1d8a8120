"""One socket of `cic.cobrowse.v1` without a network: silence, too many frames, a restart of the server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from channels_app.cobrowse import consumers
from channels_app.cobrowse.agent import AgentEnd
from channels_app.cobrowse.company import Member
from channels_app.cobrowse.consumers import PROTOCOL, CobrowseSocket
from channels_app.cobrowse.outbox import Outbox
from channels_app.cobrowse.pacing import CONTROL_BURST
from channels_app.cobrowse.policy import Role
from channels_app.cobrowse.room import Room
from interaction_center.live.hub import hub
from interaction_center.live.session import Frame, say_goodbye
from tests.cobrowse.rooms import Scene
from tests.live.peers import Peer


class Stranger:
    """Somebody who is let in without being asked, into a room that there is already."""

    role = Role.AGENT

    def __init__(self, scene: Scene, outbox: Outbox) -> None:
        self.room: Room | None = scene.room
        self.member: Member | None = Member(self.role, outbox, "zoe", "Zoe Agent")
        self.obeyed: list[str] = []
        scene.change(views=scene.room.facts["views"] | {"zoe": ""})
        scene.room.enter_agent(self.member)

    async def obey(self, kind: str, frame: Frame) -> None:
        self.obeyed.append(kind)

    async def left(self) -> None:
        self.obeyed.append("left")


class Line:
    """A peer and the socket that serves it."""

    def __init__(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        self.peer = Peer((PROTOCOL,))
        self.end: Stranger | None = None

        async def let_in(scope: Any, outbox: Outbox, frame: Frame) -> Stranger:
            self.end = Stranger(scene, outbox)
            return self.end

        monkeypatch.setattr(AgentEnd, "let_in", let_in)
        self.socket = CobrowseSocket(self.peer.scope, self.peer.receive, self.peer.send)
        self.task = asyncio.create_task(self.socket.run())
        self.peer.say({"t": "auth", "as": "agent"})
        self.peer.say({"t": "ping"})

    async def until_let_in(self) -> "Line":
        await self.peer.until(lambda peer: peer.of("pong"))
        return self

    async def code(self) -> int | None:
        await self.peer.until(lambda peer: peer.code is not None)
        await asyncio.wait_for(self.task, 5)
        return self.peer.code


@pytest_asyncio.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    opened = await Line(Scene(scopes=["view", "point"]), monkeypatch).until_let_in()
    yield opened
    opened.peer.hang_up()
    await asyncio.wait_for(opened.task, 5)
    assert opened.socket.socket not in hub.sockets


async def test_the_server_says_hello_first_with_its_limits(line: Line) -> None:
    hello = line.peer.heard[0]
    assert line.peer.accepted == PROTOCOL
    assert (hello["t"], hello["heartbeat"]) == ("hello", 10)
    assert hello["limits"] == {"payload": 16_384, "raw": 40_960, "unacked": 262_144}


async def test_another_subprotocol_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = Peer(("cic.v1",))
    await CobrowseSocket(peer.scope, peer.receive, peer.send).run()
    assert peer.code == 4426


async def test_who_does_not_say_who_they_are_is_not_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for first, code in (({"t": "ping"}, 4401), ({"t": "auth"}, 4400), ({"t": "auth", "as": "somebody"}, 4400)):
        peer = Peer((PROTOCOL,))
        peer.say(first)
        await CobrowseSocket(peer.scope, peer.receive, peer.send).run()
        assert peer.code == code, first


async def test_whoever_is_silent_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "SILENCE_SECONDS", 0.05)
    opened = Line(Scene(), monkeypatch)
    assert await opened.code() == 4000
    assert opened.peer.of("err")[-1]["code"] == "silent"
    assert opened.end is not None
    assert opened.end.obeyed == ["left"]


async def test_too_many_frames_at_once_close_the_socket_but_pointers_are_dropped(line: Line) -> None:
    for _ in range(300):
        line.peer.say({"t": "pointer", "x": 1, "y": 1})
    line.peer.say({"t": "ping"})
    await line.peer.until(lambda peer: len(peer.of("pong")) == 2)
    for _ in range(2 * CONTROL_BURST):
        line.peer.say({"t": "clear"})
    assert await line.code() == 4429


async def test_nothing_is_obeyed_of_whoever_was_shown_the_door_meanwhile(line: Line) -> None:
    assert line.end is not None
    line.socket.socket.close(4403)
    line.peer.say({"t": "consent.ask", "scope": "control"})
    assert await line.code() == 4403
    assert line.end.obeyed == ["left"]


async def test_a_restart_of_the_server_is_said(line: Line) -> None:
    await say_goodbye()
    assert await line.code() == 1012
    assert line.peer.of("bye")[-1]["reason"] == "restart"


async def test_a_type_with_half_a_character_is_refused_like_every_other(line: Line) -> None:
    line.peer.say({"t": "\ud800"})
    line.peer.say({"t": "ping"})
    await line.peer.until(lambda peer: len(peer.of("pong")) == 2)
    assert "of" not in line.peer.of("err")[0]


async def test_only_the_page_sends_binary_frames_and_rubbish_is_shown_the_door(line: Line) -> None:
    line.peer.say_bytes(b"x" * 40)
    await line.peer.until(lambda peer: peer.of("err"))
    assert line.peer.of("err")[0]["code"] == "bad_request"
    for _ in range(30):
        line.peer.say("{")
    assert await line.code() == 4400
