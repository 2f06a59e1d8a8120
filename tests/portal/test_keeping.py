"""What may be kept of a help page, by whom, and what a page costs."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interaction_center.access.models import Site, User
from kb.articles import retire_article
from kb.catalogue import write_category
from tests.kb.builders import error_code, published

pytestmark = pytest.mark.django_db


def test_a_page_is_kept_and_asked_about_each_time() -> None:
    published("Change the paper", slug="paper")
    first = Client().get("/help/en/paper")
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = Client().get("/help/en/paper", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_kept_page_is_not_good_any_more_when_its_article_is_withdrawn() -> None:
    article = published("Change the paper", slug="paper")
    etag = Client().get("/help/en/paper").headers["ETag"]
    retire_article(article=article, by=None)
    assert Client().get("/help/en/paper", headers={"If-None-Match": etag}).status_code == 410


def test_a_page_needs_no_cookie_and_no_nonce() -> None:
    Site.objects.create(name="Shop", origins=["https://shop.example"], identity_secret="x")
    published("Change the paper", slug="paper")
    for path in ("/help/en/", "/help/en/?q=paper", "/help/en/paper", "/help/en/paper?said=no"):
        response = Client().get(path)
        assert not response.cookies
        assert "nonce" not in str(response.headers)
        assert "Cookie" in response.headers["Vary"]


def test_a_page_of_who_is_signed_in_is_kept_nowhere() -> None:
    error_code("E-04", "Aurora MR")
    client = Client()
    client.force_login(User.objects.create_user("a@center.test", name="A"))
    response = client.get("/help/en/code/aurora-mr/e04")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers


def test_a_page_is_small_on_the_wire() -> None:
    published("Change the paper", slug="paper", body="Open the tray.\n" * 200)
    response = Client().get("/help/en/paper", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.content) < 4_000


PAGES = (
    "/help/en/",
    "/help/en/?q=paper",
    "/help/en/topic/paper",
    "/help/en/paper-0",
    "/help/en/code/",
    "/help/en/code/?device=aurora-mr&code=E-0Y",
    "/help/en/code/aurora-mr/",
    "/help/en/code/aurora-mr/e00",
    "/help/en/no-such-paper",
    "/sitemap.xml",
    "/sitemap/articles/1.xml",
    "/sitemap/codes/1.xml",
)


def fill(start: int, end: int) -> None:
    """Articles and codes that all have to do with each other."""
    for number in range(start, end):
        published(f"Paper {number}", category="paper", products=("aurora-mr",), summary="About paper")
        error_code(f"E-{number:02}", "Aurora MR", articles=(f"paper-{number}",))
        error_code("E-00", f"Device {number}")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_as_often_for_many_rows_as_for_few(
    path: str, django_assert_num_queries: Callable[..., CaptureQueriesContext]
) -> None:
    error_code("E-00", "Aurora MR")
    write_category(names={"en": "Paper"})
    fill(0, 3)
    asked = queries_of(path)
    fill(3, 12)
    Client().get(path)
    with django_assert_num_queries(len(asked)):
        Client().get(path)


def queries_of(path: str) -> list[dict[str, str]]:
    """What a second reader's page asks the database; the first one may load the index."""
    Client().get(path)
    with CaptureQueriesContext(connection) as captured:
        Client().get(path)
    return list(captured.captured_queries)
