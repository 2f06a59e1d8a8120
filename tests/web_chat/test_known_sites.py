"""The site of the door that is asked with every key."""

from typing import Any

import pytest
from django.test import AsyncClient

from channels_app.web_chat.known_sites import KnownSites
from interaction_center.access.models import Site
from interaction_center.errors import NotFoundError
from tests.access.builders import a_site

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = "https://shop.example"


@pytest.fixture
def site() -> Site:
    return a_site("Shop", origins=[SHOP])


async def test_a_site_is_looked_up_once_while_people_type(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = KnownSites(seconds=3600)
    assert await sites.by_key(site.key) == site
    monkeypatch.setattr("channels_app.web_chat.known_sites.site_by_key", None)
    assert await sites.by_key(site.key) == site


async def test_a_site_that_was_switched_off_is_unknown_after_its_time(site: Site) -> None:
    sites = KnownSites(seconds=0)
    await sites.by_key(site.key)
    await Site.objects.filter(pk=site.pk).aupdate(active=False)
    with pytest.raises(NotFoundError):
        await sites.by_key(site.key)


async def test_the_door_for_typing_asks_the_database_for_nothing_that_it_knows(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask() -> Any:
        asked = {"site": site.key, "q": "hello"}
        return (await AsyncClient().get("/chat/suggest", asked, headers={"Origin": SHOP})).json()

    monkeypatch.setattr("channels_app.web_chat.views.SITES", KnownSites(seconds=3600))
    monkeypatch.setattr("kb.live_index.LIVE_INDEX.check_every", 3600.0)
    first = await ask()
    monkeypatch.setattr("channels_app.web_chat.known_sites.site_by_key", None)
    monkeypatch.setattr("kb.live_index.changes_since", None)
    assert await ask() == first == {"items": []}
