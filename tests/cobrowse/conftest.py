"""The running centre of the chat, and its agents, for the sockets of co-browsing."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.cobrowse.builders import signed_in
from tests.seed import ANNA, BEN
from tests.servers import Center
from tests.web_chat.clients import Desk
from tests.web_chat.conftest import chat_center

__all__ = ["chat_center"]


@pytest_asyncio.fixture
async def anna(chat_center: Center) -> AsyncIterator[Desk]:
    """An agent."""
    async with signed_in(chat_center, ANNA) as desk:
        yield desk


@pytest_asyncio.fixture
async def ben(chat_center: Center) -> AsyncIterator[Desk]:
    """Another one of the same team."""
    async with signed_in(chat_center, BEN) as desk:
        yield desk
