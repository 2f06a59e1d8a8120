"""What of the reading is counted: by people, within bounds, and never at the cost of the page."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from interaction_center.access.rate_limits import Buckets
from interaction_center.portal import records
from kb.models import KnowledgeEvent
from kb.services import record_event
from tests.kb.builders import published

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "Mozilla/5.0 (compatible; AhrefsBot/7.0)"},
        {"Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_neither_robots_nor_what_is_fetched_in_advance_count_as_readers(headers: dict[str, str]) -> None:
    published("Change the paper", slug="paper")
    for path in ("/help/en/paper", "/help/en/?q=paper"):
        assert Client(headers=headers).get(path).status_code == 200
    assert not KnowledgeEvent.objects.exists()


def test_who_asks_for_the_headers_alone_has_read_nothing() -> None:
    published("Change the paper", slug="paper")
    assert Client().head("/help/en/paper").status_code == 200
    assert not KnowledgeEvent.objects.exists()
    Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 13; CUBOT P80)"}).get("/help/en/paper")
    assert KnowledgeEvent.objects.count() == 1


def test_one_address_writes_no_more_than_its_share_and_reads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "EVENTS_PER_IP", Buckets(rate=0.0001, burst=3))
    article = published("Change the paper", slug="paper")
    for number in range(5):
        client = Client(headers={"User-Agent": f"Browser {number}"})
        assert client.post("/help/en/asked/", {"q": f"unicorn {number}"}).status_code == 204
        posted = {"target": article.public_id, "helped": "no", "reason": "Too short", "back": "/help/en/paper"}
        assert client.post("/help/en/feedback/", posted).status_code == 302
        assert client.get("/help/en/paper").status_code == 200
    assert KnowledgeEvent.objects.count() == 3
    Client(REMOTE_ADDR="10.0.0.9").get("/help/en/paper")
    assert KnowledgeEvent.objects.count() == 4


@contextmanager
def others_write() -> Iterator[None]:
    """Somebody else holds what a write of ours needs."""
    other = connection.copy()
    sqlite = connection.vendor == "sqlite"
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if sqlite else "BEGIN")
            if not sqlite:
                cursor.execute("LOCK TABLE kb_knowledgeevent IN EXCLUSIVE MODE")
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_a_page_is_shown_while_others_write_and_counted_the_next_time() -> None:
    published("Change the paper", slug="paper")
    with others_write():
        assert Client().get("/help/en/paper").status_code == 200
    assert not KnowledgeEvent.objects.exists()
    Client().get("/help/en/paper")
    assert KnowledgeEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_counted_already_asks_for_no_lock() -> None:
    record_event(kind="opened", door="portal", key="1")
    with others_write():
        assert not record_event(kind="opened", door="portal", key="1")


@pytest.mark.django_db(transaction=True)
def test_after_a_hurried_write_the_patience_of_the_connection_is_what_it_was() -> None:
    asked = "PRAGMA busy_timeout" if connection.vendor == "sqlite" else "SHOW lock_timeout"

    def patience() -> object:
        with connection.cursor() as cursor:
            cursor.execute(asked)
            return cursor.fetchone()

    before = patience()
    record_event(kind="opened", door="portal", key="1", waits=False)
    assert patience() == before
