"""Due work: claimed by one, tried again later, laid aside at last, never by two at once."""

import asyncio
from datetime import timedelta
from functools import partial
from random import random

import pytest
from django.db import transaction
from django.utils import timezone

from interaction_center.due_work import (
    LONGEST_RETRY,
    OWNER,
    attempts_within,
    claim,
    connect_bell,
    disconnect_bell,
    finish,
    free_leases,
    list_work,
    postpone,
    retry_at,
    revive,
    wake,
    wake_for_next,
)
from interaction_center.live.tickers import Ticker
from interaction_center.queue.models import Entry, Outbox
from tests.builders import NOW, a_mail, in_parallel, landed

LEASE = timedelta(minutes=2)


def work(count: int = 1, *, due_in: float = -60) -> list[Outbox]:
    """Rows that are due, earliest first."""
    first = Outbox.objects.count()
    made = []
    for number in range(first, first + count):
        entry = Entry.objects.filter(interaction=landed(a_mail()), kind="message").get()
        due_at = timezone.now() + timedelta(seconds=due_in + number / 100)
        made.append(Outbox.objects.create(entry=entry, channel="email", to="x", message_id=str(number), due_at=due_at))
    return made


def claimed(limit: int = 10, *, later: float = 0) -> list[int]:
    return claim(Outbox, now=timezone.now() + timedelta(seconds=later), lease=LEASE, limit=limit)


@pytest.mark.django_db
def test_what_is_due_is_claimed_earliest_first_and_once() -> None:
    rows = work(5)
    assert claimed(3) == [row.pk for row in rows[:3]]
    assert claimed(3) == [row.pk for row in rows[3:]]
    assert claimed(3) == []
    row = Outbox.objects.get(pk=rows[0].pk)
    assert (row.lease_owner, row.attempts) == (OWNER, 1)


@pytest.mark.django_db
def test_what_is_not_due_yet_waits() -> None:
    (row,) = work(1, due_in=60)
    assert claimed() == []
    assert claimed(later=61) == [row.pk]


@pytest.mark.django_db
def test_a_lease_that_is_over_frees_the_row() -> None:
    (row,) = work(1)
    assert claimed() == [row.pk]
    assert claimed(later=LEASE.total_seconds() - 1) == []
    assert claimed(later=LEASE.total_seconds() + 1) == [row.pk]
    assert Outbox.objects.get().attempts == 2


@pytest.mark.django_db
def test_after_a_start_nobody_waits_for_the_lease_of_a_dead_process() -> None:
    (row,) = work(1)
    claimed()
    Outbox.objects.update(lease_owner="a dead process")
    assert claimed() == []
    free_leases()
    assert claimed() == [row.pk]


@pytest.mark.django_db
def test_what_is_done_is_never_claimed_again() -> None:
    work(1)
    claimed()
    row = Outbox.objects.get()
    assert finish(row, remote_id="r")
    row.refresh_from_db()
    assert (row.state, row.lease_owner, row.remote_id) == ("done", "", "r")
    assert claimed(later=9_999) == []


@pytest.mark.django_db
def test_what_failed_comes_again_and_after_the_last_attempt_is_laid_aside() -> None:
    Outbox.objects.filter(pk__in=[row.pk for row in work(1)]).update(max_attempts=3)
    fates = []
    for _ in range(3):
        claimed(later=99_999)
        fates.append(postpone(Outbox.objects.get(), error="x" * 900, permanent=False, now=timezone.now()))
    assert fates == ["due", "due", "dead"]
    row = Outbox.objects.get()
    assert (row.state, len(row.last_error)) == ("dead", 500)
    assert claimed(later=999_999) == []
    revive(row)
    assert claimed(later=1) == [row.pk]
    assert Outbox.objects.get().attempts == 1


@pytest.mark.django_db
def test_what_can_never_succeed_is_laid_aside_at_once() -> None:
    work(1)
    claimed()
    assert postpone(Outbox.objects.get(), error="no", permanent=True, now=timezone.now()) == "dead"
    assert [shown.last_error for shown in list_work("dead")] == ["no"]
    assert list_work("due") == []


@pytest.mark.django_db
def test_who_took_longer_than_the_lease_undoes_nothing_that_came_after() -> None:
    work(1)
    claimed()
    slow = Outbox.objects.get()
    claimed(later=LEASE.total_seconds() + 1)
    assert finish(Outbox.objects.get(), remote_id="second")
    assert postpone(slow, error="too late", permanent=True, now=timezone.now()) is None
    assert not finish(slow, remote_id="first")
    assert Outbox.objects.get().remote_id == "second"


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_claim_each_row_once() -> None:
    rows = work(24)
    results = in_parallel([partial(_claim_all, 3)] * 8)
    taken = [key for result in results if isinstance(result, list) for key in result]
    assert sorted(taken) == sorted(row.pk for row in rows)


