"""Opening hours: the conventions one by one, properties over random calendars, and cases published by other systems."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interaction_center.business_hours import (
    Calendar,
    CalendarError,
    Segment,
    localize,
    opening_days,
    read_calendar,
    refuse_overlaps,
)

OFFICE = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
ALL_DAY = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


def office(**more: Any) -> Calendar:
    return read_calendar(zone="Europe/Berlin", hours=OFFICE, **more)


def test_closing_time_is_outside_and_opening_time_inside() -> None:
    assert office().is_open(berlin("2026-03-02T09:00"))
    assert not office().is_open(berlin("2026-03-02T12:00"))


def test_the_next_opening_after_friday_evening_is_monday_morning() -> None:
    assert office().next_opening(berlin("2026-03-06T18:00")) == berlin("2026-03-09T09:00")


def test_overlapping_frames_are_refused_with_their_day_and_touching_ones_are_not() -> None:
    refuse_overlaps(read_calendar(zone="UTC", hours={"mon": [["09:00", "12:00"], ["12:00", "17:00"]]}))
    overlapping = read_calendar(
        zone="UTC", hours={"mon": [["09:00", "17:00"]], "tue": [["13:00", "17:00"], ["09:00", "14:30"]]}
    )
    with pytest.raises(CalendarError, match="On Tuesday, 09:00-14:30 and 13:00-17:00 overlap") as refused:
        refuse_overlaps(overlapping)
    assert refused.value.details["hours"] == refused.value.message


def test_the_next_opening_inside_hours_is_now() -> None:
    assert office().next_opening(berlin("2026-03-06T10:30")) == berlin("2026-03-06T10:30")


def test_a_budget_used_up_at_closing_time_ends_at_closing_time() -> None:
    assert office().add_open_time(berlin("2026-03-06T16:00"), 3600) == berlin("2026-03-06T17:00")


def test_a_budget_of_nothing_outside_hours_is_the_next_opening() -> None:
    assert office().add_open_time(berlin("2026-03-06T20:00"), 0) == berlin("2026-03-09T09:00")


def test_a_public_holiday_closes_the_whole_local_day() -> None:
    closed = office(country="DE", subdivision="BY")
    assert not closed.is_open(berlin("2026-01-06T10:00"))
    assert office(country="DE").is_open(berlin("2026-01-06T10:00"))


def test_own_holidays_close_once_or_every_year() -> None:
    calendar = office(closed=["2026-03-02", "12-24"])
    assert not calendar.is_open(berlin("2026-03-02T10:00"))
    assert not calendar.is_open(berlin("2026-12-24T10:00"))
    assert not calendar.is_open(berlin("2027-12-24T10:00"))
    assert calendar.is_open(berlin("2027-03-02T10:00"))


def test_the_preview_names_the_holiday() -> None:
    preview = opening_days(office(country="DE"), date(2026, 12, 24), 2, "de")
    assert [bool(segments) for _day, segments, _name in preview] == [True, False]
    assert "Weihnachtstag" in preview[1][2]


def test_days_of_23_and_25_hours_count_their_real_length() -> None:
    calendar = read_calendar(zone="Europe/Berlin", hours=ALL_DAY)
    assert calendar.elapsed(berlin("2026-03-29T00:00"), berlin("2026-03-30T00:00")) == timedelta(hours=23)
    assert calendar.elapsed(berlin("2026-10-25T00:00"), berlin("2026-10-26T00:00")) == timedelta(hours=25)


def test_a_frame_inside_the_gap_of_summer_time_counts_once() -> None:
    calendar = read_calendar(zone="Europe/Berlin", hours={"sun": [["02:00", "02:30"], ["03:00", "04:00"]]})
    assert calendar.elapsed(berlin("2026-03-29T00:00"), berlin("2026-03-30T00:00")) == timedelta(hours=1)


def test_a_frame_whose_end_falls_before_its_moved_start_is_empty() -> None:
    calendar = read_calendar(zone="Europe/Berlin", hours={"sun": [["02:30", "03:00"]]})
    assert calendar.day_segments(date(2026, 3, 29)) == []


def test_an_ambiguous_wall_time_is_its_first_occurrence() -> None:
    assert localize(date(2026, 10, 25), 150, ZoneInfo("Europe/Berlin")) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_overlapping_pauses_count_once_and_keep_their_seconds() -> None:
    start, end = berlin("2026-03-02T09:00:00"), berlin("2026-03-02T10:00:00")
    pauses = [
        (berlin("2026-03-02T09:10:01"), berlin("2026-03-02T09:20:00")),
        (berlin("2026-03-02T09:15:00"), berlin("2026-03-02T09:30:00")),
    ]
    assert office().elapsed(start, end, pauses) == timedelta(minutes=40, seconds=1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"hours": {}}, "no opening hours"),
        ({"hours": {"mon": []}}, "no opening hours"),
        ({"hours": {"mo": [["09:00", "10:00"]]}}, "no weekday"),
        ({"hours": {"mon": [["09:00"]]}}, "two times"),
        ({"hours": {"mon": [["22:00", "06:00"]]}}, "ends before"),
        ({"hours": {"mon": [["09:00", "24:30"]]}}, "no time of day"),
        ({"hours": {"mon": [["9", "10"]]}}, "no time of day"),
        ({"zone": "Mars/Olympus"}, "no time zone"),
        ({"zone": "../etc"}, "no time zone"),
        ({"closed": ["2026-02-30"]}, "no date"),
        ({"closed": ["13-40"]}, "no date"),
        ({"country": "XX"}, "holidays"),
        ({"country": "DE", "subdivision": "ZZ"}, "holidays"),
    ],
)
def test_a_wrong_calendar_is_refused_with_a_sentence(values: dict[str, Any], words: str) -> None:
    with pytest.raises(CalendarError, match=words):
        read_calendar(**{"zone": "Europe/Berlin", "hours": OFFICE, **values})


def test_a_calendar_that_is_always_on_holiday_never_opens() -> None:
    calendar = read_calendar(zone="UTC", hours={"mon": [["09:00", "10:00"]]}, closed=_every_day())
    with pytest.raises(CalendarError, match="never opens"):
        calendar.next_opening(datetime(2026, 1, 1, tzinfo=UTC))


def _every_day() -> list[str]:
    return [(date(2024, 1, 1) + timedelta(days=offset)).strftime("%m-%d") for offset in range(366)]


instants = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
minutes = st.integers(0, 24 * 60)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any week with at least one frame, in zones with and without summer time."""
    zone = draw(st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC", "Asia/Tehran"]))
    days = draw(st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1))
    frames = {day: [_frame(draw(st.sets(minutes, min_size=2, max_size=2)))] for day in sorted(days)}
    return read_calendar(zone=zone, hours=frames, country=draw(st.sampled_from(["", "DE"])))


