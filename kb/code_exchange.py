"""All error codes out as a table, and in again: first as a trial that tells every problem, then all or nothing.

Writing is done in bulk: the number of queries grows with hundreds of rows, not with rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from interaction_center.errors import InvalidError
from kb.changes import targets_changed
from kb.code_plan import CONTENT, GROUP, Entry, Plan, groups, plan_of
from kb.code_tables import Problem, csv_lines, json_lines, read_table
from kb.models import ErrorCode, Product

MAX_SAMPLES = 20


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a table, or would become of it. `changes` is a sample, `problems` the first ones by line.

    Each of the `rows` is new, changed, the same, or wrong: a row that has a problem is nothing else.
    """

    rows: int
    new: int
    changed: int
    same: int
    wrong: int
    problems: Sequence[Problem]
    problem_count: int
    changes: Sequence[Entry]


def exported_codes(kind: str) -> Iterator[str]:
    """The lines of a file with all error codes, `kind` csv or json."""
    codes = ErrorCode.objects.select_related("product").prefetch_related("articles")
    rows = map(_row_of, codes.order_by("product__name", "code_key", "locale", "pk").iterator(chunk_size=GROUP))
    return json_lines(rows) if kind == "json" else csv_lines(rows)


def try_import(content: bytes, *, kind: str = "") -> Report:
    """What an import would do; writes nothing."""
    return _report(plan_of(read_table(content, kind), ErrorCode.objects.all()))


@transaction.atomic
def import_codes(content: bytes, *, kind: str = "") -> Report:
    """Writes the whole table. Raises InvalidError with what the trial tells, and has written nothing then, when one
    line has a problem."""
    plan = plan_of(read_table(content, kind), ErrorCode.objects.select_for_update())
    report = _report(plan)
    if plan.problems:
        listed = [{name: getattr(one, name) for name in Problem.__slots__} for one in report.problems]
        words = "Nothing was changed. Correct the lines that have a problem, and try again."
        counts = {name: getattr(report, name) for name in ("rows", "new", "changed", "same", "wrong", "problem_count")}
        raise InvalidError(words, problems=listed, **counts)
    _write([entry for entry in plan.entries if entry.changes], plan.products)
    return report


def _row_of(code: ErrorCode) -> dict[str, Any]:
    own = {name: getattr(code, name) for name in CONTENT}
    slugs = sorted({article.slug for article in code.articles.all()})
    return own | {"family": code.product.name, "locale": code.locale, "articles": slugs}


def _report(plan: Plan) -> Report:
    changing = [entry for entry in plan.entries if entry.changes]
    new = sum(entry.known is None for entry in changing)
    return Report(
        rows=plan.rows,
        new=new,
        changed=len(changing) - new,
        same=len(plan.entries) - len(changing),
        wrong=plan.rows - len(plan.entries),
        problems=plan.problems,
        problem_count=plan.problem_count,
        changes=changing[:MAX_SAMPLES],
    )


def _write(entries: Sequence[Entry], products: dict[str, Product]) -> None:
    if not entries:
        return
    written = _write_codes(entries, products | _new_products(entries, products))
    _write_links([(pk, entry) for pk, entry in zip(written, entries, strict=True) if entry.linked is not None])
    few = written if len(written) <= GROUP else []  # of many everything is read again
    targets_changed(list(ErrorCode.objects.filter(pk__in=few).values_list("public_id", flat=True)))


def _new_products(entries: Sequence[Entry], known: dict[str, Product]) -> dict[str, Product]:
    names = {entry.key[0]: entry.family for entry in reversed(entries) if entry.key[0] not in known}
    made: dict[str, Product] = {}
    for group in groups(names.items()):
        rows = [Product(key=key, name=name) for key, name in group]
        Product.objects.bulk_create(rows, ignore_conflicts=True)  # somebody may make the same one at this moment
        made |= {product.key: product for product in Product.objects.filter(key__in=[key for key, _ in group])}
    return made


def _write_codes(entries: Sequence[Entry], products: dict[str, Product]) -> list[int]:
    """Their keys, in the same order."""
    rows = [
        ErrorCode(
            product=products[entry.key[0]],
            code_key=entry.key[1],
            locale=entry.key[2],
            **{name: entry.values[name] for name in CONTENT},
        )
        for entry in entries
    ]
    written = ErrorCode.objects.bulk_create(
        rows,
        batch_size=GROUP,
        update_conflicts=True,
        unique_fields=["product", "code_key", "locale"],
        update_fields=[*CONTENT, "updated_at"],
    )
    return [row.pk for row in written]


def _write_links(linked: Sequence[tuple[int, Entry]]) -> None:
    through = ErrorCode.articles.through
    for group in groups(linked):
        through.objects.filter(errorcode__in=[pk for pk, _ in group]).delete()
    links = ((pk, article) for pk, entry in linked for article in entry.linked or ())
    for pairs in groups(links):
        through.objects.bulk_create(through(errorcode_id=pk, article_id=article) for pk, article in pairs)
