"""What every test may ask for: a PostgreSQL, a running centre, a browser."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from django.db import connection
from playwright.async_api import Browser, Page, async_playwright

from tests import machine, postgres, servers

# What Playwright switches off itself (a second switch of this name replaces the first), and what costs half a second of
# the processor in each new window: the pages of the address line, and a renderer that waits for the next site.
SWITCHED_OFF = [
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"),
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(SWITCHED_OFF)}",
]
DATABASE_MARKS = {"db", "transactional_db", "django_db_setup"}


class NewCenter(Protocol):
    """`new_center(SMTP_RELAY_URL="…")`: a prepared centre that does not run yet."""

    def __call__(self, **settings: str) -> servers.Center: ...


class NewPage(Protocol):
    """`await new_page(locale="de-DE", width=400)`: a page with a profile of its own."""

    async def __call__(self, *, locale: str = "en-GB", width: int = 1280, height: int = 800) -> Page: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures docs/images` makes the pictures of the documentation anew, on the demo's data."""
    parser.addoption("--pictures", type=Path, metavar="FOLDER", help="keep pictures of the demo here, as WebP")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests share one loop with the browser; on PostgreSQL only tests that touch a database run again."""
    for item in items:
        if "browser" in item.path.relative_to(config.rootpath).parts and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    if os.environ.get("DATABASE_URL"):
        chosen = [item for item in items if is_about_data(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
        items[:] = chosen


def is_about_data(item: pytest.Item) -> bool:
    """Whether a test uses the database of its own process."""
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(names & DATABASE_MARKS)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the database of the tests is there before Django asks for it: see below."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool) -> None:
    """Tables take seven seconds of a processor: each worker begins with a copy of those of the first."""
    if django_db_keepdb:
        tables = servers.with_tables(Path(os.environ["CENTER_TEMPLATE"]) / "tables")
        servers.copy_database(tables / "center.sqlite3", Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of an empty database in a throw-away PostgreSQL."""
    programs = machine.needed("postgresql", machine.postgresql())
    with postgres.cluster(programs) as url:
        yield url


@pytest.fixture(scope="session")
def center_template() -> Path:
    """A data folder with tables and the people of tests/seed.py, made once in a run and copied for each centre."""
    return servers.prepared(Path(os.environ["CENTER_TEMPLATE"]))


@pytest.fixture
def new_center(center_template: Path, tmp_path: Path) -> Iterator[NewCenter]:
    """Makes centres, each on its own data; all are ended with the test."""
    with ExitStack() as stack:

        def make(**settings: str) -> servers.Center:
            folder = tmp_path / f"center-{len(list(tmp_path.glob('center-*')))}"
            return stack.enter_context(servers.center_from(center_template, folder, **settings))

        yield make


@pytest.fixture
def center(new_center: NewCenter) -> servers.Center:
    """A running centre of this test's own."""
    return new_center().start()


@pytest.fixture(scope="session")
def shared_center(center_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Center]:
    """A running centre for tests that do not mind what others have written."""
    with servers.center_from(center_template, tmp_path_factory.mktemp("shared")) as running:
        yield running.start()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for the run; the asynchronous interface, as the other leaves a loop behind in this thread."""
    program = machine.needed("chromium", machine.chromium())
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def new_page(browser: Browser) -> AsyncIterator[NewPage]:
    """Pages that know nothing of each other; all are closed with the test."""
    contexts = []

    async def make(*, locale: str = "en-GB", width: int = 1280, height: int = 800) -> Page:
        context = await browser.new_context(locale=locale, viewport={"width": width, "height": height})
        contexts.append(context)
        return await context.new_page()

    yield make
    for context in contexts:
        await context.close()
