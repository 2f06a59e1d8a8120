"""When a customer may be rung, held against an oracle that knows nothing but the clock on the wall."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from channels_app.callback.windows import (
    CALLING_HOURS,
    Slot,
    SlotRules,
    Whereabouts,
    Window,
    ZoneSource,
    read_zone,
    slot_at,
    slots,
    whereabouts,
)
from interaction_center.business_hours import WEEKDAYS, Calendar, Frame, Segment, read_calendar
from interaction_center.errors import AlreadyTakenError, InvalidError

BERLIN = ZoneInfo("Europe/Berlin")
TOKYO, SAO_PAULO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Sao_Paulo"), ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
ROUND_THE_CLOCK = (0, 24 * 60)
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Berlin",
        "Europe/London",
        "America/New_York",
        "America/Los_Angeles",
        "America/St_Johns",
        "America/Sao_Paulo",
        "America/Santiago",
        "America/Havana",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Tokyo",
        "Australia/Sydney",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Pacific/Apia",
        "UTC",
    )
]
CLOCK_CHANGES = [
    datetime.fromisoformat(text).replace(tzinfo=UTC)
    for text in (
        "2026-10-25T01:00",
        "2027-03-28T01:00",
        "2026-11-01T06:00",
        "2027-03-14T10:00",
        "2026-10-03T16:00",
        "2027-04-03T16:00",
        "2026-10-03T15:30",
        "2027-04-03T15:00",
        "2026-09-06T04:00",
        "2027-04-04T03:00",
        "2026-10-29T21:00",
        "2027-04-29T22:00",
        "2026-09-26T14:00",
        "2027-02-07T02:00",
        "2028-02-29T00:00",
        "2026-12-31T23:00",
    )
]
QUARTER = 15 * 60


@dataclass(frozen=True)
class Case:
    """One customer, one line, one clock, as plain values that the oracle reads by itself."""

    line: ZoneInfo
    zones: tuple[ZoneInfo, ...]
    hours: Frame
    frames: dict[int, list[Frame]]
    closed: list[date]
    at: datetime
    before: datetime
    ring: int

    def window(self) -> Window:
        hours = {WEEKDAYS[day]: [(_clock(start), _clock(end)) for start, end in self.frames[day]] for day in range(7)}
        closed = [day.isoformat() for day in self.closed]
        calendar = read_calendar(zone=self.line.key, hours=hours, closed=closed)
        return Window(calendar, Whereabouts(self.zones, ZoneSource.CANDIDATES), self.hours)


def test_ten_thousand_windows_are_what_the_clocks_on_the_wall_say() -> None:
    """Borders and clock changes of these cases lie on quarters of an hour, so a look at each quarter sees all."""
    dice = random.Random(20261025)
    reached = 0
    for _ in range(10_000):
        case = a_case(dice, step=15)
        expected = runs(case, QUARTER)
        window = case.window()
        assert list(window.segments(case.at, case.before)) == expected, case
        ring = timedelta(seconds=case.ring)
        first = next((start for start, end in expected if end - start >= ring), None)
        assert window.next_allowed(case.at, case.ring, case.before) == first, case
        if first is not None:
            reached += 1
            assert window.may_ring(first, case.ring)
            assert all(
                allowed(case, first + timedelta(seconds=second)) for second in (0, case.ring // 2, case.ring - 1)
            )
    assert 4_000 < reached < 9_900  # both answers are common, or the cases prove little


def test_windows_of_odd_minutes_agree_minute_by_minute() -> None:
    dice = random.Random(4)
    for _ in range(150):
        case = a_case(dice, step=1)
        assert list(case.window().segments(case.at, case.before)) == runs(case, 60), case


def test_offered_slots_lie_in_the_window_and_none_is_kept_back() -> None:
    dice = random.Random(7)
    offered = 0
    for _ in range(300):
        case = a_case(dice, step=15)
        rules = SlotRules(minutes=dice.choice((15, 30, 60)), days=2, lead=timedelta(minutes=dice.choice((0, 45))))
        found = slots(case.at, case.window(), rules, {})
        assert [slot.start for slot in found] == expected_slots(case, rules), (case, rules)
        offered += len(found)
    assert offered > 1_000


def expected_slots(case: Case, rules: SlotRules) -> list[datetime]:
    """Every instant of the line's days whose wall clock shows a multiple, kept if all its quarters are allowed."""
    today = case.at.astimezone(case.line).date()
    span = range(-QUARTER * 100, 86_400 * (rules.days + 1), QUARTER)
    midnight = datetime.combine(today, time(), UTC)
    starts: list[datetime] = []
    for second in span:
        start = midnight + timedelta(seconds=second)
        wall = start.astimezone(case.line)
        quarters = [start + timedelta(minutes=minute) for minute in range(0, rules.minutes, 15)]
        if (
            0 <= (wall.date() - today).days < rules.days
            and (wall.hour * 60 + wall.minute) % rules.minutes == 0
            and start >= case.at + rules.lead
            and all(allowed(case, quarter) for quarter in quarters)
        ):
            starts.append(start)
    return starts


