"""The server is gone and comes back: a shown page goes on by its row, with a new picture and without control. What
another process stores holds here as well."""

import asyncio
from collections.abc import Iterator

import pytest

from channels_app.cobrowse.reel import PICTURE, pieces_of
from tests import machine, postgres
from tests.cobrowse.builders import a_page, a_shown_chat, a_view, mirror
from tests.cobrowse.recorded import a_recorded_chat, played, recording_of
from tests.conftest import NewCenter
from tests.seed import ADMIN, ANNA, BEN
from tests.servers import Center
from tests.web_chat.clients import Desk

pytestmark = pytest.mark.alone

A_MINUTE_LATER = """
from django.utils import timezone
from channels_app.cobrowse.models import Participation
Participation.objects.filter(until=None, name="Ben Agent").update(alive_until=timezone.now())
"""

ENDED_ELSEWHERE = """
from channels_app.cobrowse.policy import Reason, Role
from channels_app.cobrowse.services import end_session
end_session(session="{session}", reason=Reason.SUPERVISOR, role=Role.SUPERVISOR)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def either_center(request: pytest.FixtureRequest, new_center: NewCenter) -> Iterator[Center]:
    """A running centre on the one database and on the other."""
    if request.param == "sqlite":
        yield new_center().start()
        return
    with postgres.cluster(machine.needed("postgresql", machine.postgresql())) as url:
        center = new_center(DATABASE_URL=url)
        center.migrate()
        center.run("from tests.seed import fill; fill()")
        yield center.start()
        center.stop()


async def test_after_a_power_cut_the_page_is_shown_again_but_not_controlled(either_center: Center) -> None:
    center = either_center
    anna, ben = await Desk(center, ANNA).sign_in(), await Desk(center, BEN).sign_in()
    shown = await a_shown_chat(center, anna, "view", "point", "control")
    other = await a_view(ben, shown.session)
    await other.of_type("ready")
    before = await shown.picture()
    center.kill9()
    assert await shown.page.closed() == 1006
    center.start()
    view = await a_view(anna, shown.session)
    ready = await view.of_type("ready")
    assert (ready["state"], ready["scopes"], ready["controller"]) == ("viewing", ["view", "point"], None)
    assert [agent["name"] for agent in ready["agents"]] == ["Anna Agent", "Ben Agent"]
    page = await a_page(center, shown.widget.token, session=shown.session, resume=shown.ready["resume"])
    s = (await page.of_type("ready"))["s"]
    assert s > before
    await view.until_state(state="viewing", reconnecting=False)
    await page.show(mirror(s + 1, snapshot=True))
    assert await view.until_mirrored(1) == [mirror(s + 1, snapshot=True)]
    center.run(A_MINUTE_LATER)
    await view.until(lambda f: f["t"] == "state" and [agent["name"] for agent in f["agents"]] == ["Anna Agent"])
    center.run(ENDED_ELSEWHERE.format(session=shown.session))
    assert (await view.closed(), await page.closed()) == (4442, 4442)
    for line in (page, view):
        await line.leave()
    for desk in (anna, ben):
        await desk.leave()


async def until_written(center: Center, pieces: int) -> None:
    """Until so many pieces of its one recording are on the disk."""
    async with asyncio.timeout(60):
        while sum(len(pieces_of(path)) for path in center.data_dir.glob("cobrowse/*/*")) < pieces:
            await asyncio.sleep(0.05)


async def test_a_power_cut_leaves_of_a_recording_what_was_written_and_it_goes_on(center: Center) -> None:
    anna, ada = await Desk(center, ANNA).sign_in(), await Desk(center, ADMIN).sign_in()
    shown, s = await a_recorded_chat(center, anna, ada)
    await until_written(center, 1)
    change = mirror(s + 1, [["=", 4, "written down"]])
    await shown.page.show(change)
    await until_written(center, 2)
    late = [mirror(s + 2 + n, [["=", 4, f"late {n} {'x' * 4_000}"]]) for n in range(40)]
    for frame in late:
        await shown.page.show(frame)
    center.kill9()
    center.start()
    page = await a_page(center, shown.widget.token, session=shown.session, resume=shown.ready["resume"])
    ready = await page.of_type("ready")
    assert "record" in ready["scopes"]
    again = mirror(ready["s"] + 1, snapshot=True)
    await page.show(again)
    await page.of_type("ack")
    await page.say("end")
    await page.closed()
    pictures = [frame for _, kind, frame in await played(ada, (await recording_of(shown))["id"]) if kind == PICTURE]
    kept = len(pictures) - 3
    assert 0 <= kept <= len(late)
    assert pictures == [mirror(s, snapshot=True), change, *late[:kept], again]
    for line in (page, shown.view):
        await line.leave()
    for desk in (anna, ada):
        await desk.leave()
