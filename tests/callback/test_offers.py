"""What a door says before anybody has asked: how soon, which times, by whose clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from channels_app.callback.models import AgentPhone
from channels_app.callback.offers import measured_wait, offer_of
from channels_app.callback.selectors import addresses_of, line_for, taken_slots
from channels_app.callback.times import clock_words, moment_words, slot_words, zone_words
from tests.access.builders import a_team
from tests.builders import NOW, an_agent
from tests.callback.wishes import a_line, a_number, a_talk, an_office_line, first_slot, wishes

BERLIN = ZoneInfo("Europe/Berlin")
at_noon = time_machine.travel(NOW, tick=False)


@pytest.mark.django_db
@at_noon
def test_the_wait_is_told_as_a_range_from_what_talks_took_who_waits_and_who_is_there() -> None:
    line = an_office_line(mode="softphone")
    for minutes in (4, 4, 4, 4, 4):
        a_talk(line, minutes=minutes)
    assert measured_wait(line, NOW) is None  # nobody is there
    AgentPhone.objects.create(user=an_agent().public_id, number="")
    assert offer_of(line, zone="", now=NOW, language="en").soonest == "in about 4 minutes"
    wishes(line, number=a_number())
    assert offer_of(line, zone="", now=NOW, language="de").soonest == "in etwa 8 Minuten"


@pytest.mark.django_db
@at_noon
def test_who_has_no_telephone_or_is_of_another_team_calls_nobody() -> None:
    anna, ben = an_agent(), an_agent("Ben Agent")
    line = a_line(team=a_team("Phones", ben).public_id)
    for _ in range(5):
        a_talk(line, minutes=4)
    AgentPhone.objects.create(user=anna.public_id, number="+4930111111")
    assert measured_wait(line, NOW) is None
    AgentPhone.objects.create(user=ben.public_id, number="+4930222222")
    assert measured_wait(line, NOW) == (240, 240)


@pytest.mark.django_db
def test_a_line_of_softphones_rings_nobody_who_is_rung_elsewhere() -> None:
    anna, ben, carla = (an_agent(name).public_id for name in ("Anna Agent", "Ben Agent", "Carla Agent"))
    AgentPhone.objects.create(user=anna, number="")
    AgentPhone.objects.create(user=ben, number="+4930111111")
    assert addresses_of([anna, ben, carla], "softphone") == {anna: f"client:{anna}"}
    assert addresses_of([anna, ben, carla], "agent_first") == {anna: f"client:{anna}", ben: "+4930111111"}


@pytest.mark.django_db
@at_noon
def test_a_few_talks_say_nothing() -> None:
    line = a_line(mode="softphone")
    AgentPhone.objects.create(user=an_agent().public_id, number="")
    a_talk(line, minutes=4)
    assert offer_of(line, zone="", now=NOW, language="en").soonest == "as soon as somebody is free"


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 3, 7, 12, tzinfo=UTC), tick=False)
def test_outside_business_hours_it_is_said_when_the_line_opens() -> None:
    offer = offer_of(an_office_line(), zone="", now=datetime(2026, 3, 7, 12, tzinfo=UTC), language="en")
    assert offer.soonest == "when we open again, from Monday, 9 March, 09:00 (Berlin time) on"
    assert (offer.days[0].words, offer.days[0].choices[0].words) == ("Monday, 9 March", "09:00–09:30")


@pytest.mark.django_db
@at_noon
def test_a_slot_without_room_is_not_shown() -> None:
    line = an_office_line(slot_capacity=1)
    start = first_slot(line)
    wishes(line, wanted_at=start)
    assert taken_slots(line, NOW) == {start: 1}
    assert first_slot(line) > start


@pytest.mark.django_db
def test_a_site_without_a_line_of_its_own_has_that_of_all() -> None:
    shared, own = a_line(), a_line(site="shop")
    a_line(site="off", active=False)
    assert [line_for("shop"), line_for("another"), line_for("off")] == [own, shared, shared]


def test_times_are_told_with_their_day_and_whose_clock_it_is() -> None:
    start, end = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert slot_words(start, end, BERLIN, "en") == "Monday, 2 March, between 10:00 and 10:30"
    assert slot_words(start, end, BERLIN, "de") == "Montag, 2. März, zwischen 10:00 und 10:30 Uhr"
    assert moment_words(start, ZoneInfo("America/New_York"), "de") == "Montag, 2. März, 04:00 Uhr"
    assert zone_words(ZoneInfo("America/New_York"), "en") == "New York time"
    assert zone_words(ZoneInfo("UTC"), "de") == "UTC"


def test_an_hour_that_the_clock_repeats_is_told_apart() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert clock_words(first, BERLIN, "en") == "02:30 (UTC+0200)"
    assert clock_words(second, BERLIN, "en") == "02:30 (UTC+0100)"
    assert clock_words(datetime(2026, 10, 25, 2, 30, tzinfo=UTC), BERLIN, "en") == "03:30"
