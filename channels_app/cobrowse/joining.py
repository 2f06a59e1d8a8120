"""Who is there: the customer's page, bound to one tab, and up to three agents. Control survives no coming or going."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from channels_app.cobrowse import policy
from channels_app.cobrowse.consenting import take_back
from channels_app.cobrowse.models import CobrowseSession, Participation, Stage
from channels_app.cobrowse.policy import Command, Role, Scope
from channels_app.cobrowse.rows import locked, move, note, write
from channels_app.cobrowse.selectors import lost_agents
from interaction_center.errors import ConflictError, NotFoundError


@dataclass(frozen=True, slots=True)
class Arrival:
    """A page of a site that has proved whose it is. `resume`: the token that its tab was given, "" for a new one."""

    site: str
    visitor: str
    origin: str
    language: str
    resume: str


@transaction.atomic
def join_page(*, session: str, arrival: Arrival, connection: str, connected: bool) -> tuple[dict[str, Any], str]:
    """The customer's page is there: what its sockets need to know, and the token that only its tab may have.

    A reload brings the token and goes on without control; another tab has none and is refused while the session has
    one that was seen. `connected`: one is connected to this process. NotFoundError, ConflictError.
    """
    row = locked(session)
    if (row.site, row.visitor) != (arrival.site, arrival.visitor):
        raise NotFoundError("There is no such session.")
    _must_go_on(row)
    move(row, Command.JOIN, Role.CUSTOMER)
    token = _tab_token(row, arrival, connected)
    _lose_control(row)
    row.page_digest, row.page_origin, row.language = _digest(token), arrival.origin, arrival.language
    row.connection, row.gone_at, row.page_until = connection, None, timezone.now() + policy.LEASE
    return write(row), token


def _must_go_on(row: CobrowseSession) -> None:
    if row.stage == Stage.ENDED:
        raise NotFoundError("This session has ended. Start a new one.")


def _tab_token(row: CobrowseSession, arrival: Arrival, connected: bool) -> str:
    """That of the tab that comes back; a new one for the first, and as long as nothing was granted for the next."""
    if arrival.resume and row.page_digest == _digest(arrival.resume) and row.page_origin == arrival.origin:
        return arrival.resume
    if row.page_digest and (row.stage == Stage.VIEWING or connected):
        raise ConflictError("Another tab of this browser shows its page already.")
    return secrets.token_urlsafe(24)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _lose_control(row: CobrowseSession, user: str = "", name: str = "") -> None:
    if Scope.CONTROL not in row.scopes and Scope.CONTROL not in row.asks:
        return
    was_granted = Scope.CONTROL in row.scopes
    take_back(row, {Scope.CONTROL}, role=Role.SYSTEM, now=timezone.now(), user=user, name=name)
    if was_granted:
        note(row, "cobrowse_scope", scope=Scope.CONTROL.value, decision="revoked", by=name or "system")


def _lose_control_of(row: CobrowseSession, user: str, name: str) -> None:
    if row.controller == user or row.asks.get(Scope.CONTROL, {}).get("by") == user:
        _lose_control(row, user, name)


@transaction.atomic
def leave_page(*, session: str, connection: str) -> None:
    """The customer's page is not connected any more: it may come back for a minute. Nothing when it is back already."""
    row = locked(session)
    if row.stage == Stage.ENDED or row.connection != connection:
        return
    now = timezone.now()
    _lose_control(row)
    row.gone_at, row.page_until = now, now + policy.PAGE_GRACE
    write(row)


@transaction.atomic
def join_agent(*, session: str, user: str, name: str, connection: str) -> dict[str, Any]:
    """This agent watches: what their socket needs to know. ConflictError when three others do."""
    row, alive_until = locked(session), timezone.now() + policy.LEASE
    _must_go_on(row)
    move(row, Command.JOIN, Role.AGENT)
    watching = list(Participation.objects.filter(session=row, until=None))
    mine = next((one for one in watching if one.user == user), None)
    if mine is None:
        if len(watching) >= policy.MAX_AGENTS:
            raise ConflictError(f"{policy.MAX_AGENTS} agents watch already. One of them has to leave first.")
        Participation.objects.create(
            session=row,
            user=user,
            name=name[:120],
            connection=connection,
            since=timezone.now(),
            alive_until=alive_until,
        )
    else:
        watches = {"gone_at": None, "connection": connection, "alive_until": alive_until}
        Participation.objects.filter(pk=mine.pk).update(**watches)
        _lose_control_of(row, user, name)  # their old view may not have been missed yet: it can't say so any more
    row.agents_until = None
    return write(row)


@transaction.atomic
def leave_agent(*, session: str, user: str, name: str, connection: str) -> None:
    """This agent's view is not connected any more: it may come back for half a minute, without control. Nothing when
    it is back already."""
    row, now = locked(session), timezone.now()
    mine = Participation.objects.filter(session=row, user=user, until=None, connection=connection)
    if row.stage == Stage.ENDED or not mine.update(gone_at=now, alive_until=now + policy.AGENT_GRACE):
        return
    _lose_control_of(row, user, name)
    _wait_for_agents(row, now)
    write(row)


def part_with_lost_agents(row: CobrowseSession, now: datetime) -> bool:
    """Those of a locked session who were not heard of in time watch no more, and control nothing; whether there were
    any."""
    lost = list(lost_agents(now).filter(session=row))
    Participation.objects.filter(pk__in=[one.pk for one in lost]).update(until=now)
    for one in lost:
        _lose_control_of(row, one.user, one.name)
    if lost:
        _wait_for_agents(row, now)
    return bool(lost)


def _wait_for_agents(row: CobrowseSession, now: datetime) -> None:
    """Where nobody watches any more the session goes on for a little while."""
    if row.agents_until is None and not Participation.objects.filter(session=row, until=None, gone_at=None).exists():
        row.agents_until = now + policy.AGENT_GRACE


@transaction.atomic
def set_paused(*, session: str, paused: bool, role: Role) -> None:
    """The customer shows nothing for a while, or nothing has happened for long; or it goes on."""
    row = locked(session)
    move(row, Command.PAUSE if paused else Command.UNPAUSE, role)
    if paused == (row.paused_at is not None):
        return
    row.paused_at = timezone.now() if paused else None
    row.paused_by = ("customer" if role is Role.CUSTOMER else "idle") if paused else ""
    write(row)


@transaction.atomic
def everybody_left() -> None:
    """The only process has just started: whoever was connected to an earlier one may come back, as after a reload."""
    now = timezone.now()
    for name in CobrowseSession.objects.exclude(stage=Stage.ENDED).values_list("public_id", flat=True):
        row = locked(name)
        _lose_control(row)
        there = Participation.objects.filter(session=row, until=None, gone_at=None)
        there.update(gone_at=now, alive_until=now + policy.AGENT_GRACE)
        row.gone_at = row.gone_at or now
        row.page_until = now + policy.PAGE_GRACE if row.page_digest else None
        row.agents_until = now + policy.AGENT_GRACE if row.stage == Stage.VIEWING else None
        write(row)