def _frame(borders: set[int]) -> list[str]:
    return [f"{border // 60:02}:{border % 60:02}" for border in sorted(borders)]


@settings(max_examples=60, deadline=None)
@given(calendar=calendars(), start=instants, seconds=st.integers(0, 40 * 3600))
def test_the_time_elapsed_up_to_a_deadline_is_the_budget(calendar: Calendar, start: datetime, seconds: int) -> None:
    deadline = calendar.add_open_time(start, seconds)
    assert calendar.elapsed(start, deadline) == timedelta(seconds=seconds)


@settings(max_examples=60, deadline=None)
@given(calendar=calendars(), at=instants)
def test_open_means_that_the_next_opening_is_now(calendar: Calendar, at: datetime) -> None:
    assert calendar.is_open(at) == (calendar.next_opening(at) == at)


@settings(max_examples=60, deadline=None)
@given(calendar=calendars(), start=instants, hours=st.integers(0, 100), more=st.integers(0, 100))
def test_open_time_adds_up_over_any_cut(calendar: Calendar, start: datetime, hours: int, more: int) -> None:
    middle, end = start + timedelta(hours=hours), start + timedelta(hours=hours + more)
    assert calendar.elapsed(start, middle) + calendar.elapsed(middle, end) == calendar.elapsed(start, end)


# Cases with known answers from the public tests of other systems. They are not part of this repository.

CASES = Path(os.environ.get("YARDSTICKS", Path(__file__).parents[2] / "shared" / "yardsticks")) / "sla" / "cases.jsonl"
KINDS = {"deadline", "elapsed", "open_segments", "localize", "business_days", "clock"}
OURS = {"deadline": 45, "elapsed": 42, "open_segments": 5, "localize": 3}


def published_cases() -> list[Any]:
    if not CASES.parent.is_dir():
        return []
    rows = [json.loads(line) for line in CASES.read_text().splitlines()]
    return [pytest.param(row, id=row["id"]) for row in rows if row["kind"] in OURS]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def spans(pairs: list[list[str]]) -> list[Segment]:
    return [(instant(start), instant(end)) for start, end in pairs]


def calendar_of(case: dict[str, Any]) -> Calendar:
    closed = [*case.get("holidays", []), *case.get("holidays_annual", [])]
    return read_calendar(zone=case["tz"], hours=case["hours"], closed=closed)


def test_all_published_cases_were_read() -> None:
    if not CASES.parent.is_dir():
        pytest.skip(f"no SLA cases at {CASES.parent}; set YARDSTICKS to the folder that holds sla/cases.jsonl")
    rows = [json.loads(line) for line in CASES.read_text().splitlines()]
    assert {row["kind"] for row in rows} <= KINDS
    assert {kind: sum(row["kind"] == kind for row in rows) for kind in OURS} == OURS


@pytest.mark.parametrize("case", published_cases())
def test_a_published_case_has_its_known_answer(case: dict[str, Any]) -> None:
    if case.get("convention") == "empty_calendar_means_wall_clock":
        with pytest.raises(CalendarError):
            calendar_of(case)
        return
    CHECKS[case["kind"]](case)


def check_deadline(case: dict[str, Any]) -> None:
    pauses = spans(case.get("pauses", []))
    found = calendar_of(case).add_open_time(instant(case["start"]), case["target_s"], pauses)
    assert found == instant(case.get("our_expect_deadline", case["expect_deadline"]))
    assert abs(found - instant(case["expect_deadline"])) <= timedelta(seconds=case.get("tolerance_s", 10**9))


def check_elapsed(case: dict[str, Any]) -> None:
    found = calendar_of(case).elapsed(instant(case["start"]), instant(case["end"]), spans(case.get("pauses", [])))
    assert found.total_seconds() == case["expect_elapsed_s"]


def check_open_segments(case: dict[str, Any]) -> None:
    expected = spans(case["expect_segments"])
    found = calendar_of(case).segments(instant(case["start"]), spans(case.get("pauses", [])))
    assert [next(found) for _ in expected] == expected


def check_localize(case: dict[str, Any]) -> None:
    day, time = case["wall"].split("T")
    hours, mins, _seconds = (int(part) for part in time.split(":"))
    assert localize(date.fromisoformat(day), hours * 60 + mins, ZoneInfo(case["tz"])) == instant(case["expect_instant"])


CHECKS = {
    "deadline": check_deadline,
    "elapsed": check_elapsed,
    "open_segments": check_open_segments,
    "localize": check_localize,
}
