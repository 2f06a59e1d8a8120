"""How much one visitor, one address and one conversation may do. The clock is an argument."""

import pytest

from channels_app.web_chat.limits import SOCKETS_PER_VISITOR, Doors
from interaction_center.access.rate_limits import Buckets
from interaction_center.errors import RateLimitedError


def test_a_visitor_may_write_in_bursts_and_then_at_a_steady_pace() -> None:
    doors = Doors()
    assert [doors.message("v-1", "c", 0.0) for _ in range(10)] == [0.0] * 10
    wait = doors.message("v-1", "c", 0.0)
    assert 0 < wait <= 0.2
    assert doors.message("v-1", "c", wait) == 0.0
    assert doors.message("v-2", "other", 0.0) == 0.0


def test_a_conversation_has_a_limit_over_a_minute_too() -> None:
    doors = Doors()
    passed = sum(doors.message("v-1", "c", second / 4) == 0.0 for second in range(4 * 60))
    assert 60 <= passed <= 121


def test_one_address_brings_ten_new_visitors_a_minute() -> None:
    doors = Doors()
    for _ in range(10):
        doors.new_visitor("192.0.2.1", 0.0)
    with pytest.raises(RateLimitedError) as refused:
        doors.new_visitor("192.0.2.1", 0.0)
    assert refused.value.details["retry_after"] > 0
    doors.new_visitor("192.0.2.2", 0.0)
    doors.new_visitor("192.0.2.1", 7.0)


MB = 2**20
DAY = 86_400


def test_a_visitor_uploads_so_much_a_day_however_much_of_it_is_sent() -> None:
    doors = Doors()
    for _ in range(10):
        doors.upload("v-1", "192.0.2.1", 20 * MB, 0.0)
    with pytest.raises(RateLimitedError) as refused:
        doors.upload("v-1", "192.0.2.1", 20 * MB, 0.0)
    wait = refused.value.details["retry_after"]
    assert wait == pytest.approx(DAY / 10, abs=1)
    assert "in 3 h" in refused.value.message
    doors.upload("v-1", "192.0.2.1", 20 * MB, wait)


def test_an_address_uploads_so_much_a_day_over_all_its_visitors() -> None:
    doors = Doors()
    for number in range(50):
        doors.upload(f"v-{number}", "192.0.2.1", 20 * MB, 0.0)
    with pytest.raises(RateLimitedError):
        doors.upload("somebody", "192.0.2.1", 20 * MB, 0.0)
    doors.upload("somebody else", "192.0.2.2", 20 * MB, 0.0)


def test_a_limit_below_the_size_of_a_file_lets_one_through_at_a_time() -> None:
    buckets = Buckets(rate=1, burst=10)
    assert buckets.take("v-1", 0.0, 20) == 0.0
    assert buckets.take("v-1", 5.0, 20) == 5.0
    assert buckets.take("v-1", 10.0, 20) == 0.0


def test_windows_are_counted_per_visitor_and_given_back_once() -> None:
    doors = Doors()
    windows = [doors.open_socket("v-1", "192.0.2.1") for _ in range(SOCKETS_PER_VISITOR)]
    with pytest.raises(RateLimitedError) as refused:
        doors.open_socket("v-1", "192.0.2.1")
    assert refused.value.details["sockets"] is True
    for _ in range(2):
        windows[0].close()
    doors.open_socket("v-1", "192.0.2.1")
    with pytest.raises(RateLimitedError):
        doors.open_socket("v-1", "192.0.2.1")


def test_an_address_has_a_limit_over_all_its_visitors() -> None:
    doors = Doors()
    windows = [doors.open_socket(f"v-{number}", "192.0.2.1") for number in range(20)]
    with pytest.raises(RateLimitedError):
        doors.open_socket("somebody", "192.0.2.1")
    doors.open_socket("somebody", "192.0.2.2")
    windows[0].close()
    doors.open_socket("somebody", "192.0.2.1")
