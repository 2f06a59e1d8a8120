"""A centre whose mail leaves into a world that the test can look into."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import NewCenter
from tests.flows.parties import World, the_world
from tests.servers import Center


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Where answers go."""
    async with the_world() as world:
        yield world


@pytest.fixture
def running(new_center: NewCenter, world: World) -> Center:
    """A centre that runs and sends its mail there; unread chat answers go on by mail at once."""
    return new_center(SMTP_RELAY_URL=world.url, CHAT_MAIL_AFTER_SECONDS="1").start()
