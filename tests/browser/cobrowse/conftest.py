"""The shop of these tests has pages of its own; the centre and its widget are real."""

from collections.abc import Iterator
from threading import Thread

import pytest

from tests.browser.cobrowse.stage import Open, Stage, open_stage
from tests.browser.cobrowse.windows import Windows
from tests.browser.conftest import ServeShop, Shop
from tests.conftest import NewPage


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The shop, open."""
    server = Windows()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_view(serve_shop: ServeShop, shop: Windows, new_page: NewPage) -> Open:
    """`await open_view("/fuzz")`: a customer on this page of the shop who has agreed that Anna sees it, and Anna."""

    async def make(path: str) -> Stage:
        return await open_stage(serve_shop(), shop, path, new_page)

    return make
