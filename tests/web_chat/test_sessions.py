"""One visitor's session in this process, where a test can shorten what takes hours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from channels_app.web_chat import limits
from channels_app.web_chat.consumers import VisitorSession
from interaction_center.access import visitor_tokens
from interaction_center.access.models import Site
from tests.access.builders import a_site
from tests.builders import in_thread
from tests.live.peers import Peer

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = "https://shop.example"


@pytest.fixture(autouse=True)
def fresh_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with full buckets."""
    monkeypatch.setattr("channels_app.web_chat.consumers.DOORS", limits.Doors())


@asynccontextmanager
async def arrives(site: Site) -> AsyncIterator[Peer]:
    """Somebody whose widget has been let in."""
    peer = Peer()
    peer.scope["headers"] = [(b"origin", SHOP.encode())]
    serving = asyncio.create_task(VisitorSession(peer.scope, peer.receive, peer.send).run())
    peer.say({"t": "auth", "site": site.key, "token": None})
    await peer.until(lambda peer: peer.of("ready"))
    yield peer
    peer.hang_up()
    await serving


async def test_who_stays_connected_gets_fresh_tokens_of_the_same_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    assert visitor_tokens.RENEW_EVERY < visitor_tokens.TOKEN_AGE / 2
    monkeypatch.setattr(visitor_tokens, "RENEW_EVERY", timedelta(milliseconds=10))
    site = await in_thread(lambda: a_site("Shop", origins=[SHOP]))
    async with arrives(site) as peer:
        await peer.until(lambda peer: len(peer.of("token")) > 1)
        ready, renewed = peer.of("ready")[0], peer.of("token")[-1]["token"]
    assert visitor_tokens.read(renewed, site).visitor == ready["visitor"]
    told = len(peer.of("token"))
    await asyncio.sleep(0.1)
    assert len(peer.of("token")) == told, "nobody is there any more"
