"""Error codes as a table that people edit elsewhere: CSV (RFC 4180) and JSON, read and written. Pure.

What is written reads back as the same. Cells that a spreadsheet would run as a formula get an apostrophe, which
reading takes away again.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.charsets import decoded

COLUMNS = (
    "family",
    "code",
    "locale",
    "severity",
    "meaning",
    "cause",
    "remedy",
    "parts",
    "support_level",
    "state",
    "audience",
    "articles",
)
REQUIRED = ("family", "code", "locale", "meaning")
LINES = frozenset({"remedy", "parts"})  # one entry on each line of the cell
MAX_ROWS = 50_000
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_SEPARATORS = ";,\t"
_BETWEEN_SLUGS = re.compile(r"[\s,;]+")
Values = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line. `field` is a column, or "" for the whole line; `value` is what stands there."""

    line: int
    field: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One error code. `line` counts from 1: of a CSV where the row begins, of JSON the number of the entry.

    Columns that the table does not have are missing in `values`.
    """

    line: int
    values: Values


@dataclass(slots=True)
class Table:
    """What was read, and what could not be."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_table(content: bytes, kind: str = "") -> Table:
    """`kind`: csv, json, or "" = as it looks. Never raises: what is wrong is told by line."""
    text = decoded(content)
    if text is None:
        return Table(problems=[Problem(1, "", "", "This is no text in UTF-8, UTF-16 or Windows-1252.")])
    if (kind or _looks_like(text)) == "json":
        return _read_json(text)
    return _read_csv(text)


def csv_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The table as CSV, one row at a time."""
    yield _csv_line(COLUMNS)
    for row in rows:
        yield _csv_line([_cell(row[name]) for name in COLUMNS])


def json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The table as a JSON list, one object at a time."""
    start = "[\n"
    for row in rows:
        yield start + json.dumps({name: row[name] for name in COLUMNS}, ensure_ascii=False)
        start = ",\n"
    yield "[]\n" if start == "[\n" else "\n]\n"


def _looks_like(text: str) -> str:
    return "json" if text.lstrip().startswith(("[", "{")) else "csv"


def _read_csv(text: str) -> Table:
    table = Table()
    separator, text, first = _separator_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names: list[str] = []
    before = first
    try:
        for cells in reader:
            line, before = before + 1, first + reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if names:
                _add_csv_row(names, cells, line, table)
                continue
            names = _header(cells, line, table)
            if table.problems:  # of which column a cell is nobody can say
                return table
    except csv.Error as error:
        table.problems.append(Problem(before + 1, "", "", f"The table can't be read from here: {error}."))
    if not names:
        table.problems.append(Problem(1, "", "", "The first line must name the columns: " + ", ".join(COLUMNS) + "."))
    return table


def _separator_of(text: str) -> tuple[str, str, int]:
    """(separator, the table, lines before it): as its first line says, in Excel's own way or by what it is full of."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[-1], rest, 1
    return max(_SEPARATORS, key=first.count) if any(mark in first for mark in _SEPARATORS) else ",", text, 0


def _header(cells: Sequence[str], line: int, table: Table) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    for name in names:
        if name not in COLUMNS:
            table.problems.append(Problem(line, name[:100], "", "There is no such column: " + ", ".join(COLUMNS) + "."))
        elif names.count(name) > 1:
            table.problems.append(Problem(line, name, "", "This column is there twice."))
    _miss(names, line, table)
    return names


def _miss(names: Iterable[str], line: int, table: Table) -> None:
    missing = [name for name in REQUIRED if name not in names]
    table.problems.extend(Problem(line, name, "", "This column is missing.") for name in missing)


def _add_csv_row(names: Sequence[str], cells: list[str], line: int, table: Table) -> None:
    if any(cell.strip() for cell in cells[len(names) :]):
        words = f"This line has {len(cells)} cells, the first one has {len(names)}. Is a cell not quoted?"
        table.problems.append(Problem(line, "", cells[-1][:100], words))
        return
    filled = [*cells, *[""] * (len(names) - len(cells))]
    values = {name: _from_cell(name, cell) for name, cell in zip(names, filled, strict=False) if name in COLUMNS}
    table.rows.append(Row(line, values))


def _from_cell(name: str, cell: str) -> str | list[str]:
    text = cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
    return _entries(name, text) if name in LINES or name == "articles" else text.strip()


def _entries(name: str, text: str) -> list[str]:
    parts = text.splitlines() if name in LINES else _BETWEEN_SLUGS.split(text)
    return [part.strip() for part in parts if part.strip()]


def _cell(value: object) -> str:
    text = "\n".join(str(one) for one in value) if isinstance(value, list) else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def _csv_line(cells: Sequence[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _read_json(text: str) -> Table:
    table = Table()
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return Table(problems=[Problem(line, "", "", "This is no JSON: a list of objects is wanted.")])
    if not isinstance(entries, list):
        return Table(problems=[Problem(1, "", "", "A list of objects is wanted.")])
    for line, entry in enumerate(entries, 1):
        _add_json_row(entry, line, table)
    return table


def _add_json_row(entry: object, line: int, table: Table) -> None:
    if not isinstance(entry, dict):
        table.problems.append(Problem(line, "", str(entry)[:100], "An object is wanted."))
        return
    given = {str(name).strip().lower(): value for name, value in entry.items() if value is not None}
    values: Values = {}
    for name, value in given.items():
        read = _from_json(name, value) if name in COLUMNS else None
        if read is None:
            words = "text, or a list of texts, is wanted" if name in COLUMNS else "there is no such column"
            table.problems.append(Problem(line, name[:100], str(value)[:100], words))
        else:
            values[name] = read
    _miss(given, line, table)
    table.rows.append(Row(line, values))


def _from_json(name: str, value: object) -> str | list[str] | None:
    is_list = name in LINES or name == "articles"
    if is_list and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [line for one in value if (line := " ".join(one.splitlines()).strip())]
    if isinstance(value, str):
        return _entries(name, value) if is_list else value.strip()
    if name == "support_level" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None
