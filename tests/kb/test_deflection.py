"""The report of what was answered before anybody was asked."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kb.selectors import deflection_report
from kb.services import record_event
from tests.kb.builders import error_code, published

pytestmark = pytest.mark.django_db


def report() -> dict[str, object]:
    now = timezone.now()
    return dict(deflection_report(since=now - timedelta(days=1), until=now + timedelta(minutes=1)))


def test_that_solved_it_counts_as_deflected_once() -> None:
    article = published()
    record_event(kind="shown", door="widget", key="1", target=article.public_id)
    record_event(kind="shown", door="widget", key="2", target=article.public_id)
    for _ in range(5):
        record_event(kind="solved", door="widget", key="1:solved", target=article.public_id)
    assert report()["counts"] == {"shown": 2, "opened": 0, "solved": 1, "unsolved": 0, "inserted": 0, "zero_hit": 0}
    assert report()["rate"] == 0.5


def test_the_rate_is_a_share_also_where_nobody_searched_before_a_page_helped() -> None:
    article = published()
    for number in range(3):
        record_event(kind="solved", door="portal", key=f"{number}:solved", target=article.public_id)
    record_event(kind="shown", door="widget", key="1", target=article.public_id)
    assert report()["rate"] == 0.75


def test_questions_without_an_answer_are_listed_most_frequent_first() -> None:
    for number, question in enumerate(["lost cable", "lost cable", "opening hours"]):
        record_event(kind="zero_hit", door="portal", key=str(number), question=question, locale="en")
    assert report()["zero_hits"] == [
        {"question": "lost cable", "locale": "en", "times": 2},
        {"question": "opening hours", "locale": "en", "times": 1},
    ]


def test_error_codes_are_among_what_answered() -> None:
    article, code = published("Paper jam"), error_code("E-04")
    record_event(kind="opened", door="widget", key="1", target=article.public_id)
    for number in range(2):
        record_event(kind="inserted", door="console", key=f"i{number}", target=code.public_id)
    record_event(kind="solved", door="widget", key="2", target=code.public_id)
    figures = report()["articles"]
    assert isinstance(figures, list)
    assert [(row["id"], row["title"], row["inserted"], row["solved"]) for row in figures] == [
        (code.public_id, f"E-04: {code.meaning}", 2, 1),
        (article.public_id, article.title, 0, 0),
    ]


def test_the_report_costs_three_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(20):
        record_event(kind="opened", door="portal", key=str(number), target=published(f"Article {number}").public_id)
    with django_assert_num_queries(3):
        assert len(report()["articles"]) == 20  # type: ignore[arg-type]  # a list, seen as object
