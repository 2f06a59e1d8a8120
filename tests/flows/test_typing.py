"""Somebody types a question: the door that is asked with every key, in the running centre."""

import asyncio
import os
import signal

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from tests.conftest import NewCenter
from tests.seed import SITE_KEY, SITE_ORIGIN
from tests.servers import Center

ARTICLE = "from tests.kb.builders import published; published('Change the paper roll', body='Open the lid.')"
QUESTION = "change the paper roll"
SECONDS = 60


@pytest.fixture
def filled(new_center: NewCenter) -> Center:
    """A centre that knows one answer."""
    center = new_center()
    center.run(ARTICLE)
    return center.start()


async def ask(center: Center, question: str = QUESTION, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=center.base_url, timeout=SECONDS) as page:
        given = {"site": SITE_KEY, "q": question}
        return await page.get("/chat/suggest", params=given, headers={"Origin": SITE_ORIGIN} | headers)


async def titles(center: Center, question: str = QUESTION) -> list[str]:
    return [item["title"] for item in (await ask(center, question)).json()["items"]]


def worker_of(center: Center) -> psutil.Process:
    """The process that searches."""
    (worker,) = psutil.Process(center.pid).children()
    return worker


async def test_a_process_of_its_own_searches_and_the_page_may_read_the_answer(filled: Center) -> None:
    answer = await ask(filled)
    assert [item["title"] for item in answer.json()["items"]] == ["Change the paper roll"]
    assert answer.headers["access-control-allow-origin"] == SITE_ORIGIN
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "x-frame-options" not in answer.headers  # no middleware stood in the way
    assert "kb.search_worker" in worker_of(filled).cmdline()


async def test_what_is_written_while_people_type_is_found(filled: Center) -> None:
    assert await titles(filled, "clean the probe") == []
    filled.run("from tests.kb.builders import published; published('Clean the probe', body='Use a soft cloth.')")
    await asyncio.sleep(1)  # what is promised: found within a second
    assert await titles(filled, "clean the probe") == ["Clean the probe"]


async def test_a_search_process_that_dies_is_replaced(filled: Center) -> None:
    await ask(filled)
    os.kill(worker_of(filled).pid, signal.SIGKILL)
    async with asyncio.timeout(SECONDS):
        while await titles(filled) != ["Change the paper roll"]:  # nothing is suggested meanwhile, and nothing fails
            await asyncio.sleep(0.2)


def test_a_centre_that_stops_or_is_killed_leaves_no_search_process(filled: Center) -> None:
    asyncio.run(ask(filled))
    worker = worker_of(filled)
    assert filled.stop() == 0
    assert not worker.is_running()
    asyncio.run(ask(filled.start()))
    orphan = worker_of(filled)
    filled.kill9()
    psutil.wait_procs([orphan], timeout=SECONDS)
    assert not orphan.is_running()


async def test_a_foreign_page_an_unknown_site_and_another_method_are_refused(filled: Center) -> None:
    assert (await ask(filled, Origin="https://elsewhere.example")).status_code == 403
    async with httpx.AsyncClient(base_url=filled.base_url, timeout=SECONDS) as page:
        address, own = f"/chat/suggest?site={SITE_KEY}", {"Origin": SITE_ORIGIN}
        assert (await page.get("/chat/suggest?site=unknown", headers=own)).status_code == 404
        assert (await page.post(address, headers=own)).status_code == 405
        assert (await page.options(address, headers=own)).status_code == 204
        assert (await page.get(f"{address}&q=%ff%fe", headers=own)).status_code == 200
        assert (await page.get(address, headers={"Origin": SITE_ORIGIN, "Host": "a b"})).status_code == 400
