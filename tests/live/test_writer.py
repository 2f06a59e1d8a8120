"""The group commit: everybody gets their own answer after the commit, whatever the others do."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from django.db import connection

from interaction_center.access.models import Team
from interaction_center.errors import CenterError, ConflictError, InvalidError, OverloadedError
from interaction_center.live import writer as writer_module
from interaction_center.live.writer import MAX_GROUP, Writer
from tests.builders import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def writer() -> AsyncIterator[Writer]:
    made = Writer()
    made.start()
    yield made
    await made.stop()


class Teams:
    """A handler that stores a team for each name; what begins with "refused" is refused, "bad" breaks the group."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()

    def store(self, names: Sequence[str]) -> list[str | CenterError]:
        self.gate.wait(10)
        self.groups.append(list(names))
        return [self._store(name) for name in names]

    def _store(self, name: str) -> str | CenterError:
        if name.startswith("refused"):
            return ConflictError("Not this one.")
        if name.startswith("invalid"):
            raise InvalidError("Not at all.")
        if name.startswith("bad"):
            raise ZeroDivisionError
        Team.objects.create(name=name)
        return f"stored {name}"


def names() -> list[str]:
    return sorted(Team.objects.values_list("name", flat=True))


async def outcomes(futures: Sequence["asyncio.Future[Any]"]) -> list[Any]:
    return await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), 10)


async def test_what_waits_is_committed_as_one_group_and_everybody_gets_their_own_answer(writer: Writer) -> None:
    teams = Teams()
    teams.gate.clear()
    futures = [writer.submit(teams.store, f"t{number}") for number in range(20)]
    teams.gate.set()
    assert await outcomes(futures) == [f"stored t{number}" for number in range(20)]
    assert len(teams.groups) <= 2
    assert len(await in_thread(names)) == 20


async def test_the_answer_comes_after_the_commit(writer: Writer) -> None:
    await writer.submit(Teams().store, "t1")
    assert await in_thread(names) == ["t1"]


async def test_a_group_has_at_most_256_items(writer: Writer) -> None:
    teams = Teams()
    teams.gate.clear()
    futures = [writer.submit(teams.store, f"refused {number}") for number in range(600)]
    teams.gate.set()
    await outcomes(futures)
    assert max(map(len, teams.groups)) <= MAX_GROUP
    assert sum(map(len, teams.groups)) == 600


async def test_submitters_who_have_gone_hurt_nobody(writer: Writer) -> None:
    teams = Teams()
    teams.gate.clear()
    futures = [writer.submit(teams.store, f"t{number}") for number in range(6)]
    for future in futures[::2]:
        future.cancel()
    teams.gate.set()
    answers = await outcomes(futures)
    assert [isinstance(answer, asyncio.CancelledError) for answer in answers] == [True, False] * 3
    assert len(await in_thread(names)) == 6
    assert await writer.submit(teams.store, "afterwards") == "stored afterwards"


@pytest.mark.parametrize("wrong", ["bad", "invalid", "t1"])
async def test_one_bad_item_fails_alone(writer: Writer, wrong: str) -> None:
    teams = Teams()
    teams.gate.clear()
    await in_thread(lambda: Team.objects.create(name="t1") if wrong == "t1" else None)
    futures = [writer.submit(teams.store, name) for name in ("a", wrong, "b", "refused", "c")]
    teams.gate.set()
    answers = await outcomes(futures)
    assert [answers[index] for index in (0, 2, 4)] == ["stored a", "stored b", "stored c"]
    assert isinstance(answers[1], Exception)
    assert isinstance(answers[3], ConflictError)
    assert set("abc") <= set(await in_thread(names))


async def test_two_kinds_of_work_are_kept_apart(writer: Writer) -> None:
    one, two = Teams(), Teams()
    one.gate.clear()
    futures = [writer.submit((one if n % 2 else two).store, f"t{n}") for n in range(8)]
    one.gate.set()
    assert await outcomes(futures) == [f"stored t{n}" for n in range(8)]
    assert {name for group in one.groups for name in group} == {"t1", "t3", "t5", "t7"}


async def test_when_too_much_waits_the_next_one_is_refused_at_once(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "MAX_WAITING", 10)
    teams = Teams()
    teams.gate.clear()
    futures, refused = [], []
    for number in range(40):
        try:
            futures.append(writer.submit(teams.store, f"t{number}"))
        except OverloadedError as error:
            refused.append(error)
    assert refused
    assert refused[0].details["retry_after"] > 0
    teams.gate.set()
    assert all(str(answer).startswith("stored") for answer in await outcomes(futures))
    assert await writer.submit(teams.store, "later") == "stored later"


async def test_when_the_oldest_has_waited_too_long_the_next_one_is_refused(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "MAX_WAIT_SECONDS", 0.05)
    teams = Teams()
    teams.gate.clear()
    first = writer.submit(teams.store, "t1")
    await asyncio.sleep(0.1)
    second = writer.submit(teams.store, "t2")
    with pytest.raises(OverloadedError):
        writer.submit(teams.store, "t3")
    teams.gate.set()
    assert await outcomes([first, second]) == ["stored t1", "stored t2"]


async def test_after_a_quiet_hour_nobody_is_refused(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "MAX_WAIT_SECONDS", 0.05)
    teams = Teams()
    await writer.submit(teams.store, "early")
    await asyncio.sleep(0.1)
    assert len(await outcomes([writer.submit(teams.store, f"t{number}") for number in range(50)])) == 50


async def test_what_was_submitted_before_the_end_is_committed(writer: Writer) -> None:
    teams = Teams()
    futures = [writer.submit(teams.store, f"t{number}") for number in range(30)]
    await writer.stop()
    assert await outcomes(futures) == [f"stored t{number}" for number in range(30)]
    with pytest.raises(OverloadedError):
        writer.submit(teams.store, "too late")


async def test_a_broken_database_connection_is_replaced(writer: Writer) -> None:
    def cut(_: Sequence[str]) -> list[str]:
        connection.close()
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await writer.submit(cut, "x")
    assert await writer.submit(Teams().store, "t1") == "stored t1"
