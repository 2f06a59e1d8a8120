"""What knowledge saves and lacks, over HTTP, for people who work here."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from interaction_center.access.doors import require
from interaction_center.access.models import Permission
from interaction_center.errors import InvalidError
from kb.reports import deflection_report, span_of

router = Router(tags=["knowledge"])
_REPORT_TIME = dt.timedelta(days=30)
_YEARS = range(2000, 2200)  # far from where a day more or another zone leaves the calendar


class Figures(Schema):
    """How often which thing happened. `asked`: a person was asked."""

    shown: int
    opened: int
    solved: int
    unsolved: int
    inserted: int
    zero_hit: int
    asked: int


class DoorFigures(Figures):
    """`asked_anyway`: solved, and the same reader asked a person later that day."""

    asked_anyway: int
    rate: float


class Day(Schema):
    """One day of the centre's clock."""

    day: dt.date
    shown: int
    solved: int
    zero_hit: int
    inserted: int


class ZeroHit(Schema):
    """A question that found nothing; `times` counts all writings of the same words."""

    question: str
    locale: str
    times: int


class ToWrite(ZeroHit):
    """What an article is missing for: the question asked most, and others that say nearly the same."""

    others: list[str]


class AnswerFigures(Schema):
    """An article or error code and what became of it."""

    id: str
    kind: str
    title: str
    shown: int
    opened: int
    solved: int
    unsolved: int
    inserted: int


class Reason(Schema):
    """What a reader missed. `answer` is "" when it is no longer there."""

    answer: str
    title: str
    text: str
    at: dt.datetime


class DeflectionOut(Schema):
    """`rate`, 0 to 1: of the questions of customers, the share that nobody had to be asked."""

    since: dt.datetime
    until: dt.datetime
    counts: Figures
    doors: dict[str, DoorFigures]
    rate: float
    series: list[Day]
    zero_hits: list[ZeroHit]
    to_write: list[ToWrite]
    articles: list[AnswerFigures]
    weak: list[AnswerFigures]
    reasons: list[Reason]


@router.get("/reports/deflection", response=DeflectionOut)
def deflection(
    request: HttpRequest, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> dict[str, Any]:
    """What knowledge answered before a person was asked, by whole days of the centre's clock; the last 30 unless told
    otherwise."""
    require(request, Permission.WORK_QUEUE)
    until = _checked("until", until) if until else timezone.now()
    span = span_of(_checked("since", since) if since else until - _REPORT_TIME, until)
    return {"since": span.since, "until": span.until, **deflection_report(span)}


def _checked(name: str, moment: dt.datetime) -> dt.datetime:
    """With a zone. Raises InvalidError."""
    if moment.year not in _YEARS:
        words = f"a year from {_YEARS[0]} to {_YEARS[-1]}"
        raise InvalidError("Choose other days for the report.", **{name: words})
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
