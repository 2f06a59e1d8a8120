"""The report of what was answered before anybody was asked."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kb.models import KnowledgeEvent
from kb.reports import MAX_OTHERS, DeflectionReport, deflection_report, helpfulness, span_of
from kb.retention import forget_questions
from kb.services import add_reason, record_event
from tests.kb.builders import error_code, published

pytestmark = pytest.mark.django_db


def report(days: int = 1) -> DeflectionReport:
    now = timezone.now()
    return deflection_report(span_of(now - timedelta(days=days), now + timedelta(minutes=1)))


def happened(kind: str, number: int | str = 0, *, times: int = 1, **values: Any) -> None:
    for once in range(times):
        record_event(**{"kind": kind, "door": "portal", "key": f"{kind}{number}.{once}"} | values)


def test_that_solved_it_counts_as_deflected_once() -> None:
    article = published()
    record_event(kind="shown", door="widget", key="1", target=article.public_id)
    record_event(kind="shown", door="widget", key="2", target=article.public_id)
    for _ in range(5):
        record_event(kind="solved", door="widget", key="1:solved", target=article.public_id)
    assert {kind: n for kind, n in report()["counts"].items() if n} == {"shown": 2, "solved": 1}
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
    assert [(row["id"], row["title"], row["inserted"], row["solved"]) for row in figures] == [
        (code.public_id, f"E-04: {code.meaning}", 2, 1),
        (article.public_id, article.title, 0, 0),
    ]


def test_who_asks_a_person_later_that_day_was_not_helped_as_far_as_is_known() -> None:
    article = published()
    for number, visitor in enumerate(["ada", "bob", ""]):
        happened("shown", number, visitor=visitor, target=article.public_id)
        happened("solved", number, visitor=visitor, target=article.public_id)
    happened("asked", visitor="bob", door="widget")
    happened("asked", 1, visitor="ada", at=timezone.now() - timedelta(hours=2))  # before anything was shown
    figures = report()["doors"]["portal"]
    assert (figures["solved"], figures["asked_anyway"], figures["rate"]) == (3, 1, 0.6667)


def test_agents_who_look_at_suggestions_lower_no_rate_of_customers() -> None:
    article = published().public_id
    happened("shown", target=article)
    happened("solved", target=article)
    happened("shown", "c", times=4, door="console", target=article)
    happened("inserted", door="console", target=article)
    found = report()
    assert (found["rate"], found["doors"]["portal"]["rate"], found["doors"]["console"]["rate"]) == (1.0, 1.0, 0.25)


def test_the_picture_over_time_has_every_day_of_the_clock_of_the_centre() -> None:
    midnight = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)  # half past midnight of the tenth in Berlin
    happened("shown", at=midnight)
    happened("solved", at=midnight - timedelta(hours=1))
    found = deflection_report(span_of(midnight - timedelta(days=2), midnight + timedelta(hours=1)))["series"]
    assert found == [
        {"day": date(2026, 3, day), "shown": int(day == 10), "solved": int(day == 9), "zero_hit": 0, "inserted": 0}
        for day in (8, 9, 10)
    ]


def test_questions_without_an_answer_that_say_the_same_are_one() -> None:
    for number, question in enumerate(["How do I order film?", "order  films", "Can I order the film", "unicorn"]):
        happened("zero_hit", number, question=question, locale="en")
    assert [(row["question"], row["times"]) for row in report()["zero_hits"]] == [
        ("Can I order the film", 3),
        ("unicorn", 1),
    ]


def test_what_to_write_next_is_what_many_miss_in_whatever_words() -> None:
    asked = ["order film for the printer", "ordering film, printer", "how can I order film", "saddle of a unicorn"]
    for number, question in enumerate([asked[0], *asked]):
        happened("zero_hit", number, question=question, locale="en")
    happened("unsolved", target=published().public_id)
    add_reason(key="unsolved0.0", reason="How to order film for printers is not said")
    first, second = report()["to_write"]
    assert (first["question"], first["locale"], first["times"]) == ("order film for the printer", "en", 5)
    assert first["others"] == sorted(
        ["ordering film, printer", "how can I order film", "How to order film for printers is not said"]
    )
    assert second == {"question": "saddle of a unicorn", "locale": "en", "times": 1, "others": []}


def test_at_most_five_other_writings_are_told() -> None:
    for number in range(9):
        happened("zero_hit", number, question=f"order film {chr(97 + number)}x")
    assert len(cast("list[str]", report()["to_write"][0]["others"])) == MAX_OTHERS


def test_what_is_seen_often_and_seldom_helps_is_weak() -> None:
    weak, good, new = (published(title).public_id for title in ("Weak", "Good", "New"))
    for target in (weak, good):
        happened("opened", target, times=30, target=target)
    happened("solved", "w", times=2, target=weak)
    happened("unsolved", times=9, target=weak)
    happened("solved", "g", times=25, target=good)
    happened("opened", new, times=3, target=new)
    assert [(row["title"], row["kind"], row["opened"], row["solved"], row["unsolved"]) for row in report()["weak"]] == [
        ("Weak", "article", 30, 2, 9)
    ]


def test_few_sightings_say_little() -> None:
    assert helpfulness(0, 0) == (0.0, 1.0)
    assert helpfulness(0, 3)[1] > 0.5 > helpfulness(0, 30)[1]
    assert helpfulness(30, 30)[0] > helpfulness(3, 3)[0]
    assert helpfulness(5, 3)[1] == 1.0


def test_the_reasons_of_readers_are_told_with_their_page() -> None:
    article = published("Change the paper")
    happened("unsolved", target=article.public_id)
    add_reason(key="unsolved0.0", reason="Where is the tray? Call me: +49 30 1234567")
    happened("unsolved", 1, target=article.public_id)
    (reason,) = report()["reasons"]
    told = (article.public_id, "Change the paper", "Where is the tray? Call me: …")
    assert (reason["answer"], reason["title"], reason["text"]) == told


def test_the_report_costs_the_same_for_any_number_of_events() -> None:
    costs = []
    for number in range(4):
        happened("opened", number, target=published(f"Article {number}").public_id)
        happened("opened", f"c{number}", target=error_code(f"E-1{number}").public_id)
        happened("zero_hit", number, question=f"unicorn {chr(97 + number) * 3}")
        happened("unsolved", number, target=published(f"Page {number}").public_id)
        add_reason(key=f"unsolved{number}.0", reason="No picture there")
        with CaptureQueriesContext(connection) as queries:
            report()
        costs.append(len(queries))
    assert set(costs) == {8}


def test_words_and_readers_are_forgotten_after_their_time_and_the_figures_stay() -> None:
    old, young = (timezone.now() - timedelta(days=days) for days in (401, 399))
    happened("zero_hit", "old", question="lost cable", visitor="ada", at=old)
    happened("zero_hit", "young", question="lost hose", visitor="bob", at=young)
    happened("opened", "old", visitor="ada", at=old)  # nothing was asked, and yet somebody read
    happened("opened", "young", visitor="bob", at=young)
    assert (forget_questions(), forget_questions()) == (2, 0)
    events = KnowledgeEvent.objects.order_by("kind", "at")
    assert [event.question for event in events] == ["", "", "", "lost hose"]
    assert [bool(event.visitor) for event in events] == [False, True, False, True]
    assert report(500)["counts"]["zero_hit"] == 2
