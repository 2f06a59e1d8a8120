"""The pure part of access: roles, origins, rates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interaction_center.access.models import Permission
from interaction_center.access.origins import is_allowed, own_origin, read_origin
from interaction_center.access.policy import ADMINISTRATOR, BUILT_IN_ROLES, SUPERVISOR, sees_everything
from interaction_center.access.rate_limits import Bucket, Buckets
from interaction_center.errors import InvalidError


def test_every_built_in_role_has_known_permissions_and_one_has_all() -> None:
    assert all(set(permissions) <= set(Permission) for permissions in BUILT_IN_ROLES.values())
    assert set(BUILT_IN_ROLES[ADMINISTRATOR]) == set(Permission)


def test_only_supervisors_see_the_work_of_every_team() -> None:
    seeing = {name for name, permissions in BUILT_IN_ROLES.items() if sees_everything(permissions)}
    assert seeing == {SUPERVISOR, ADMINISTRATOR}


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://shop.example", "https://shop.example"),
        (" HTTPS://Shop.Example/ ", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_kept_as_a_browser_sends_it(text: str, origin: str) -> None:
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    ["", "*", "shop.example", "https://", "https://*.example", "https://a.example/path", "https://u:p@a.example",
     "file:///etc", "https://a.example:port", "https://a.example?x", "null", "javascript:alert(1)"],
)  # fmt: skip
def test_anything_else_is_no_origin(text: str) -> None:
    with pytest.raises(InvalidError):
        read_origin(text)


@pytest.mark.parametrize(
    "origin",
    ["", "null", "http://shop.example", "https://shop.example:8443", "https://shop.example.evil.example",
     "https://evil-shop.example", "https://SHOP.example"],
)  # fmt: skip
def test_only_the_exact_origin_may_come_in(origin: str) -> None:
    assert not is_allowed(origin, ["https://shop.example"], own="http://127.0.0.1:8000")


def test_our_own_pages_may_come_in_where_they_are_welcome() -> None:
    own = own_origin(secure=False, host="127.0.0.1:8000")
    assert is_allowed("http://127.0.0.1:8000", [], own=own)
    assert not is_allowed("", [], own=own_origin(secure=False, host="broken host"))


def test_a_bucket_lets_its_burst_pass_and_then_its_rate() -> None:
    bucket = Bucket(rate=2, burst=3, tokens=3, filled_at=0.0)
    assert [bucket.take(0.0) for _ in range(3)] == [0, 0, 0]
    assert bucket.take(0.0) == pytest.approx(0.5)
    assert bucket.take(0.5) == 0
    assert bucket.take(0.5) > 0


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    bucket = Bucket(rate=1, burst=1, tokens=1, filled_at=10.0)
    assert bucket.take(10.0) == 0
    assert bucket.take(5.0) > 0
    assert bucket.take(10.5) > 0


@given(times=st.lists(st.floats(0, 100), max_size=200))
def test_no_pattern_of_calls_beats_the_rate(times: list[float]) -> None:
    bucket = Bucket(rate=3, burst=5, tokens=5, filled_at=0.0)
    passed = sum(bucket.take(now) == 0 for now in sorted(times))
    assert passed <= 5 + 3 * max(times, default=0) + 1


def test_the_registry_forgets_whoever_was_quiet_longest() -> None:
    buckets = Buckets(rate=1, burst=1, size=2)
    assert buckets.take("a", 0) == 0
    assert buckets.take("b", 0) == 0
    assert buckets.take("c", 0) == 0
    assert len(buckets) == 2
    assert buckets.take("c", 0) > 0
    assert buckets.take("a", 0) == 0
