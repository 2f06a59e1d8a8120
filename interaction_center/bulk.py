"""Rows read and written by statements that are composed once: for what telephones do by the hundred.

The ORM composes each statement anew, which takes several times as long as the database needs to answer it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
Converter = Callable[[Any], Any]
ROWS = 500  # in one INSERT: SQLite takes 32,766 values, PostgreSQL 65,535


def lock_rows(model: type[Row], column: str, values: Collection[Any]) -> list[Row]:
    """As `rows_of`, and locked till the transaction ends; nobody who only refers to them is kept waiting."""
    lock = " FOR NO KEY UPDATE" if connection.features.has_select_for_no_key_update else ""
    return rows_of(model, column, values, lock)


def rows_of(model: type[Row], column: str, values: Collection[Any], lock: str = "") -> list[Row]:
    """The rows whose `column` has one of these values, in the order of their primary keys: one query."""
    if not values:
        return []
    places = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        cursor.execute(f"{_select(model)} WHERE {_quoted(column)} IN ({places}) ORDER BY id{lock}", list(values))
        return [_row(model, stored) for stored in cursor.fetchall()]


def by_key(model: type[Row], keys: Collection[int]) -> dict[int, Row]:
    """Primary key -> row."""
    return {row.pk: row for row in rows_of(model, "id", keys)}


def write(rows: Iterable[tuple[models.Model, Mapping[str, Any]]]) -> None:
    """These columns (by attribute: `line_id`) of these rows: one statement for all that change the same ones."""
    alike: dict[tuple[type[models.Model], tuple[str, ...]], list[list[Any]]] = defaultdict(list)
    for row, changes in rows:
        if changes:
            stored = (_field(type(row), name).get_db_prep_save(value, connection) for name, value in changes.items())
            alike[type(row), tuple(changes)].append([*stored, row.pk])
    with connection.cursor() as cursor:
        for (model, names), values in alike.items():
            cursor.executemany(_update(model, names), values)


def insert(rows: Sequence[models.Model], *, skip_known: bool = False) -> None:
    """Store new rows of one model, which get their primary keys. `skip_known`: what would break a unique constraint is
    left out, and nobody gets a key."""
    end = "ON CONFLICT DO NOTHING" if skip_known else "RETURNING id"
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        values = [value for row in some for value in _all_as_stored(row)]
        with connection.cursor() as cursor:
            cursor.execute(f"{_insert(type(some[0]), len(some))} {end}", values)
            if not skip_known:
                _give_keys(some, [key for (key,) in cursor.fetchall()])


def _give_keys(rows: Sequence[models.Model], keys: Sequence[int]) -> None:
    for row, key in zip(rows, keys, strict=True):
        row.pk, row._state.adding, row._state.db = key, False, connection.alias


def _all_as_stored(row: models.Model) -> Iterable[Any]:
    for field in _stored_fields(type(row)):
        yield field.get_db_prep_save(field.pre_save(row, True), connection)


@cache
def _stored_fields(model: type[models.Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


def _insert(model: type[models.Model], count: int) -> str:
    """Not kept whole: there would be one for each number of rows."""
    columns, places = _places(model)
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES {', '.join([places] * count)}"  # noqa: S608 - names of our own


@cache
def _places(model: type[models.Model]) -> tuple[str, str]:
    fields = _stored_fields(model)
    return ", ".join(_quoted(field.column) for field in fields), f"({', '.join(['%s'] * len(fields))})"


def _row(model: type[Row], stored: Sequence[Any]) -> Row:
    values = list(stored)
    for place, convert in _converters(model, connection.vendor):
        values[place] = convert(values[place])
    return model.from_db(connection.alias, attributes(model), values)


@cache
def attributes(model: type[models.Model]) -> tuple[str, ...]:
    """The names by which a row has its columns (`line_id`), in the order of the columns."""
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _converters(model: type[models.Model], _vendor: str) -> tuple[tuple[int, Converter], ...]:
    """Place of a column -> what makes a value of Python of what the database gives, as the ORM does it."""
    found = []
    for place, field in enumerate(model._meta.concrete_fields):
        column = field.get_col(model._meta.db_table)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection)):
            found.append((place, _bound(convert, column)))
    return tuple(found)


def _bound(convert: Callable[..., Any], column: Any) -> Converter:
    return lambda value: convert(value, column, connection)


@cache
def _select(model: type[models.Model]) -> str:
    columns = ", ".join(_quoted(str(field.column)) for field in model._meta.concrete_fields)
    return f"SELECT {columns} FROM {_quoted(model._meta.db_table)}"  # noqa: S608 - names of our own


@cache
def _update(model: type[models.Model], names: Sequence[str]) -> str:
    columns = ", ".join(f"{_quoted(_field(model, name).column)} = %s" for name in names)
    return f"UPDATE {_quoted(model._meta.db_table)} SET {columns} WHERE id = %s"  # noqa: S608 - names of our own


@cache
def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
