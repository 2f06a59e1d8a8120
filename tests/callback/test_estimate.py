"""What a customer is told about the wait: a range that is kept, and words for it."""

import random

import pytest

from channels_app.callback.estimate import estimated_wait, wait_words


def test_the_range_holds_in_about_eight_of_ten_simulated_queues() -> None:
    dice = random.Random(3)
    for place, agents in ((1, 1), (4, 2), (10, 3), (25, 5)):
        wait = estimated_wait(place, agents, 300)
        assert wait is not None
        kept = sum(wait[0] <= simulated_wait(dice, place, agents, 300) <= wait[1] for _ in range(4_000))
        assert 0.74 < kept / 4_000 < 0.92, (place, agents, kept)


def simulated_wait(dice: random.Random, place: int, agents: int, average: float) -> float:
    """All agents talk, the talks last as long as they last; the place-th to become free calls."""
    free = sorted(dice.expovariate(1 / average) for _ in range(agents))
    for _ in range(place - 1):
        free.append(free.pop(0) + dice.expovariate(1 / average))
        free.sort()
    return free[0]


def test_more_agents_shorten_the_wait_and_a_later_place_lengthens_it() -> None:
    assert estimated_wait(10, 2, 300, spread=0) == (1_500, 1_500)
    assert estimated_wait(10, 5, 300, spread=0) == (600, 600)
    assert estimated_wait(20, 5, 300, spread=0) == (1_200, 1_200)


@pytest.mark.parametrize(
    ("place", "agents", "average"), [(1, 0, 300), (1, -1, 300), (0, 2, 300), (1, 2, 0), (1, 2, -5)]
)
def test_nothing_is_promised_where_nothing_is_known(place: int, agents: int, average: float) -> None:
    assert estimated_wait(place, agents, average) is None


@pytest.mark.parametrize(
    ("wait", "english", "german"),
    [
        (None, "as soon as somebody is free", "sobald jemand frei ist"),
        ((0, 0), "in at most 1 minute", "in höchstens 1 Minute"),
        ((30, 170), "in at most 3 minutes", "in höchstens 3 Minuten"),
        ((60, 61), "in 1 to 2 minutes", "in 1 bis 2 Minuten"),
        ((300, 300), "in about 5 minutes", "in etwa 5 Minuten"),
        ((420, 1_130), "in 7 to 20 minutes", "in 7 bis 20 Minuten"),
        ((57 * 60, 58 * 60), "in 55 minutes to 1 hour", "in 55 Minuten bis 1 Stunde"),
        ((50 * 60, 61 * 60), "in 50 minutes to 2 hours", "in 50 Minuten bis 2 Stunden"),
        ((61 * 60, 150 * 60), "in 1 to 3 hours", "in 1 bis 3 Stunden"),
        ((7 * 3600, 8 * 3600 + 1), "within the next working days", "in den nächsten Werktagen"),
    ],
)
def test_the_words_never_promise_more_than_the_range(wait: tuple[int, int] | None, english: str, german: str) -> None:
    assert (wait_words(wait, "en"), wait_words(wait, "de")) == (english, german)
