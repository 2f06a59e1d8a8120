"""What every act on a session has in common: the row is locked, written with its next deadline, and told."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.utils import timezone

from channels_app.cobrowse import policy, wording
from channels_app.cobrowse.events import CustomerTold, SessionChanged
from channels_app.cobrowse.models import CobrowseSession, Consent, Participation, Stage
from channels_app.cobrowse.policy import Command, Reason, Role
from channels_app.cobrowse.recordings import end_recording
from channels_app.cobrowse.selectors import facts_of
from interaction_center.access.selectors import person_named
from interaction_center.errors import NotFoundError
from interaction_center.events import publish_on_commit
from interaction_center.queue import by_channel


def locked(name: str) -> CobrowseSession:
    """The session as it is now; nobody else changes it before the transaction ends. NotFoundError."""
    found = CobrowseSession.objects.select_for_update(no_key=True).filter(public_id=name).first()
    if found is None:
        raise NotFoundError("There is no such session.")
    return found


def write(session: CobrowseSession) -> dict[str, Any]:
    """Store a locked session as it is now, with when the next thing happens by itself, and tell its sockets; what
    they are told."""
    session.version += 1
    coming = policy.deadlines(session.clocks)
    session.due_at = coming[0].at if coming else None
    session.save()
    facts = facts_of(session)
    publish_on_commit(SessionChanged(session.public_id, facts))
    return facts


def note(session: CobrowseSession, event: str, *, user: str = "", **facts: Any) -> None:
    """A line in the log of the interaction, once there is one. `user` is a public id."""
    if not session.interaction:
        return
    with suppress(NotFoundError):  # it was erased meanwhile
        by_channel.note(session.interaction, event, user=person_named(user) if user else None, **facts)


def keep_consent(  # one line of evidence has all of these
    session: CobrowseSession,
    scope: str,
    decision: str,
    *,
    role: Role,
    now: datetime,
    user: str = "",
    name: str = "",
    shown: wording.Wording | None = None,
) -> None:
    """A line of the consent log."""
    Consent.objects.create(
        session=session,
        scope=scope,
        decision=decision,
        wording=shown.version if shown else "",
        hash=shown.hash if shown else "",
        language=shown.language if shown else "",
        role=role,
        user=user,
        name=name,
        at=now,
    )


def close(session: CobrowseSession, reason: Reason, role: Role, *, user: str = "", name: str = "") -> dict[str, Any]:
    """End a locked session, with its last line in the log; what its sockets are told. `name` is who did it, where a
    person did."""
    now = timezone.now()
    seen = list(session.scopes)
    was_viewing = session.viewing_at is not None
    session.stage, session.ended_at, session.end_reason, session.ended_by = Stage.ENDED, now, reason, name[:120]
    session.scopes, session.asks, session.controller, session.submit, session.code_digest = [], {}, "", False, ""
    session.paused_at, session.gone_at, session.agents_until, session.page_until = None, None, None, None
    watched = Participation.objects.filter(session=session)
    agents = list(dict.fromkeys(watched.order_by("pk").values_list("name", flat=True)))
    watched.filter(until=None).update(until=now)
    end_recording(session, now)
    facts = write(session)
    seconds = int((now - session.viewing_at).total_seconds()) if was_viewing and session.viewing_at else 0
    note(
        session,
        "cobrowse_ended",
        user=user,
        by=name or str(role),
        reason=str(reason),
        seconds=seconds,
        scopes=seen,
        agents=agents,
    )
    publish_on_commit(CustomerTold(session.site, session.visitor, withdrawn(session.public_id)))
    return facts


def move(session: CobrowseSession, command: Command, role: Role) -> None:
    """Change the stage of a locked session as the table says."""
    session.stage = Stage(policy.next_stage(session.stage, command, role))


def withdrawn(session: str) -> Mapping[str, Any]:
    """What the widget hears when an invitation is over."""
    return {"t": "cobrowse", "session": session, "ended": True}
