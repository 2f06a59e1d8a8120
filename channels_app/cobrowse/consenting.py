"""What is asked of a customer and what they answer; every answer is a line of evidence, and the row is the truth."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from channels_app.cobrowse import policy
from channels_app.cobrowse.models import CobrowseSession, Decision, Participation, Stage
from channels_app.cobrowse.policy import Command, Reason, Role, Scope
from channels_app.cobrowse.recordings import begin_recording, end_recording
from channels_app.cobrowse.rows import close, keep_consent, locked, move, note, write
from channels_app.cobrowse.selectors import facts_of, rules_of
from channels_app.cobrowse.wording import Wording, answered_wording, asked_wording
from interaction_center.errors import BadRequestError, ConflictError


def read_scope(value: object) -> Scope:
    """BadRequestError for what is none."""
    try:
        return Scope(str(value))
    except ValueError as error:
        raise BadRequestError(f"scope is one of {', '.join(Scope)}.") from error


def ask_for(  # a question has all of these
    session: CobrowseSession,
    scope: Scope,
    *,
    user: str,
    name: str,
    lasts: timedelta,
    submit: bool = False,
    days: int = 0,
) -> None:
    """Put a question to the customer of a locked session. `days`: how long a recording would be kept."""
    now = timezone.now()
    asked = {"by": user, "name": name, "until": (now + lasts).isoformat(), "submit": submit, "days": days}
    session.asks = {**session.asks, scope.value: asked}
    shown = asked_wording(scope, session.language, asked)
    keep_consent(session, scope, Decision.ASKED, role=Role.AGENT, now=now, user=user, name=name, shown=shown)


@transaction.atomic
def ask(*, session: str, scope: Scope, user: str, name: str, submit: bool = False) -> None:
    """An agent who watches asks for more. ConflictError when something comes first, or another one controls."""
    row = locked(session)
    move(row, Command.ASK, Role.AGENT)
    if scope is Scope.CONTROL and row.controller not in ("", user):
        raise ConflictError("Another agent controls this page. Wait until they have finished.")
    rules = rules_of(row.site)
    policy.check_ask(scope, row.scopes, may_record=rules["recording"])
    if scope in row.asks:
        raise ConflictError("The customer has been asked already.")
    may_submit = submit and rules["submit"] and scope is Scope.CONTROL
    days = rules["retention_days"] if scope is Scope.RECORD else 0
    ask_for(row, scope, user=user, name=name, lasts=policy.ASK_LASTS, submit=may_submit, days=days)
    write(row)


@transaction.atomic
def grant(*, session: str, scope: Scope, version: object, digest: object) -> None:
    """The customer agrees to what they were asked, in the words that they read. ConflictError when nobody asks now."""
    row, now = locked(session), timezone.now()
    asked = _answered(row, scope, now)
    shown = _shown(row, scope, asked, version, digest)
    move(row, Command.GRANT_VIEW if scope is Scope.VIEW else Command.GRANT, Role.CUSTOMER)
    excluded = policy.EXCLUDES.get(scope)
    if excluded in row.scopes or policy.NEEDS.get(scope, scope) not in {*row.scopes, scope}:
        raise ConflictError("This can't be granted any more. Nothing has changed.")
    row.scopes = policy.with_scope(scope, row.scopes)
    if scope is Scope.CONTROL:
        row.controller, row.submit = asked["by"], asked["submit"]
    if scope is Scope.RECORD:
        begin_recording(row, days=asked["days"], now=now)
    if scope is Scope.VIEW:
        is_watched = Participation.objects.filter(session=row, until=None, gone_at=None).exists()
        row.viewing_at, row.agents_until = now, None if is_watched else now + policy.AGENT_GRACE
    keep_consent(row, scope, Decision.GRANTED, role=Role.CUSTOMER, now=now, shown=shown)
    write(row)
    _note_grant(row, scope, asked)


def _note_grant(row: CobrowseSession, scope: Scope, asked: dict[str, Any]) -> None:
    if scope is Scope.VIEW:
        note(row, "cobrowse_started", user=asked["by"], by=asked["name"], scopes=row.scopes)
    else:
        note(row, "cobrowse_scope", scope=scope.value, decision="granted", by="customer")


@transaction.atomic
def deny(*, session: str, scope: Scope) -> None:
    """The customer says no. Without view there is no session."""
    row, now = locked(session), timezone.now()
    asked = _answered(row, scope, now)
    shown = asked_wording(scope, row.language, asked)
    command = Command.DENY_VIEW if scope is Scope.VIEW else Command.DENY
    policy.next_stage(row.stage, command, Role.CUSTOMER)
    keep_consent(row, scope, Decision.DENIED, role=Role.CUSTOMER, now=now, shown=shown)
    if scope is Scope.VIEW:
        close(row, Reason.DENIED, Role.CUSTOMER, name="customer")
        return
    write(row)
    note(row, "cobrowse_scope", scope=scope.value, decision="denied", by="customer")


@transaction.atomic
def revoke(*, session: str, scope: Scope, role: Role, user: str = "", name: str = "") -> dict[str, Any]:
    """This scope is over, with all that need it; without view the session is. Nothing when it was not granted. What
    the sockets of the session are told."""
    row, now = locked(session), timezone.now()
    if row.stage == Stage.ENDED or (scope not in row.scopes and scope not in row.asks):
        return facts_of(row)
    if scope is Scope.VIEW:
        policy.next_stage(row.stage, Command.REVOKE_VIEW, role)
        for ended in row.scopes:
            keep_consent(row, ended, Decision.REVOKED, role=role, now=now, user=user, name=name)
        return close(row, Reason.CUSTOMER, role, name=name or "customer")
    move(row, Command.REVOKE, role)
    was_granted = scope in row.scopes
    take_back(row, policy.dependents(scope), role=role, now=now, user=user, name=name)
    facts = write(row)
    if was_granted:
        note(row, "cobrowse_scope", user=user, scope=scope.value, decision="revoked", by=name or str(role))
    return facts


def take_back(
    row: CobrowseSession, scopes: Collection[Scope], *, role: Role, now: datetime, user: str = "", name: str = ""
) -> None:
    """These scopes of a locked session are over, asked for or granted."""
    for scope in scopes:
        if scope in row.scopes:
            keep_consent(row, scope, Decision.REVOKED, role=role, now=now, user=user, name=name)
    row.scopes = policy.without(scopes, row.scopes)
    row.asks = {scope: asked for scope, asked in row.asks.items() if scope not in scopes}
    if Scope.CONTROL in scopes:
        row.controller, row.submit = "", False
    if Scope.RECORD in scopes:
        end_recording(row, now)


def lapse(row: CobrowseSession, scope: str, now: datetime) -> None:
    """Nobody has answered the question of a locked session."""
    asked = row.asks.pop(scope)
    shown = asked_wording(scope, row.language, asked)
    keep_consent(row, scope, Decision.LAPSED, role=Role.SYSTEM, now=now, shown=shown)


def _answered(row: CobrowseSession, scope: Scope, now: datetime) -> dict[str, Any]:
    """The question that is answered, which is open no more."""
    asked: dict[str, Any] | None = row.asks.get(scope)
    if asked is None or datetime.fromisoformat(asked["until"]) <= now:
        raise ConflictError("Nobody is asking for this any more.")
    row.asks = {other: kept for other, kept in row.asks.items() if other != scope}
    return asked


def _shown(row: CobrowseSession, scope: Scope, asked: dict[str, Any], version: object, digest: object) -> Wording:
    shown = answered_wording(scope, asked, version=version, digest=digest, language=row.language)
    if shown is None:
        raise ConflictError("The question has changed. Load the page again and read it once more.")
    return shown
