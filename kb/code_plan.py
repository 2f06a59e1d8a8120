"""What a table of error codes would change: each line checked, compared with what there is. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db.models import QuerySet

from kb.catalogue import key_of
from kb.code_tables import MAX_PROBLEMS, Problem, Problems, Row, Table
from kb.error_codes import LISTS, ErrorCodeFields, checked_code
from kb.models import Article, ErrorCode, Product
from kb.search.codes import fold_code

GROUP = 500  # rows of one statement
CONTENT = ("code", "severity", "meaning", "cause", "remedy", "parts", "support_level", "state", "audience")
_CHOICES = ("locale", "severity", "state", "audience")
_Item = TypeVar("_Item")
Key = tuple[str, str, str]  # device family, folded code, language


@dataclass(slots=True)
class Entry:
    """One line that can be stored.

    family   its name as the table has it
    given    the columns of the table; what it does not have stays as it is
    values   all fields, `known` the code that is there already
    changes  column -> (before, after) of what would change; before is None for a new code
    linked   the keys of the articles that it shall be linked to; None = stays
    """

    line: int
    key: Key
    family: str
    given: frozenset[str]
    values: dict[str, Any]
    known: ErrorCode | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    linked: list[int] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Of so many `rows` those that can be stored, what is wrong with the others (the first problems by line, and how
    many there are), and the device families by key."""

    rows: int
    entries: list[Entry]
    problems: list[Problem]
    problem_count: int
    products: dict[str, Product]


def plan_of(table: Table, codes: QuerySet[ErrorCode]) -> Plan:
    """`codes` is where the codes that there are already are read from."""
    families = list(Product.objects.order_by("-pk"))
    names, keys = {one.name: one for one in families}, {one.key: one for one in families}
    unfit, dangling = Problems(), Problems()
    entries = _checked(table.rows, names, keys, unfit)
    linked = _find_known(entries, codes, keys)
    _compare(entries, linked, dangling)
    found = (table.problems, unfit, dangling)  # each by line
    first = sorted((one for problems in found for one in problems.listed), key=lambda one: one.line)[:MAX_PROBLEMS]
    wrong = set().union(*(problems.lines for problems in found))
    right = [entry for entry in entries if entry.line not in wrong]
    return Plan(len(table.rows) + table.unread, right, first, sum(problems.count for problems in found), keys)


def groups(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """In lists of GROUP."""
    rest = iter(items)
    while group := list(islice(rest, GROUP)):
        yield group


def _checked(
    rows: Iterable[Row], names: Mapping[str, Product], keys: Mapping[str, Product], problems: Problems
) -> list[Entry]:
    entries: list[Entry] = []
    first: dict[Key, int] = {}
    for row in rows:
        values, wrong = checked_code(_fields(row.values))
        family = " ".join(values.pop("device_family").split())
        product = names.get(family) or keys.get(key_of(family))
        key = (product.key if product else key_of(family), fold_code(values["code"]), values.pop("locale"))
        if not wrong and first.setdefault(key, row.line) != row.line:
            wrong = {"code": f"line {first[key]} has the same code of this family and language"}
        for name, words in wrong.items():
            _add_problem(problems, row, name, words)
        if not wrong:
            entries.append(Entry(row.line, key, family, frozenset(row.values), values))
    return entries


def _fields(values: Mapping[str, Any]) -> ErrorCodeFields:
    """A cell that is empty where something must stand says what a new code has."""
    given = {name: value for name, value in values.items() if value}
    given |= {name: given[name].lower() for name in _CHOICES if name in given}
    level = str(given.pop("support_level", 1))
    return ErrorCodeFields(
        **{"code": "", "locale": "", "meaning": ""}
        | {"device_family": given.pop("family", "")}
        | {"support_level": int(level) if level.isascii() and level.isdecimal() and len(level) < 4 else 0}
        | {name: tuple(given.pop(name, ())) for name in LISTS}
        | given
    )


def _add_problem(problems: Problems, row: Row, name: str, words: str) -> None:
    column = "family" if name == "device_family" else name
    value = row.values.get(column, "")
    problems.add(row.line, column, " / ".join(value) if isinstance(value, list) else value, words)


def _find_known(
    entries: Sequence[Entry], codes: QuerySet[ErrorCode], keys: Mapping[str, Product]
) -> dict[int, set[str]]:
    """Sets `known`; the slugs that each known code is linked to."""
    wanted = [keys[family] for family in sorted({entry.key[0] for entry in entries}) if family in keys]
    names = {product.pk: product.key for product in wanted}
    known: dict[Key, ErrorCode] = {}
    linked: defaultdict[int, set[str]] = defaultdict(set)
    for group in groups(wanted):
        for code in codes.filter(product__in=group).order_by("pk"):
            known[(names[code.product_id], code.code_key, code.locale)] = code
        links = ErrorCode.articles.through.objects.filter(errorcode__product__in=group)
        for pk, slug in links.values_list("errorcode", "article__slug"):
            linked[pk].add(slug)
    for entry in entries:
        entry.known = known.get(entry.key)
    return linked


def _compare(entries: Sequence[Entry], linked: Mapping[int, set[str]], problems: Problems) -> None:
    """Sets `changes` and `linked`; the problems are articles that do not exist."""
    articles = _articles_of({slug for entry in entries for slug in entry.values["articles"]})
    for entry in entries:
        slugs = entry.values.pop("articles")
        if unknown := sorted({slug for slug in slugs if slug not in articles}):
            problems.add(entry.line, "articles", ", ".join(unknown), "there is no such article")
            continue
        entry.changes = _content_changes(entry)
        before = sorted(linked.get(entry.known.pk, ())) if entry.known else []
        after = sorted(set(slugs))
        if "articles" in entry.given and before != after:
            entry.linked = [_in_language(articles[slug], entry.key[2]) for slug in after]
            entry.changes["articles"] = (before if entry.known else None, after)


def _content_changes(entry: Entry) -> dict[str, tuple[Any, Any]]:
    if entry.known is None:
        return {name: (None, entry.values[name]) for name in CONTENT}
    now = {name: getattr(entry.known, name) for name in CONTENT}
    given = {name: entry.values[name] for name in CONTENT if name in entry.given}
    entry.values = now | given
    return {name: (now[name], value) for name, value in given.items() if value != now[name]}


def _articles_of(slugs: set[str]) -> dict[str, dict[str, int]]:
    """Slug -> language -> key."""
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for group in groups(sorted(slugs)):
        rows = Article.objects.filter(slug__in=group).order_by("-pk")
        for slug, locale, pk in rows.values_list("slug", "locale", "pk"):
            found[slug][locale] = pk
    return dict(found)


def _in_language(by_locale: Mapping[str, int], locale: str) -> int:
    """The article in the language of the code, else the oldest."""
    return by_locale.get(locale) or list(by_locale.values())[-1]
