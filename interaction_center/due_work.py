"""The one background mechanism: due rows are claimed with a lease, done, and else tried again later or laid aside.

A row of work lives in the table of its own domain and carries the columns of `DueWork`. `claim` takes due rows
by one conditional statement, so that two processes never work on the same row. What an expired lease means is
the owner's policy. `wake` rings a ticker on commit; the ticker's own poll is the guarantee.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from interaction_center.errors import NotFoundError
from interaction_center.ids import public_id
from interaction_center.paging import first_rows

OWNER = public_id()  # this process
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(hours=1)
WORK_ORDER = ("due_at", "id")  # of a DueRow: oldest due first
Work = TypeVar("Work", bound=models.Model)


class WorkState(models.TextChoices):
    """`dead` is laid aside for a person to look at."""

    DUE = "due"
    DONE = "done"
    DEAD = "dead"


class DueWork(models.Model):
    """The columns that every table of background work has. `attempts` counts claims."""

    state = models.CharField(max_length=4, choices=WorkState.choices, default=WorkState.DUE)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=16, blank=True, default="")
    attempts = models.IntegerField(default=0)
    max_attempts = models.IntegerField(default=10)
    last_error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class DueRow:
    """One row of background work as a person sees it."""

    kind: str
    id: str
    title: str
    state: str
    due_at: datetime
    attempts: int
    last_error: str
    interaction: str = ""


def claim(model: type[DueWork], *, now: datetime, lease: timedelta, limit: int) -> list[int]:
    """Take up to `limit` due rows for this process until `now + lease`; the primary keys, earliest due first."""
    table = connection.ops.quote_name(model._meta.db_table)
    skip = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    free = "state = 'due' AND due_at <= %s AND (lease_until IS NULL OR lease_until < %s)"
    # Materialised: PostgreSQL may run a LIMIT inside of IN (…) once per row, and then takes more than it was told.
    sql = (
        f"WITH picked AS MATERIALIZED (SELECT id FROM {table} WHERE {free} ORDER BY due_at, id LIMIT %s {skip}) "  # noqa: S608 - our own table
        f"UPDATE {table} SET lease_until = %s, lease_owner = %s, attempts = attempts + 1 "
        f"WHERE id IN (SELECT id FROM picked) AND {free} RETURNING id"
    )
    at, until = (connection.ops.adapt_datetimefield_value(value) for value in (now, now + lease))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [at, at, limit, until, OWNER, at, at])
        return sorted(row[0] for row in cursor.fetchall())


def finish(work: DueWork, **fields: Any) -> bool:
    """The work is done; `fields` are further columns to write. False when the lease was lost: it is another's now."""
    done = _mine(work).update(state=WorkState.DONE, lease_until=None, lease_owner="", last_error="", **fields)
    return bool(done)


def postpone(work: DueWork, *, error: str, permanent: bool, now: datetime) -> WorkState | None:
    """The work failed: try again later (DUE), or lay it aside (DEAD). None when the lease was lost."""
    dead = permanent or work.attempts >= work.max_attempts
    state = WorkState.DEAD if dead else WorkState.DUE
    written = _mine(
        work
    ).update(
        state=state,
        due_at=retry_at(work.attempts, now, random.random()),  # noqa: S311 - spreads load, guards nothing
        lease_until=None,
        lease_owner="",
        last_error=error[:500],
    )
    return state if written else None


def _mine(work: DueWork) -> models.QuerySet[DueWork]:
    """The row, as long as this claim of it holds: whoever took longer than the lease must not undo what came after."""
    manager = type(work)._base_manager
    return manager.filter(pk=work.pk, state=WorkState.DUE, lease_owner=OWNER, attempts=work.attempts)


def revive(work: DueWork) -> None:
    """A person wants it tried again now: as if it had never been tried."""
    revive_all(type(work)._base_manager.filter(pk=work.pk))


def revive_all(rows: models.QuerySet[Any]) -> int:
    """The same for all of these; how many."""
    return rows.update(state=WorkState.DUE, due_at=timezone.now(), lease_until=None, lease_owner="", attempts=0)


def retry_at(attempts: int, now: datetime, jitter: float) -> datetime:
    """When to try again after `attempts` failures: 2 s, 4 s, 8 s … at most 1 h, stretched by up to half (jitter)."""
    wait: timedelta = min(FIRST_RETRY * 2 ** min(max(attempts - 1, 0), 20), LONGEST_RETRY)
    return now + wait * (1 + jitter / 2)


