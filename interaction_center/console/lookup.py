"""From public ids in requests to rows."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model

from interaction_center.errors import InvalidError, NotFoundError

Row = TypeVar("Row", bound=Model)


def one(model: type[Row], public_id: str, field: str = "") -> Row:
    """The row with this id. NotFoundError when it is the address itself, InvalidError when it is a field."""
    found = model._default_manager.filter(public_id=public_id).first()
    if found is not None:
        return found
    if not field:
        raise NotFoundError("There is no such thing.")
    raise InvalidError(f"There is no such {field}.", **{field: f"There is no such {field}."})


def one_or_none(model: type[Row], public_id: str | None, field: str) -> Row | None:
    """The same for a field that may be empty."""
    return one(model, public_id, field) if public_id else None


def all_named(model: type[Row], public_ids: Sequence[str], field: str) -> list[Row]:
    """The rows with these ids, all of them. InvalidError when one is missing."""
    found = list(model._default_manager.filter(public_id__in=public_ids))
    if len(found) != len(set(public_ids)):
        raise InvalidError(f"Some of the {field} do not exist any more.", **{field: "Some of these do not exist."})
    return found
