"""The server is gone and comes back: a shown page goes on by its row, with a new picture and without control."""

from collections.abc import Iterator

import pytest

from tests import machine, postgres
from tests.cobrowse.builders import a_page, a_shown_chat, a_view, mirror
from tests.conftest import NewCenter
from tests.seed import ANNA, BEN
from tests.servers import Center
from tests.web_chat.clients import Desk

pytestmark = pytest.mark.alone

A_MINUTE_LATER = """
from django.utils import timezone
from channels_app.cobrowse.models import Participation
Participation.objects.filter(until=None, name="Ben Agent").update(alive_until=timezone.now())
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
    for line in (page, view):
        await line.leave()
    for desk in (anna, ben):
        await desk.leave()
