"""Lists by keyset: a page begins after the key of the last row before it, so it stays right while rows come and go.

The keys of a page are the values of the fields it is ordered by, of which the last ones tell every two rows apart.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

from interaction_center.errors import BadRequestError

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


def listed(
    rows: QuerySet[Row], order: Sequence[str], wire: Callable[[Row], Any], *, name: str, cursor: str, limit: int
) -> dict[str, Any]:
    """One page of the list `name` as the API gives it: `{items, next}`, where `next` is the cursor of the page after.

    `order` names fields as `order_by` does, also those of other rows (`user__name`).
    """
    found, last = first_rows(rows, order, after=decode_cursor(name, cursor), limit=limit)
    return {"items": [wire(row) for row in found], "next": encode_cursor(name, last)}


def first_rows(
    rows: QuerySet[Row], order: Sequence[str], *, after: Sequence[Any] | None, limit: int
) -> tuple[list[Row], tuple[Any, ...] | None]:
    """The first rows after this key, and the key of the last one when there are more."""
    chosen = rows.order_by(*order)
    if after is not None:
        chosen = chosen.filter(_beyond(order, after))
    return cut(list(chosen[: limit + 1]), order, limit)


def cut(found: Sequence[Item], order: Sequence[str], limit: int) -> tuple[list[Item], tuple[Any, ...] | None]:
    """The same from what was found, which is one more than the page holds when there are more."""
    shown = list(found[:limit])
    return shown, tuple(_value(shown[-1], field) for field in order) if len(found) > limit else None


def encode_cursor(name: str, key: Sequence[Any] | None) -> str | None:
    """An opaque cursor for the list `name`; signed, so that only keys we gave out come back."""
    return None if key is None else signing.dumps(list(key), salt=f"cursor:{name}", compress=False)


def decode_cursor(name: str, cursor: str) -> list[Any] | None:
    """The key in a cursor of the list `name`; None for the first page. BadRequestError for anything else."""
    if not cursor:
        return None
    try:
        return list(signing.loads(cursor, salt=f"cursor:{name}"))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadRequestError("This cursor belongs to no page of this list. Start from the first page.") from error


def _beyond(order: Sequence[str], key: Sequence[Any]) -> Q:
    """Later in this order: by the first field, or equal by that and later by the second, and so on."""
    later, equal = Q(), Q()
    for field, value in zip(order, key, strict=True):
        name = field.removeprefix("-")
        later |= equal & Q(**{f"{name}__{'lt' if field.startswith('-') else 'gt'}": value})
        equal &= Q(**{name: value})
    return later


def _value(row: Any, field: str) -> Any:
    for step in field.removeprefix("-").split("__"):
        row = getattr(row, step)
    return row.isoformat() if isinstance(row, datetime) else row
