"""Times in the words of customers, by a clock that is named. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_DE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTHS_DE = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)


def day_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """ "Monday, 2 March"."""
    local = at.astimezone(zone)
    if language == "de":
        return f"{_DAYS_DE[local.weekday()]}, {local.day}. {_MONTHS_DE[local.month - 1]}"
    return f"{_DAYS_EN[local.weekday()]}, {local.day} {_MONTHS_EN[local.month - 1]}"


def clock_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """ "10:00"; in an hour that the clock repeats, with its distance from UTC."""
    local = at.astimezone(zone)
    again = local.replace(fold=1 - local.fold)
    is_twice = local.utcoffset() != again.utcoffset() and again.astimezone(ZoneInfo("UTC")).astimezone(zone) == again
    return f"{local:%H:%M}{f' (UTC{local:%z})' if is_twice else ''}{' Uhr' if language == 'de' else ''}"


def moment_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """ "Monday, 2 March, 10:00"."""
    return f"{day_words(at, zone, language)}, {clock_words(at, zone, language)}"


def slot_words(start: datetime, end: datetime, zone: ZoneInfo, language: str) -> str:
    """ "Monday, 2 March, between 10:00 and 10:30"."""
    first, last = clock_words(start, zone, language), clock_words(end, zone, language)
    between, and_ = ("zwischen", "und") if language == "de" else ("between", "and")
    return f"{day_words(start, zone, language)}, {between} {first.removesuffix(' Uhr')} {and_} {last}"


def zone_words(zone: ZoneInfo, language: str) -> str:
    """Whose clock it is: "Berlin time"."""
    area, _, place = str(zone).rpartition("/")
    name = place.replace("_", " ")
    if area in ("", "Etc"):
        return name
    return f"Zeit in {name}" if language == "de" else f"{name} time"