def attempts_within(span: timedelta) -> int:
    """How many attempts it takes until at least `span` has passed since the first one; at most half as much again."""
    start = at = datetime.min
    attempts = 1
    while at - start < span:
        at = retry_at(attempts, at, 0.0)
        attempts += 1
    return attempts


def free_leases() -> None:
    """The only process has just started: whatever an earlier one had in hand when it died is due at once."""
    for model in apps.get_models():
        if issubclass(model, DueWork):
            held = model._base_manager.filter(state=WorkState.DUE).exclude(lease_owner="")
            held.update(lease_until=None, lease_owner="")


_bells: dict[str, Callable[..., None]] = {}


def connect_bell(slug: str, ring: Callable[..., None]) -> None:
    """A ticker of this process says how it is woken: `ring()` now, `ring(seconds)` later; from any thread."""
    _bells[slug] = ring


def disconnect_bell(slug: str) -> None:
    """The ticker has ended."""
    _bells.pop(slug, None)


def wake(slug: str) -> None:
    """After the commit, ring the ticker of `slug` in this process, if it runs here."""
    transaction.on_commit(partial(_ring, slug))


def _ring(slug: str) -> None:
    bell = _bells.get(slug)
    if bell is not None:
        bell()


def wake_for_next(slug: str, model: type[DueWork], now: datetime) -> None:
    """Ring the ticker when the next row falls due, where that is sooner than its own look at all of them."""
    bell = _bells.get(slug)
    if bell is None:
        return
    own_look = now + timedelta(seconds=settings.DUE_WORK[slug][1])
    coming = model._base_manager.filter(state=WorkState.DUE, due_at__gt=now, due_at__lt=own_look).order_by("due_at")
    due_at = coming.values_list("due_at", flat=True).first()
    if due_at is not None:
        bell(max((due_at - timezone.now()).total_seconds(), 0.0))


def list_work(state: str, *, after: Sequence[Any] | None = None, limit: int = 50) -> list[DueRow]:
    """The first rows of all kinds in this state after the key `after`, in WORK_ORDER."""
    modules = _modules_that_show_their_work().values()
    rows = (row for module in modules for row in module.due_rows(state, after=after, limit=limit))
    return sorted(rows, key=lambda row: (row.due_at, row.id))[:limit]


def shown_rows(
    kind: str,
    rows: models.QuerySet[Any],
    words: Callable[[Any], tuple[str, str]],
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> list[DueRow]:
    """What one kind has to offer to that list: rows that have a `public_id`. `words`: what each is called, and its
    interaction."""
    found = first_rows(rows, ("due_at", "public_id"), after=after, limit=limit)[0]
    return [_shown(kind, work, *words(work)) for work in found]


def _shown(kind: str, work: Any, title: str, interaction: str) -> DueRow:
    return DueRow(
        kind=kind,
        id=work.public_id,
        title=title,
        state=work.state,
        due_at=work.due_at,
        attempts=work.attempts,
        last_error=work.last_error,
        interaction=interaction,
    )


def revive_one(kind: str, rows: models.QuerySet[Any], row_id: str, *, what: str = "work") -> None:
    """A person wants the one with this public id tried again now. NotFoundError when none of them waits."""
    work = rows.filter(public_id=row_id).exclude(state=WorkState.DONE).first()
    if work is None:
        raise NotFoundError(f"There is no such {what} waiting.")
    revive(work)
    wake(kind)


def revive_dead(kind: str, rows: models.QuerySet[Any]) -> int:
    """All of them that were laid aside; how many."""
    revived = revive_all(rows.filter(state=WorkState.DEAD))
    wake(kind)
    return revived


def retry_work(kind: str, row_id: str) -> None:
    """Revive one row. NotFoundError when there is no such kind or row."""
    _module_of(kind).retry(row_id)


def retry_all_work(kind: str) -> int:
    """Revive everything of this kind that was laid aside; how many. NotFoundError when there is no such kind."""
    return int(_module_of(kind).retry_all())


def _module_of(kind: str) -> Any:
    module = _modules_that_show_their_work().get(kind)
    if module is None:
        raise NotFoundError("There is no such kind of work.")
    return module


def _modules_that_show_their_work() -> dict[str, Any]:
    """Those of settings.DUE_WORK with `due_rows(state, after=…, limit=…)`, whose DueRows come from `shown_rows`,
    `retry(row id)` and `retry_all()`, by slug."""
    modules = {slug: import_module(path.rpartition(".")[0]) for slug, (path, _) in settings.DUE_WORK.items()}
    return {slug: module for slug, module in modules.items() if hasattr(module, "due_rows")}
