"""Nobody is rung outside their hours: the dialler's decisions in bulk, against a clock on the wall of every zone."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from channels_app.callback.dialler import _fall_due
from channels_app.callback.models import CallbackRequest, PhoneLine
from channels_app.callback.selectors import window_of
from interaction_center.business_hours import Calendar, read_calendar
from interaction_center.due_work import WorkState

CASES = 10_000
ZONES = (
    *("Europe/Berlin", "America/New_York", "America/Los_Angeles", "Australia/Lord_Howe", "Australia/Perth"),
    *("Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo", "Asia/Tokyo", "Africa/Nairobi"),
)
EDGES = (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 0, 30, tzinfo=UTC))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def a_case(random: Random) -> tuple[CallbackRequest, Calendar, datetime]:
    """A request that is due at an odd hour, now and then around a change of the clock."""
    first, last = sorted(random.sample(range(24), 2))
    hours = {day: [[f"{first:02}:00", f"{last:02}:30"]] for day in random.sample(DAYS, random.randint(1, 7))}
    closed = [f"2026-{random.randint(1, 12):02}-{random.randint(1, 28):02}" for _ in range(4)]
    calendar = read_calendar(zone=random.choice(ZONES), hours=hours, closed=closed)
    line = PhoneLine(ring_seconds=random.choice([10, 25, 60]), number="+4930987654")
    zones = random.sample(ZONES, random.choice([0, 1, 1, 2, 3]))
    around = random.choice([*EDGES, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(525_600))])
    now = around + timedelta(seconds=random.randrange(-86_400, 86_400))
    expires = now + timedelta(days=random.choice([1, 3, 7]))
    stage = random.choice(["scheduled", "due", "retry_wait"])
    request = CallbackRequest(line=line, zones=zones, stage=stage, due_at=now, expires_at=expires, interaction="x")
    return request, calendar, now


def is_allowed(request: CallbackRequest, calendar: Calendar, at: datetime) -> bool:
    """By the wall: day and evening where the customer may be, open where we are, for every second of the ringing."""
    zones = [ZoneInfo(name) for name in request.zones] or [calendar.zone]
    for second in (0, request.line.ring_seconds // 2, request.line.ring_seconds - 1):
        instant = at + timedelta(seconds=second)
        if not calendar.is_open(instant) or not all(8 <= instant.astimezone(zone).hour < 20 for zone in zones):
            return False
    return True


def test_in_ten_thousand_cases_nobody_is_rung_outside_their_hours() -> None:
    random, rung, waited = Random(20261025), 0, 0
    for _ in range(CASES):
        request, calendar, now = a_case(random)
        window = window_of(request.line, calendar, request.zones)
        _fall_due(request, window, now, is_closed=False)
        if request.stage == "due" and request.due_at > now and window.may_ring(now, request.line.ring_seconds):
            assert is_allowed(request, calendar, now), (request.zones, calendar, now)
            rung += 1
        elif request.state == WorkState.DUE and request.stage != "expired":
            assert is_allowed(request, calendar, request.due_at), (request.zones, calendar, now, request.due_at)
            waited += 1
        else:
            assert request.stage == "expired"
    assert min(rung, waited) > CASES / 20
