"""The server is gone and comes back: a shown page goes on by its row, with a new picture and without control."""

import pytest

from tests.cobrowse.builders import a_page, a_shown_chat, a_view, mirror
from tests.seed import ANNA
from tests.servers import Center
from tests.web_chat.clients import Desk

pytestmark = pytest.mark.alone


async def test_after_a_power_cut_the_page_is_shown_again_but_not_controlled(center: Center) -> None:
    anna = await Desk(center, ANNA).sign_in()
    shown = await a_shown_chat(center, anna, "view", "point", "control")
    before = await shown.picture()
    center.kill9()
    assert await shown.page.closed() == 1006
    center.start()
    view = await a_view(anna, shown.session)
    ready = await view.of_type("ready")
    assert (ready["state"], ready["scopes"], ready["reconnecting"]) == ("viewing", ["view", "point"], True)
    page = await a_page(center, shown.widget.token, session=shown.session, resume=shown.ready["resume"])
    s = (await page.of_type("ready"))["s"]
    assert s > before
    await view.until_state(state="viewing", reconnecting=False)
    await page.show(mirror(s + 1, snapshot=True))
    assert await view.until_mirrored(1) == [mirror(s + 1, snapshot=True)]
    for line in (page, view):
        await line.leave()
    await anna.leave()
