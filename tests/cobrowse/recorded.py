"""Recordings as people make and play them, as plain functions."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from channels_app.cobrowse.playback import NUMBER
from channels_app.cobrowse.playback import PROTOCOL as PLAYBACK
from channels_app.cobrowse.reel import ITEM
from tests.cobrowse.builders import Peer, Shown, a_shown_chat, mirror, signed_in
from tests.seed import ADMIN, SITE_KEY
from tests.servers import Center
from tests.web_chat.clients import Desk, open_line


def a_supervisor(center: Center) -> AbstractAsyncContextManager[Desk]:
    """Somebody with every permission."""
    return signed_in(center, ADMIN)


async def asked(desk: Desk, method: str, path: str, body: Any = None) -> Any:
    """The answer to a request that changes something, whatever it is."""
    headers = {"X-CSRFToken": desk.http.cookies["csrftoken"], "Origin": desk.center.base_url}
    return await desk.http.request(method, f"/api{path}", json=body, headers=headers)


async def set_rules(desk: Desk, **rules: Any) -> None:
    """Of the one site."""
    answer = await asked(desk, "PATCH", f"/cobrowse/rules/{SITE_KEY}", rules)
    assert answer.status_code == 200, answer.text


async def a_recorded_chat(center: Center, desk: Desk, supervisor: Desk, *scopes: str) -> tuple[Shown, int]:
    """A chat whose page is recorded from now on, and the number of the snapshot with which that has begun."""
    await set_rules(supervisor, recording=True, retention_days=30)
    shown = await a_shown_chat(center, desk, "view", *scopes)
    s = await shown.picture()
    before = len(shown.page.frames)
    await shown.grant("record")
    await shown.page.of_type("snapshot.request", since=before)
    await shown.page.show(mirror(s + 1, snapshot=True))
    await shown.view.until_mirrored(2)
    return shown, s + 1


async def recording_of(shown: Shown) -> dict[str, Any]:
    """The latest, as the history of the interaction lists it."""
    (session,) = (await shown.desk.get(f"/interactions/{shown.widget.c}/cobrowse"))["earlier"]
    found: dict[str, Any] = session["recordings"][-1]
    return found


def file_of(center: Center, recording: str) -> Path:
    """Where it lies."""
    return center.data_dir / "cobrowse" / recording[:2] / recording


async def a_player(desk: Desk, recording: str, *, origin: str = "", cookie: str | None = None) -> Peer:
    """A player that has said what it wants to play."""
    cookie = desk.cookie if cookie is None else cookie
    origin = origin or desk.center.base_url
    line = await open_line(desk.center, "/ws/cobrowse/recording", origin=origin, cookie=cookie, subprotocol=PLAYBACK)
    line._reader.cancel()
    player = Peer(line.ws)
    await player.say("auth", recording=recording)
    return player


async def played(desk: Desk, recording: str) -> list[tuple[int, int, bytes]]:
    """All that is on it: (milliseconds, kind, frame)."""
    player = await a_player(desk, recording)
    ready = await player.of_type("ready")
    for number in range(len(ready["pieces"])):
        await player.say("read", piece=number)
    pieces = await player.until_mirrored(len(ready["pieces"]))
    await player.leave()
    return [item for piece in pieces for item in items_of(piece[NUMBER.size :])]


def items_of(piece: bytes) -> list[tuple[int, int, bytes]]:
    """What is in one piece."""
    found, at = [], 0
    while at < len(piece):
        ms, kind, size = ITEM.unpack_from(piece, at)
        at += ITEM.size
        found.append((ms, kind, piece[at : at + size]))
        at += size
    return found
