"""What knowledge answered before a person was asked, where it had nothing, and which answers do not help.

Sums are made by the database; words are looked at in bounded number. docs/deflection.md says what is counted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import sqrt
from typing import Any, TypedDict

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from kb.clusters import Asked, Cluster, alike, same_words
from kb.models import Article, Door, ErrorCode, EventKind, KnowledgeEvent

MAX_ROWS = 50
MAX_WORDS = 2_000  # the newest questions that are compared with each other
MAX_OTHERS = 5
MAX_DAYS = 400  # of the picture over time
MIN_SEEN = 10  # how often an answer must have been seen before it can be called weak
LOOKED_AT = 500  # answers, of those seen most
_95_PERCENT = 1.96
_SERIES = (EventKind.SHOWN, EventKind.SOLVED, EventKind.ZERO_HIT, EventKind.INSERTED)


class DoorFigures(TypedDict):
    """One door. `asked_anyway`: solved, and the same reader asked a person later that day. `rate` is 0 to 1."""

    shown: int
    opened: int
    solved: int
    unsolved: int
    inserted: int
    zero_hit: int
    asked: int
    asked_anyway: int
    rate: float


class DeflectionReport(TypedDict):
    """Suggestions and what became of them. `rate` is over the doors of customers, the console left out."""

    counts: dict[str, int]
    doors: dict[str, DoorFigures]
    rate: float
    series: list[dict[str, object]]
    zero_hits: list[dict[str, object]]
    to_write: list[dict[str, object]]
    articles: list[dict[str, object]]
    weak: list[dict[str, object]]
    reasons: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of the centre's clock, both included."""

    first: date
    last: date

    @property
    def events(self) -> QuerySet[KnowledgeEvent]:
        """To be added up: by day, as the indexes for sums are."""
        return KnowledgeEvent.objects.filter(day__gte=self.first, day__lte=self.last).order_by()

    @property
    def newest(self) -> QuerySet[KnowledgeEvent]:
        """To be read one by one, the newest first: by time, as the index of those with words is."""
        return KnowledgeEvent.objects.filter(at__gte=self.since, at__lt=self.until).order_by("-at")

    @property
    def since(self) -> datetime:
        return _midnight(self.first)

    @property
    def until(self) -> datetime:
        return _midnight(self.last + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class _Sums:
    """(day, door, kind) -> number, and door -> how many of the solved were asked of a person all the same."""

    numbers: Counter[tuple[date, str, str]]
    anyway: Counter[str]

    def total(self, kind: str, door: str = "") -> int:
        return sum(n for (_, at, what), n in self.numbers.items() if what == kind and door in ("", at))


def span_of(since: datetime, until: datetime) -> Span:
    """The days that this time touches."""
    clock = timezone.get_default_timezone()
    last = timezone.localdate(until - timedelta(microseconds=1), clock)
    return Span(min(timezone.localdate(since, clock), last), last)


def deflection_report(span: Span) -> DeflectionReport:
    """What became of the suggestions of these days: a constant number of queries, and bounded memory."""
    sums = _sums(span.events)
    doors = {door: _door(sums, door) for door in sorted({door for _, door, _ in sums.numbers})}
    missing = _words(span.newest, EventKind.ZERO_HIT)
    to_write = alike([*missing, *_words(span.newest, EventKind.UNSOLVED)])[:MAX_ROWS]
    return {
        "counts": {kind: sums.total(kind) for kind in EventKind.values},
        "doors": doors,
        "rate": _rate_over(sums, [door for door in doors if door != Door.CONSOLE]),
        "series": _series(sums, span),
        "zero_hits": [_zero_hit(cluster) for cluster in same_words(missing)[:MAX_ROWS]],
        "to_write": [_to_write(cluster) for cluster in to_write],
        **_answers(span.events),
        "reasons": _reasons(span.newest),
    }


def helpfulness(helped: int, seen: int) -> tuple[float, float]:
    """Between which shares the true one lies, by 19 of 20 chances (Wilson): few sightings say little."""
    if not seen:
        return 0.0, 1.0
    share, z2 = min(helped, seen) / seen, _95_PERCENT**2
    middle, width = share + z2 / (2 * seen), _95_PERCENT * sqrt(share * (1 - share) / seen + z2 / (4 * seen**2))
    return max(0.0, (middle - width) / (1 + z2 / seen)), min(1.0, (middle + width) / (1 + z2 / seen))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


def _sums(events: QuerySet[KnowledgeEvent]) -> _Sums:
    numbers: Counter[tuple[date, str, str]] = Counter()
    anyway: Counter[str] = Counter()
    for day, door, kind, asked_anyway, n in events.values_list("day", "door", "kind", "asked_anyway").annotate(
        n=Count("kind")
    ):
        numbers[day, door, kind] += n
        anyway[door] += n if asked_anyway else 0
    return _Sums(numbers, anyway)


def _door(sums: _Sums, door: str) -> DoorFigures:
    return DoorFigures(
        shown=sums.total(EventKind.SHOWN, door),
        opened=sums.total(EventKind.OPENED, door),
        solved=sums.total(EventKind.SOLVED, door),
        unsolved=sums.total(EventKind.UNSOLVED, door),
        inserted=sums.total(EventKind.INSERTED, door),
        zero_hit=sums.total(EventKind.ZERO_HIT, door),
        asked=sums.total(EventKind.ASKED, door),
        asked_anyway=sums.anyway[door],
        rate=_rate_over(sums, [door]),
    )


def _rate_over(sums: _Sums, doors: Iterable[str]) -> float:
    """The share of the questions that nobody had to be asked; at the console the share that an answer was sent to."""
    asked = saved = 0
    for door in doors:
        outcome = EventKind.INSERTED if door == Door.CONSOLE else EventKind.SOLVED
        helped = sums.total(outcome, door)
        # Whoever comes to a page by a link, or asked before `since`, was helped without a question that is counted.
        asked += max(sums.total(EventKind.SHOWN, door) + sums.total(EventKind.ZERO_HIT, door), helped)
        saved += helped - sums.anyway[door]
    return round(saved / asked, 4) if asked else 0.0


def _series(sums: _Sums, span: Span) -> list[dict[str, object]]:
    """Every day, also those on which nothing happened; the last `MAX_DAYS`."""
    by_day: Counter[tuple[date, str]] = Counter()
    for (day, _, kind), n in sums.numbers.items():
        by_day[day, kind] += n
    first = max(span.first, span.last - timedelta(days=MAX_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((span.last - first).days + 1)]
    return [{"day": day} | {str(kind): by_day[day, kind] for kind in _SERIES} for day in days]


def _words(events: QuerySet[KnowledgeEvent], kind: str) -> list[Asked]:
    rows = events.filter(kind=kind).exclude(question="")[:MAX_WORDS]
    return [Asked(text, locale) for text, locale in rows.values_list("question", "locale")]


def _zero_hit(cluster: Cluster) -> dict[str, object]:
    first = cluster.by_frequency[0]
    return {"question": first.text, "locale": first.locale, "times": cluster.times}


def _to_write(cluster: Cluster) -> dict[str, object]:
    first, *others = cluster.by_frequency
    texts = list(dict.fromkeys(other.text for other in others if other.text != first.text))
    return {"question": first.text, "locale": first.locale, "times": cluster.times, "others": texts[:MAX_OTHERS]}


class _Answers(TypedDict):
    articles: list[dict[str, object]]
    weak: list[dict[str, object]]


def _answers(events: QuerySet[KnowledgeEvent]) -> _Answers:
    """Articles and error codes in one list each: those that helped most, and those that are seen and do not help."""
    rows = [row for answer in (Article, ErrorCode) for row in _figures(events, answer)]
    best = sorted(rows, key=lambda row: (-row["solved"], -row["opened"], row["title"]))
    seen = [row for row in rows if _seen(row) >= MIN_SEEN and _upper(row) < 0.5]
    weak = sorted(seen, key=lambda row: (_upper(row), -_seen(row), row["title"]))
    return {"articles": best[:MAX_ROWS], "weak": weak[:MAX_ROWS]}


def _seen(row: dict[str, Any]) -> int:
    """An answer that was opened was shown before, unless somebody came by a link."""
    return max(int(row["shown"]), int(row["opened"]), int(row["solved"]) + int(row["unsolved"]))


def _upper(row: dict[str, Any]) -> float:
    return helpfulness(int(row["solved"]) + int(row["inserted"]), _seen(row))[1]


def _figures(events: QuerySet[KnowledgeEvent], answer: type[Article] | type[ErrorCode]) -> list[dict[str, Any]]:
    """Of the articles or error codes that most came of."""
    column = "article" if answer is Article else "error_code"
    kinds = (EventKind.SHOWN, EventKind.OPENED, EventKind.SOLVED, EventKind.UNSOLVED, EventKind.INSERTED)
    counts = {str(kind): Count("kind", filter=Q(kind=kind)) for kind in kinds}
    rows = events.filter(**{f"{column}__isnull": False}).values(column).annotate(**counts)
    most = list(rows.annotate(n=Count("kind")).order_by("-n", column)[:LOOKED_AT])
    found = answer.objects.in_bulk([row[column] for row in most])
    return [_named(found[row[column]]) | {str(kind): row[kind] for kind in kinds} for row in most]


def _named(answer: Article | ErrorCode) -> dict[str, Any]:
    if isinstance(answer, Article):
        return {"id": answer.public_id, "kind": "article", "title": answer.title}
    return {"id": answer.public_id, "kind": "code", "title": f"{answer.code}: {answer.meaning}"}


def _reasons(events: QuerySet[KnowledgeEvent]) -> list[dict[str, object]]:
    """What readers said was missing, the newest first."""
    said = events.filter(kind=EventKind.UNSOLVED).exclude(question="").select_related("article", "error_code")
    return [_reason(event) for event in said[:MAX_ROWS]]


def _reason(event: KnowledgeEvent) -> dict[str, object]:
    answer = event.article or event.error_code
    about = _named(answer) if answer else {"id": "", "title": ""}
    return {"answer": about["id"], "title": about["title"], "text": event.question, "at": event.at}
