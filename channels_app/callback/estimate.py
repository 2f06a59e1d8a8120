"""How long a customer will wait to be called back: an honest range, and words for it. Pure."""

from math import ceil, floor, sqrt

SPREAD = 1.0  # talks differ about as much as they last, until a line has measured its own
_EIGHT_OF_TEN = 1.28  # deviations to each side
_HOUR = 60
_WORKING_DAY = 8 * _HOUR

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "unknown": "as soon as somebody is free",
        "days": "within the next working days",
        "at_most": "in at most {high}",
        "about": "in about {high}",
        "range": "in {low} to {high}",
        "minute": "1 minute",
        "minutes": "{count} minutes",
        "hour": "1 hour",
        "hours": "{count} hours",
    },
    "de": {
        "unknown": "sobald jemand frei ist",
        "days": "in den nächsten Werktagen",
        "at_most": "in höchstens {high}",
        "about": "in etwa {high}",
        "range": "in {low} bis {high}",
        "minute": "1 Minute",
        "minutes": "{count} Minuten",
        "hour": "1 Stunde",
        "hours": "{count} Stunden",
    },
}


def estimated_wait(
    place: int, agents: int, average_handling_seconds: float, spread: float = SPREAD
) -> tuple[int, int] | None:
    """The seconds of opening time in which the customer at this place is called, in eight of ten cases.

    place                      1 is called next
    agents                     who work on this queue now
    average_handling_seconds   talk and wrap-up, as measured
    spread                     standard deviation of it as a share of the average

    The place-th agent to become free calls; with all of them busy one becomes free every average / agents seconds, and
    the deviations of independent talks add up by their squares. None when nothing is known: no agent, no measure.
    """
    if place < 1 or agents < 1 or average_handling_seconds <= 0:
        return None
    middle = place * average_handling_seconds / agents
    deviation = _EIGHT_OF_TEN * spread * sqrt(place) * average_handling_seconds / agents
    return max(floor(middle - deviation), 0), ceil(middle + deviation)


def wait_words(wait: tuple[int, int] | None, language: str) -> str:
    """The range in words, rounded outwards so that it stays true: "in 5 to 10 minutes"."""
    words = _WORDS["de" if language == "de" else "en"]
    if wait is None:
        return words["unknown"]
    low, high = _round_down(wait[0] / 60), max(_round_up(wait[1] / 60), 1)
    if high > _WORKING_DAY:
        return words["days"]
    if low == 0:
        return words["at_most"].format(high=_duration(high, words))
    if low == high:
        return words["about"].format(high=_duration(high, words))
    first = str(low) if high < _HOUR else str(low // _HOUR) if low >= _HOUR else _duration(low, words)
    return words["range"].format(low=first, high=_duration(high, words))


def duration_words(minutes: int, language: str) -> str:
    """ "1 minute", "3 hours"."""
    return _duration(minutes, _WORDS["de" if language == "de" else "en"])


def _round_down(minutes: float) -> int:
    step = _step(floor(minutes))
    return floor(minutes / step) * step


def _round_up(minutes: float) -> int:
    step = _step(ceil(minutes))
    return ceil(minutes / step) * step


def _step(minutes: int) -> int:
    """Whole minutes up to ten, then fives, whole hours from an hour on: more would claim to know more."""
    return 1 if minutes < 10 else 5 if minutes < _HOUR else _HOUR


def _duration(minutes: int, words: dict[str, str]) -> str:
    count, unit = (minutes // _HOUR, "hour") if minutes >= _HOUR else (minutes, "minute")
    return words[unit if count == 1 else f"{unit}s"].format(count=count)