def _claim_all(limit: int) -> list[int]:
    found: list[int] = []
    while True:
        keys = claimed(limit)
        if not keys and not Outbox.objects.filter(lease_until=None).exists():
            return found
        found += keys


def test_waits_double_up_to_an_hour_and_are_stretched_by_at_most_half() -> None:
    shortest = [(retry_at(n, NOW, 0.0) - NOW).total_seconds() for n in range(1, 13)]
    assert shortest[:5] == [2, 4, 8, 16, 32]
    assert shortest == sorted(shortest)
    assert timedelta(seconds=shortest[-1]) == LONGEST_RETRY
    for attempts in range(40):
        jitter = random()
        low, at, high = (retry_at(attempts, NOW, value) for value in (0.0, jitter, 1.0))
        assert low <= at <= high
        assert high - NOW == 1.5 * (low - NOW)


def test_attempts_are_counted_by_the_time_that_they_take() -> None:
    for days in (0, 1, 4):
        attempts = attempts_within(timedelta(days=days))
        shortest = sum(((retry_at(n, NOW, 0.0) - NOW) for n in range(1, attempts)), timedelta())
        assert timedelta(days=days) <= shortest <= timedelta(days=days) + LONGEST_RETRY


def test_a_thousand_attempts_do_not_overflow() -> None:
    assert retry_at(10_000, NOW, 1.0) - NOW == LONGEST_RETRY * 1.5


@pytest.mark.django_db(transaction=True)
def test_a_bell_rings_after_the_commit_and_not_after_a_rollback() -> None:
    rung: list[str] = []
    connect_bell("test", lambda: rung.append("ring"))
    try:
        with transaction.atomic():
            wake("test")
            assert rung == []
        assert rung == ["ring"]
        with transaction.atomic():
            wake("test")
            transaction.set_rollback(True)
        wake("nobody")
        assert rung == ["ring"]
    finally:
        disconnect_bell("test")
    wake("test")
    assert rung == ["ring"]


async def _until(is_true: object) -> None:
    async with asyncio.timeout(5):
        while not is_true():  # type: ignore[operator]
            await asyncio.sleep(0.005)


async def test_a_ticker_works_when_rung_and_again_while_there_is_more() -> None:
    todo, rounds = [3], []

    async def some_work() -> int:
        rounds.append(todo[0])
        todo[0] = max(0, todo[0] - 1)
        return rounds[-1]

    ticker = Ticker("test", some_work, 60)
    task = asyncio.create_task(ticker.run())
    await _until(lambda: rounds == [3, 2, 1, 0])
    todo[0] = 1
    await asyncio.to_thread(ticker.ring)
    await _until(lambda: rounds == [3, 2, 1, 0, 1, 0])
    ticker.stop()
    await asyncio.wait_for(task, 5)


async def test_a_ticker_polls_without_being_rung_and_survives_failures() -> None:
    rounds: list[int] = []

    async def failing() -> int:
        rounds.append(1)
        raise ZeroDivisionError

    ticker = Ticker("test", failing, 0.01)
    task = asyncio.create_task(ticker.run())
    await _until(lambda: len(rounds) >= 3)
    ticker.stop()
    await asyncio.wait_for(task, 5)


@pytest.mark.django_db
def test_a_ticker_is_rung_when_the_next_row_falls_due_before_its_own_look() -> None:
    rung: list[float] = []
    connect_bell("deliveries", rung.append)  # looks every five seconds
    try:
        wake_for_next("deliveries", Outbox, timezone.now())
        work(due_in=60)
        wake_for_next("deliveries", Outbox, timezone.now())
        assert rung == []
        work(due_in=4)
        wake_for_next("deliveries", Outbox, timezone.now())
    finally:
        disconnect_bell("deliveries")
    assert len(rung) == 1
    assert 0 <= rung[0] <= 4.1


async def test_a_ticker_can_be_rung_a_little_later() -> None:
    rounds: list[float] = []
    loop = asyncio.get_running_loop()

    async def noting() -> int:
        rounds.append(loop.time())
        return 0

    ticker = Ticker("test", noting, 60)
    task = asyncio.create_task(ticker.run())
    await _until(lambda: len(rounds) == 1)
    await asyncio.to_thread(ticker.ring, 0.05)
    await _until(lambda: len(rounds) == 2)
    assert rounds[1] - rounds[0] >= 0.05
    ticker.stop()
    await asyncio.wait_for(task, 5)
