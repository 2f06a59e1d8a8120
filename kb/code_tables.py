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
MAX_SHEET = 1_048_576  # lines, nearly all empty then: a whole sheet of Excel
MAX_COLUMNS = 100  # of a header; far more than there are is no table of ours
MAX_ROW = 200_000  # characters of a row: an empty cell takes more memory than its comma
MAX_JSON = 8_000_000  # bytes: what they describe may take twenty times as much memory, all at once
MAX_PROBLEMS = 1_000  # are listed; all are counted
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_SEPARATORS = ";,\t"
_BETWEEN_SLUGS = re.compile(r"[\s,;]+")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")  # only JSON can write one; no database and no file can
_HALF = "half a character (a lone surrogate) stands here: write it anew"
_TOO_MANY = f"At most {MAX_ROWS:,} lines at once: divide the table."
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
class Problems:
    """All are counted, the first ones are `listed`: a table in which nothing is right fills no memory.

    lines  where they stand
    """

    listed: list[Problem] = field(default_factory=list)
    count: int = 0
    lines: set[int] = field(default_factory=set)

    def add(self, line: int, name: str, value: str, message: str) -> None:
        """Of a value no more than says which one it is. In the order of lines."""
        self.count += 1
        self.lines.add(line)
        if len(self.listed) < MAX_PROBLEMS:
            self.listed.append(Problem(line, _shown(name), _shown(value), message))


@dataclass(slots=True)
class Table:
    """What was read, and what could not be. `unread`: so many rows are told by a problem alone."""

    rows: list[Row] = field(default_factory=list)
    unread: int = 0
    problems: Problems = field(default_factory=Problems)


def read_table(content: bytes, kind: str = "") -> Table:
    """`kind`: csv, json, or "" = as it looks. Never raises: what is wrong is told by line. Reads no more than a bit
    over the limits."""
    table = Table()
    text = decoded(content)
    if text is None:
        table.problems.add(1, "", "", "This is no text in UTF-8, UTF-16 or Windows-1252.")
    elif (kind or _looks_like(text)) != "json":
        _read_csv(text, table)
    elif len(content) > MAX_JSON:
        table.problems.add(1, "", "", f"At most {MAX_JSON:,} bytes of JSON at once: divide the table, or take CSV.")
    else:
        _read_json(text, table)
    return table


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


class _Lines:
    """The lines of a text, for a reader of CSV that sets `taken` to 0 after each row."""

    def __init__(self, text: str) -> None:
        self._text = io.StringIO(text, newline="")
        self.taken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(MAX_ROW + 1)
        if not line:
            raise StopIteration
        self.taken += len(line)
        if self.taken > MAX_ROW:
            raise csv.Error(f"a row has more than {MAX_ROW:,} characters")
        return line


def _read_csv(text: str, table: Table) -> None:
    separator, text, first = _separator_of(text)
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    names: list[str] = []
    before, read = first, 0
    try:
        for number, cells in enumerate(reader):
            lines.taken = 0
            line, before = before + 1, first + reader.line_num
            is_empty = not any(cell.strip() for cell in cells)
            if number > MAX_SHEET or (read > MAX_ROWS and not is_empty):
                table.problems.add(line, "", "", _TOO_MANY)
                return
            if is_empty:
                continue
            read += 1
            if names:
                _add_csv_row(names, cells, line, table)
                continue
            names = _header(cells, line, table)
            if table.problems.count:  # of which column a cell is nobody can say
                return
    except csv.Error as error:
        table.problems.add(before + 1, "", "", f"The table can't be read from here: {error}.")
    if not names:
        table.problems.add(1, "", "", "The first line must name the columns: " + ", ".join(COLUMNS) + ".")


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
    if len(names) > MAX_COLUMNS:
        words = f"This line has {len(names):,} cells. It must name the columns: " + ", ".join(COLUMNS) + "."
        table.problems.add(line, "", names[-1], words)
        return names
    for name in names:
        if name not in COLUMNS:
            table.problems.add(line, name, "", "There is no such column: " + ", ".join(COLUMNS) + ".")
        elif names.count(name) > 1:
            table.problems.add(line, name, "", "This column is there twice.")
    _miss(names, line, table)
    return names


def _miss(names: Iterable[str], line: int, table: Table) -> None:
    for name in REQUIRED:
        if name not in names:
            table.problems.add(line, name, "", "This column is missing.")


def _add_csv_row(names: Sequence[str], cells: list[str], line: int, table: Table) -> None:
    if any(cell.strip() for cell in cells[len(names) :]):
        words = f"This line has {len(cells)} cells, the first one has {len(names)}. Is a cell not quoted?"
        table.problems.add(line, "", cells[-1], words)
        table.unread += 1
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


def _read_json(text: str, table: Table) -> None:
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        table.problems.add(getattr(error, "lineno", 1), "", "", "This is no JSON: a list of objects is wanted.")
        return
    if not isinstance(entries, list):
        table.problems.add(1, "", "", "A list of objects is wanted.")
        return
    for line, entry in enumerate(entries[:MAX_ROWS], 1):
        _add_json_row(entry, line, table)
    if len(entries) > MAX_ROWS:
        table.problems.add(MAX_ROWS + 1, "", "", _TOO_MANY)


def _add_json_row(entry: object, line: int, table: Table) -> None:
    if not isinstance(entry, dict):
        table.problems.add(line, "", str(entry), "An object is wanted.")
        table.unread += 1
        return
    given = {str(name).strip().lower(): value for name, value in entry.items() if value is not None}
    values: Values = {}
    for name, value in given.items():
        read = _from_json(name, value) if name in COLUMNS else None
        if read is None:
            words = "text, or a list of texts, is wanted" if name in COLUMNS else "there is no such column"
            table.problems.add(line, name, str(value), words)
        elif _HALF_A_CHARACTER.search("".join(read)):
            table.problems.add(line, name, "".join(read), _HALF)
        else:
            values[name] = read
    _miss(given, line, table)
    table.rows.append(Row(line, values))


def _shown(value: str) -> str:
    return _HALF_A_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", value[:100])


def _from_json(name: str, value: object) -> str | list[str] | None:
    is_list = name in LINES or name == "articles"
    if is_list and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [line for one in value if (line := " ".join(one.splitlines()).strip())]
    if isinstance(value, str):
        return _entries(name, value) if is_list else value.strip()
    if name == "support_level" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None