def allowed(case: Case, at: datetime) -> bool:
    """The oracle: business hours of the line and no holiday there, and calling hours on each wall."""
    day = at.astimezone(case.line).date()
    opened = any(
        border(day, start, case.line) <= at < border(day, end, case.line) for start, end in case.frames[day.weekday()]
    )
    if day in case.closed or not opened:
        return False
    walls = (at.astimezone(zone) for zone in case.zones)
    return all(case.hours[0] <= wall.hour * 60 + wall.minute < case.hours[1] for wall in walls)


@cache
def border(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A wall time of opening hours; the first of two, and moved forward out of a gap."""
    return datetime.fromtimestamp((datetime.combine(day, time(), zone) + timedelta(minutes=minutes)).timestamp(), UTC)


def runs(case: Case, step: int) -> list[Segment]:
    """The allowed stretches, found by looking at every step."""
    found: list[Segment] = []
    for start, end in steps(case.at, case.before, step):
        if not allowed(case, start):
            continue
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def steps(at: datetime, before: datetime, step: int) -> Iterator[Segment]:
    start = at
    while start < before:
        end = datetime.fromtimestamp((int(start.timestamp()) // step + 1) * step, UTC)
        yield start, min(end, before)
        start = end


def a_case(dice: random.Random, step: int) -> Case:
    at = dice.choice(CLOCK_CHANGES) if dice.random() < 0.6 else datetime(2026, 1, 1, tzinfo=UTC)
    spread = 2_000 if at.year != 2026 or at.month != 1 else 1_000_000
    at += timedelta(minutes=dice.randrange(-spread if spread == 2_000 else 0, spread), seconds=dice.randrange(60))
    first, last = sorted(dice.sample(range(0, 24 * 60 + 1, step), 2))
    hours = dice.choice((CALLING_HOURS, ROUND_THE_CLOCK, (first, last), (0, last), (first, 24 * 60)))
    closed = [at.date() + timedelta(days=offset) for offset in (-1, 0, 1, 2) if dice.random() < 0.1]
    return Case(
        line=dice.choice(ZONES),
        zones=tuple(dice.sample(ZONES, dice.choice((1, 1, 1, 2, 3)))),
        hours=hours,
        frames={day: some_frames(dice, step) for day in range(7)} | {dice.randrange(7): [ROUND_THE_CLOCK]},
        closed=closed,
        at=at,
        before=at + timedelta(hours=dice.randrange(20, 37)),
        ring=dice.choice((1, 30, 60)),
    )


def some_frames(dice: random.Random, step: int) -> list[Frame]:
    kind = dice.random()
    if kind < 0.1:
        return []
    if kind < 0.3:
        return [ROUND_THE_CLOCK]
    borders = sorted(dice.sample(range(0, 24 * 60 + 1, step), 4))
    return [(borders[0], borders[1]), (borders[2], borders[3])] if kind < 0.6 else [(borders[0], borders[3])]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def test_the_whole_ring_must_fit_before_the_evening() -> None:
    window = a_window(BERLIN)
    assert window.may_ring(berlin("2026-07-01T19:59:30"), 30)
    assert not window.may_ring(berlin("2026-07-01T19:59:50"), 30)
    assert not window.may_ring(berlin("2026-07-01T20:00:00"), 1)
    assert window.next_allowed(berlin("2026-07-01T19:59:50"), 30, berlin("2026-07-03T00:00")) == berlin(
        "2026-07-02T08:00"
    )


def test_a_ring_may_cross_from_one_opening_to_the_next_that_touches_it() -> None:
    window = a_window(BERLIN, frames=[("09:00", "12:00"), ("12:00", "17:00")])
    assert window.may_ring(berlin("2026-07-01T11:59:50"), 30)


def test_a_ring_may_cross_midnight_where_nobody_sleeps() -> None:
    window = a_window(BERLIN, hours=ROUND_THE_CLOCK)
    assert window.may_ring(berlin("2026-07-01T23:59:50"), 30)


def test_the_hour_that_the_clock_repeats_is_judged_by_the_clock() -> None:
    window = a_window(BERLIN, hours=(0, 150))  # until 02:30, which comes twice on this night
    found = list(window.segments(berlin("2026-10-25T00:00"), berlin("2026-10-25T12:00")))
    assert found == [
        (utc("2026-10-24T22:00"), utc("2026-10-25T00:30")),
        (utc("2026-10-25T01:00"), utc("2026-10-25T01:30")),
    ]


def test_a_time_that_the_clock_leaves_out_opens_when_the_clock_is_past_it() -> None:
    window = a_window(BERLIN, hours=(150, 240))  # from 02:30, which does not come on this night
    found = list(window.segments(berlin("2027-03-28T00:00"), berlin("2027-03-28T12:00")))
    assert found == [(utc("2027-03-28T01:00"), utc("2027-03-28T02:00"))]


def test_summer_time_of_half_an_hour_is_kept() -> None:
    window = a_window(LORD_HOWE, hours=(60, 120))  # 01:00-02:00; at 02:00 the clock goes back to 01:30
    found = list(window.segments(utc("2027-04-03T12:00"), utc("2027-04-03T18:00")))
    assert found == [(utc("2027-04-03T14:00"), utc("2027-04-03T15:30"))]


def test_a_holiday_of_the_line_is_no_day_to_ring() -> None:
    calendar = read_calendar(zone="Europe/Berlin", hours=every_day([("00:00", "24:00")]), country="DE")
    window = Window(calendar, Whereabouts((BERLIN,), ZoneSource.BROWSER))
    christmas = berlin("2026-12-25T10:00")
    assert window.next_allowed(christmas, 30, christmas + timedelta(days=3)) == berlin("2026-12-27T08:00")


def test_a_customer_who_may_be_in_several_places_is_rung_when_it_suits_all() -> None:
    window = a_window(BERLIN, NEW_YORK)
    noon = berlin("2026-07-01T10:00")
    assert list(window.segments(noon, noon + timedelta(days=1))) == [
        (berlin("2026-07-01T14:00"), berlin("2026-07-01T20:00"))
    ]


def test_where_no_hour_suits_all_places_a_person_must_decide() -> None:
    window = a_window(TOKYO, SAO_PAULO)  # twelve hours apart
    now = utc("2026-07-01T00:00")
    assert window.next_allowed(now, 30, now + timedelta(days=30)) is None
    assert slots(now, window, SlotRules(), {}) == []


def test_nothing_is_allowed_before_a_time_that_has_passed() -> None:
    now = berlin("2026-07-01T10:00")
    assert a_window(BERLIN).next_allowed(now, 30, now) is None
    assert a_window(BERLIN).next_allowed(now, 30, now - timedelta(days=1)) is None
    assert a_window(BERLIN).next_allowed(now, 30, now + timedelta(seconds=29)) is None


@pytest.mark.parametrize("hours", [(480, 480), (1200, 480), (-1, 60), (0, 1441)])
def test_calling_hours_that_are_none_are_refused(hours: Frame) -> None:
    with pytest.raises(InvalidError, match="08:00 to 20:00"):
        a_window(BERLIN, hours=hours)


@pytest.mark.parametrize("candidates", [set(), {"Asia/Seoul"}, {"Etc/Unknown"}, {"Asia/Tokyo", "America/New_York"}])
def test_the_zone_of_the_browser_is_trusted_before_the_record(candidates: set[str]) -> None:
    where = whereabouts(browser="Asia/Tokyo", customer="Europe/Berlin", candidates=candidates, site=BERLIN)
    assert where == Whereabouts((TOKYO,), ZoneSource.BROWSER)


@pytest.mark.parametrize("browser", ["Asia/Tokyo", "UTC"])
def test_no_browser_turns_the_night_of_a_number_into_day(browser: str) -> None:
    """Whoever types the number need not be whose it is."""
    where = whereabouts(browser=browser, customer="", candidates={"America/New_York"}, site=BERLIN)
    assert where == Whereabouts((ZoneInfo(browser), NEW_YORK), ZoneSource.CANDIDATES)


def test_the_record_is_trusted_where_the_browser_says_nonsense() -> None:
    where = whereabouts(browser="../../etc/passwd", customer="Asia/Tokyo", candidates=set(), site=BERLIN)
    assert where == Whereabouts((TOKYO,), ZoneSource.CUSTOMER)


def test_a_number_of_one_zone_says_where_the_customer_is() -> None:
    where = whereabouts(browser="", customer="", candidates={"America/New_York"}, site=BERLIN)
    assert where == Whereabouts((NEW_YORK,), ZoneSource.NUMBER)


def test_a_number_of_several_zones_leaves_all_of_them_open() -> None:
    where = whereabouts(browser="", customer="", candidates={"Asia/Tokyo", "America/New_York"}, site=BERLIN)
    assert where == Whereabouts((NEW_YORK, TOKYO), ZoneSource.CANDIDATES)
    assert not where.is_guess


@pytest.mark.parametrize("candidates", [set(), {"Etc/Unknown"}])
def test_where_nothing_is_known_the_zone_of_the_site_stands_in_and_is_flagged(candidates: set[str]) -> None:
    where = whereabouts(browser="", customer="", candidates=candidates, site=BERLIN)
    assert where == Whereabouts((BERLIN,), ZoneSource.SITE)
    assert where.is_guess


def test_a_zone_that_this_machine_does_not_know_never_widens_the_window() -> None:
    where = whereabouts(browser="", customer="", candidates={"Asia/Tokyo", "Asia/Atlantis"}, site=BERLIN)
    assert where == Whereabouts((TOKYO, BERLIN), ZoneSource.SITE)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "EST",
        "Etc/Unknown",
        "Europe/",
        "Europe",
        "/etc/localtime",
        "right/Europe/Berlin",
        "a/\x00",
        "ü/" + "x" * 5_000,
        "\ud800/a",
    ],
)
def test_what_is_no_place_is_no_zone(name: str) -> None:
    assert read_zone(name) is None


def test_slots_stand_on_the_clock_of_the_line_and_are_told_on_that_of_the_customer() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    window = Window(a_window(BERLIN).calendar, Whereabouts((kathmandu,), ZoneSource.BROWSER))
    first = slots(berlin("2026-07-01T10:05"), window, SlotRules(minutes=30), {})[0]
    assert first.start == berlin("2026-07-01T11:00")  # 30 minutes of lead, then the next half hour
    assert window.shown_zone == kathmandu
    assert [f"{shown:%H:%M}" for shown in first.shown_in(kathmandu)] == ["14:45", "15:15"]


def test_a_customer_of_whom_the_place_is_not_sure_is_told_the_time_of_the_line() -> None:
    assert a_window(BERLIN, NEW_YORK).shown_zone == BERLIN


def test_the_repeated_hour_is_offered_twice_and_the_absent_one_never() -> None:
    window = a_window(BERLIN, hours=ROUND_THE_CLOCK)
    rules = SlotRules(minutes=60, days=1, lead=timedelta())
    assert len(slots(berlin("2026-10-25T00:00"), window, rules, {})) == 25
    assert len(slots(berlin("2027-03-28T00:00"), window, rules, {})) == 23


def test_slots_that_are_longer_than_the_change_of_the_clock_do_not_overlap() -> None:
    window = a_window(BERLIN, hours=ROUND_THE_CLOCK)
    found = slots(berlin("2027-03-28T00:00"), window, SlotRules(minutes=90, days=1, lead=timedelta()), {})
    shown = [f"{slot.shown_in(BERLIN)[0]:%H:%M}" for slot in found]
    assert shown[:4] == ["00:00", "01:30", "04:30", "06:00"]  # the one of 03:00 would begin inside that of 01:30


def test_a_full_slot_is_shown_as_full_and_cannot_be_chosen() -> None:
    now, window, rules = berlin("2026-07-01T10:00"), a_window(BERLIN), SlotRules(capacity=2)
    eleven, twelve = berlin("2026-07-01T11:00").astimezone(UTC), berlin("2026-07-01T12:00").astimezone(UTC)
    taken = {eleven: 3, twelve: 1}
    free = {slot.start: slot.free for slot in slots(now, window, rules, taken)}
    assert (free[eleven], free[twelve]) == (0, 1)
    assert slot_at(twelve, now, window, rules, taken) == Slot(twelve, twelve + timedelta(minutes=30), 1)
    with pytest.raises(AlreadyTakenError, match="Choose another") as caught:
        slot_at(eleven, now, window, rules, taken)
    assert caught.value.code == "slot_full"


@pytest.mark.parametrize(
    "chosen",
    [
        "2026-07-01T10:00",
        "2026-07-01T11:07",
        "2026-07-01T20:00",
        "2026-07-01T07:30",
        "2026-06-30T12:00",
        "2026-07-15T12:00",
    ],
)
def test_a_slot_that_is_not_on_offer_cannot_be_chosen(chosen: str) -> None:
    with pytest.raises(InvalidError, match="on offer") as caught:
        slot_at(berlin(chosen), berlin("2026-07-01T10:00"), a_window(BERLIN), SlotRules(), {})
    assert caught.value.code == "slot_not_offered"


def test_every_offered_slot_can_be_chosen_and_rung_to_its_end() -> None:
    now, window, rules = berlin("2026-10-24T10:00"), a_window(BERLIN, NEW_YORK), SlotRules(days=3)
    offered = slots(now, window, rules, {})
    assert offered
    assert all(slot_at(slot.start, now, window, rules, {}) == slot for slot in offered)
    assert all(window.may_ring(slot.end - timedelta(seconds=30), 30) for slot in offered)


def a_window(*zones: ZoneInfo, hours: Frame = CALLING_HOURS, frames: list[tuple[str, str]] | None = None) -> Window:
    calendar: Calendar = read_calendar(zone="Europe/Berlin", hours=every_day(frames or [("00:00", "24:00")]))
    return Window(calendar, Whereabouts(zones, ZoneSource.CANDIDATES), hours)


def every_day(frames: list[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    return dict.fromkeys(WEEKDAYS, frames)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
