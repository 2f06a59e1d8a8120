"""What is shown before anything is asked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kb import starters as module
from kb.articles import retire_article
from kb.models import Article, KnowledgeEvent
from kb.services import record_event
from kb.starters import starters
from tests.kb.builders import draft, published

pytestmark = pytest.mark.django_db


def shown(limit: int = 3, locale: str = "en") -> list[str]:
    return [one.title for one in starters(locale=locale, limit=limit)]


def helped(article: Article, *, times: int = 1, kind: str = "solved") -> None:
    for _ in range(times):
        key = f"{article.pk} {KnowledgeEvent.objects.count()}"
        record_event(kind=kind, door="portal", key=key, target=article.public_id)


def test_what_helped_most_comes_first_and_then_the_newest() -> None:
    articles = {title: published(title) for title in ("One", "Two", "Three", "Four")}
    helped(articles["One"], times=2)
    helped(articles["Three"], times=3, kind="opened")
    helped(articles["Two"], times=9, kind="unsolved")
    assert shown(limit=2) == ["Three", "One"]
    assert shown(limit=4) == ["Three", "One", "Four", "Two"]


def test_what_readers_of_this_language_may_not_read_takes_no_place() -> None:
    hidden = [draft("Draft"), published("Inside", audience="internal"), published("Deutsch", locale="de")]
    for article in hidden:
        helped(article, times=5)
    published("Open")
    assert (shown(), shown(locale="de"), shown(locale="fr")) == (["Open"], ["Deutsch"], [])


def test_what_helped_long_ago_counts_no_more() -> None:
    old, new = published("Old"), published("New")
    helped(old)
    KnowledgeEvent.objects.update(at=timezone.now() - timedelta(days=31))
    assert shown() == [new.title, old.title]


def test_they_are_counted_once_until_knowledge_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "monotonic", lambda: 30.0)
    one, two = published("One"), published("Two")
    assert shown() == ["Two", "One"]
    helped(one)
    with CaptureQueriesContext(connection) as captured:
        assert shown() == ["Two", "One"]
    assert len(captured) == 1
    monkeypatch.setattr(module, "monotonic", lambda: 90.0)
    assert shown() == ["One", "Two"]
    retire_article(article=two, by=None)
    assert shown() == ["One"]


def test_of_many_articles_only_those_that_are_shown_are_read() -> None:
    for number in range(6):
        published(f"Paper {number}", body=f"body-{number}")
    with CaptureQueriesContext(connection) as captured:
        assert len(shown(limit=2)) == 2
    with_bodies = [query["sql"] for query in captured if '"kb_article"."body"' in query["sql"]]
    assert len(with_bodies) == 1
    assert " IN (" in with_bodies[0].upper()
