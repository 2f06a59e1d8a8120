"""What was asked of the API and what it answered, each kind once, for a referee to hold against Twilio's description.

PHONE_NETWORK_EXCHANGES names a folder. Each process writes a file of its own there, a line of JSON as soon as a kind
is seen, so that one that is killed has told all it knew; and a line with the count whenever that has doubled. No
credentials are among it.
"""

import json
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from channels_app.callback.simulator.rest import JSON_TYPE, RestAnswer, RestRequest

FOLDER: Final = "PHONE_NETWORK_EXCHANGES"
RUNNING_TEST: Final = "PYTEST_CURRENT_TEST"  # pytest sets it; processes that a test starts inherit it
WRITTEN_BY_PEOPLE: Final = {"body", "callerid", "callreason", "friendlyname", "from", "label", "message", "to", "twiml"}
SHAPES: Final = (
    (re.compile(r"(AC|CA|CF|IR|MG|PN|QU|RE|SM)[0-9a-f]{32}"), r"\1"),
    (re.compile(r"\+?[0-9.]+"), "0"),
    (re.compile(r"https?://.*", re.DOTALL), "URL"),
    (re.compile(r"([A-Za-z-]{0,30})"), r"\1"),  # a word of an enumeration, and nothing
)

Kind = tuple[object, ...]


def noted_here() -> "Exchanges | None":
    """The notes of this process; None where nobody wants any."""
    folder = os.environ.get(FOLDER, "")
    return _notes_in(folder) if folder else None


@cache
def _notes_in(folder: str) -> "Exchanges":
    return Exchanges(Path(folder))


class Exchanges:
    """The notes of one process; for any number of networks and threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self._seen: Counter[Kind] = Counter()
        self._numbers: dict[Kind, int] = {}
        self._lock = Lock()

    def note(self, request: RestRequest, answer: RestAnswer) -> None:
        """One more."""
        test = os.environ.get(RUNNING_TEST, "").partition(" ")[0]
        kind = (test.partition("::")[0], *kind_of(request, answer))
        with self._lock:
            self._seen[kind] += 1
            count, number = self._seen[kind], self._numbers.setdefault(kind, len(self._numbers))
            if count == 1:
                self._write({"number": number, "test": test, **_told(request, answer)})
            elif count & (count - 1) == 0:
                self._write({"number": number, "count": count})

    def _write(self, line: Mapping[str, object]) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def _told(request: RestRequest, answer: RestAnswer) -> dict[str, object]:
    return {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "form": dict(request.form),
        "status": answer.status,
        "type": answer.content_type,
        "answer": answer.body.decode() if answer.content_type == JSON_TYPE else "",
    }


def kind_of(request: RestRequest, answer: RestAnswer) -> Kind:
    """The same for exchanges that differ in names, numbers and instants alone."""
    path = "/".join(shape_of("", part.removesuffix(".json")) for part in request.path.split("/"))
    asked = frozenset(
        (name, shape_of(name, value))
        for fields in (request.query, request.form)
        for name, values in fields.items()
        for value in values
    )
    told = json.loads(answer.body) if answer.body and answer.content_type == JSON_TYPE else answer.content_type
    return request.method, path, asked, answer.status, frozenset(_facts("", told))


def _facts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every field of an answer and what kind of value it has; the rows of a list are one."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _facts(f"{name}.{key}", one)
    elif isinstance(value, list):
        for one in value:
            yield from _facts(f"{name}[]", one)
    else:
        yield name, shape_of(name.rpartition(".")[2], value) if isinstance(value, str) else type(value).__name__


def shape_of(name: str, value: str) -> str:
    """What kind of text this is: a word of an enumeration stays, whatever else becomes its kind."""
    by_people = name.replace("_", "").lower() in WRITTEN_BY_PEOPLE
    for pattern, shape in SHAPES[: -1 if by_people else None]:
        if found := pattern.fullmatch(value):
            return found.expand(shape)
    return "text"
