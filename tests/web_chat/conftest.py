"""One running centre for the sockets: all its visitors come from one address, so the limits per address are wide."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests import servers
from tests.seed import ANNA, BEN
from tests.web_chat.clients import Desk

logging.getLogger("httpx").setLevel(logging.WARNING)  # one line a request drowns what a failing test has to say
WIDE = {"NEW_VISITORS_PER_MINUTE": "100000", "VISITOR_SOCKETS_PER_IP": "100000"}


@pytest.fixture(scope="session")
def chat_center(center_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Center]:
    """Shared by tests that don't mind each other."""
    with servers.center_from(center_template, tmp_path_factory.mktemp("chat"), **WIDE) as running:
        yield running.start()


@pytest_asyncio.fixture
async def anna(chat_center: servers.Center) -> AsyncIterator[Desk]:
    desk = await Desk(chat_center, ANNA).sign_in()
    yield desk
    await desk.leave()


@pytest_asyncio.fixture
async def ben(chat_center: servers.Center) -> AsyncIterator[Desk]:
    desk = await Desk(chat_center, BEN).sign_in()
    yield desk
    await desk.leave()
