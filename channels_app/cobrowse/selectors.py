"""Questions about co-browse sessions: constant query counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from channels_app.cobrowse import policy
from channels_app.cobrowse.models import (
    Alert,
    AuditLine,
    CobrowseSession,
    Consent,
    Participation,
    Playback,
    Recording,
    SiteRules,
    Stage,
)
from interaction_center.access.doors import Actor
from interaction_center.access.selectors import site_keys
from interaction_center.errors import NotFoundError
from interaction_center.events import visitor_topic
from interaction_center.live.hub import hub
from interaction_center.paging import listed
from interaction_center.queue.selectors import visitors_of
from interaction_center.queue.wire import moment

SHOWN = 20


def rules_of(site: str) -> dict[str, Any]:
    """What co-browsing may show of this site, and do there; as a site begins when nobody has set anything."""
    return rules_of_sites([site])[site]


def rules_of_sites(sites: Collection[str]) -> dict[str, dict[str, Any]]:
    """The same of all these: one query."""
    known = {row.site: row for row in SiteRules.objects.filter(site__in=sites)}
    return {site: _rules(known.get(site) or SiteRules(site=site)) for site in sites}


def _rules(row: SiteRules) -> dict[str, Any]:
    return {
        "enabled": row.enabled,
        "show": row.show,
        "mask": row.mask,
        "block": row.block,
        "deny": row.deny,
        "submit": row.submit,
        "recording": row.recording,
        "retention_days": row.retention_days,
    }


def session_named(name: str) -> CobrowseSession:
    """NotFoundError."""
    found = CobrowseSession.objects.filter(public_id=name).first()
    if found is None:
        raise NotFoundError("There is no such session.")
    return found


def facts_of(session: CobrowseSession) -> dict[str, Any]:
    """All that the sockets of a session need to know, as it is now: one query. `page` and `views` are the connections
    that have a place; a view's by the person."""
    return _facts(session, _watching([session]))


def news_of(versions: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """The same of those of these sessions that have changed since these versions: one query where none has, else
    three."""
    now = CobrowseSession.objects.filter(public_id__in=versions).values_list("public_id", "version")
    changed = [name for name, version in now if version > versions[name]]
    if not changed:
        return {}
    sessions = list(CobrowseSession.objects.filter(public_id__in=changed))
    watching = list(_watching(sessions))
    return {
        session.public_id: _facts(session, [one for one in watching if one.session_id == session.pk])
        for session in sessions
    }


def _facts(session: CobrowseSession, watching: Iterable[Participation]) -> dict[str, Any]:
    views = list(watching)
    return {
        "version": session.version,
        "stage": str(session.stage),
        "scopes": session.scopes,
        "asks": session.asks,
        "submit": session.submit,
        "controller": session.controller,
        "agents": [_person(one) for one in views],
        "page": session.connection,
        "views": {one.user: one.connection for one in views},
        "paused": session.paused_at is not None,
        "paused_by": session.paused_by if session.paused_at else "",
        "reconnecting": session.stage == Stage.VIEWING and session.gone_at is not None,
        "interaction": session.interaction,
        "language": session.language,
        "created_at": moment(session.created_at),
        "end": {"reason": session.end_reason, "by": session.ended_by} if session.stage == Stage.ENDED else None,
    }


def agents_of(session: CobrowseSession) -> list[dict[str, str]]:
    """Who watches now."""
    return [_person(one) for one in _watching([session])]


def _watching(sessions: Collection[CobrowseSession]) -> QuerySet[Participation]:
    return Participation.objects.filter(session__in=sessions, until=None).order_by("pk")


def _person(watching: Participation) -> dict[str, str]:
    return {"id": watching.user, "name": watching.name}


def open_session_of(interaction: str) -> CobrowseSession | None:
    """The session that goes on in this interaction."""
    return CobrowseSession.objects.exclude(stage=Stage.ENDED).filter(interaction=interaction).first()


def open_session_of_visitor(site: str, visitor: str) -> CobrowseSession | None:
    """The session of this visitor's page."""
    return CobrowseSession.objects.exclude(stage=Stage.ENDED).filter(site=site, visitor=visitor).first()


def page_of(interaction: str) -> tuple[str, str] | None:
    """Site and visitor of the customer's page that is open now, the one they wrote from first; None when none is.

    Asked of this process: the page and the console belong on one. Where they are not the agent is told to ask for a
    code.
    """
    sites = site_keys()
    pages = ((site, visitor) for visitor in visitors_of(interaction) for site in sites)
    return next((page for page in pages if hub.readers(visitor_topic(*page))), None)


def invitation(session: CobrowseSession) -> dict[str, Any]:
    """What the widget hears of a session that waits for its page."""
    name = session.asks.get(policy.Scope.VIEW, {}).get("name", "")
    return {"t": "cobrowse", "session": session.public_id, "agent": name}


def news_for(site: str, visitor: str) -> list[dict[str, Any]]:
    """What is open for this visitor as their widget connects."""
    found = open_session_of_visitor(site, visitor)
    return [invitation(found)] if found is not None and found.stage == Stage.CONSENT_PENDING else []


def session_wire(session: CobrowseSession) -> dict[str, Any]:
    """A session at the console."""
    return {
        "id": session.public_id,
        "state": str(session.stage),
        "scopes": session.scopes,
        "controller": session.controller or None,
        "agents": agents_of(session),
        "created_at": moment(session.created_at),
        "viewing_at": moment(session.viewing_at),
    }


def earlier_of(interaction: str, *, for_: Actor) -> list[dict[str, Any]]:
    """Sessions of this interaction that have ended, the latest first: three queries more, however many there are.

    `for_` is who asks: what they may play says so.
    """
    found = list(
        CobrowseSession.objects.filter(interaction=interaction, stage=Stage.ENDED)
        .order_by("-created_at")
        .prefetch_related("participations", "consents", "recordings")[:SHOWN]
    )
    return [_ended_wire(session, for_) for session in found]


def _ended_wire(session: CobrowseSession, reader: Actor) -> dict[str, Any]:
    granted = {line.scope for line in session.consents.all() if line.decision == "granted"}
    began, ended = session.viewing_at, session.ended_at
    may = may_play(reader, {one.user for one in session.participations.all()})
    return {
        "id": session.public_id,
        "agents": list(dict.fromkeys(one.name for one in session.participations.all())),
        "scopes": [scope for scope in policy.Scope if scope in granted],
        "created_at": moment(session.created_at),
        "ended_at": moment(ended),
        "seconds": int((ended - began).total_seconds()) if began and ended else 0,
        "reason": session.end_reason,
        "by": session.ended_by,
        "recordings": [_recording_wire(one, may) for one in session.recordings.all()],
    }


def _recording_wire(recording: Recording, may: bool) -> dict[str, Any]:
    return {
        "id": recording.public_id,
        "started_at": moment(recording.started_at),
        "ended_at": moment(recording.ended_at),
        "until": moment(recording.due_at) if recording.removed_at is None else None,
        "removed_at": moment(recording.removed_at),
        "removed_by": recording.removed_by,
        "can_play": may and recording.removed_at is None and recording.ended_at is not None,
    }


def may_play(reader: Actor, watched: Collection[str]) -> bool:
    """Whether they may play recordings of a session that these people have watched."""
    return reader.can("supervise") or (reader.user is not None and reader.user.public_id in watched)


def people_of(session: int) -> set[str]:
    """Who has watched the session with this key, ever."""
    return set(Participation.objects.filter(session=session).values_list("user", flat=True))


def interaction_of_session(name: str) -> str:
    """NotFoundError."""
    return session_named(name).interaction


def interaction_of_recording(name: str) -> str:
    """NotFoundError."""
    found = Recording.objects.filter(public_id=name).values_list("session__interaction", flat=True).first()
    if found is None:
        raise NotFoundError("There is no such recording.")
    return str(found)


def playback_wire(recording: Recording) -> dict[str, Any]:
    """What a player needs to know before it plays."""
    names = Participation.objects.filter(session=recording.session_id).order_by("pk").values_list("name", flat=True)
    started, ended = recording.started_at, recording.ended_at
    return {
        "recording": recording.public_id,
        "session": recording.session.public_id,
        "interaction": recording.session.interaction,
        "agents": list(dict.fromkeys(names)),
        "started_at": moment(started),
        "ms": int((ended - started).total_seconds() * 1000) if ended else 0,
        "until": moment(recording.due_at),
    }


def audit_of(session: CobrowseSession, *, cursor: str = "", limit: int = 200) -> dict[str, Any]:
    """Who consented to what, who watched, who played a recording, and a page of what was done and refused: four
    queries. BadRequestError for a cursor that is none."""
    lines = AuditLine.objects.filter(session=session)
    actions = listed(lines, ("pk",), _action_wire, name="cobrowse-audit", cursor=cursor, limit=limit)
    return {
        "session": session.public_id,
        "interaction": session.interaction,
        "consents": [_consent_wire(line) for line in Consent.objects.filter(session=session).order_by("pk")],
        "agents": [
            {"id": one.user, "name": one.name, "from": moment(one.since), "until": moment(one.until)}
            for one in Participation.objects.filter(session=session).order_by("pk")
        ],
        "actions": actions["items"],
        "next": actions["next"],
        "playbacks": [
            _played_wire(one)
            for one in Playback.objects.filter(recording__session=session).select_related("recording").order_by("pk")
        ],
    }


def _played_wire(played: Playback) -> dict[str, Any]:
    return {
        "recording": played.recording.public_id,
        "id": played.user,
        "name": played.name,
        "at": moment(played.at),
        "from": played.from_ms,
        "until": played.until_ms,
    }


def _consent_wire(line: Consent) -> dict[str, Any]:
    return {
        "scope": line.scope,
        "decision": line.decision,
        "version": line.wording,
        "hash": line.hash,
        "language": line.language,
        "role": line.role,
        "user": line.user,
        "name": line.name,
        "at": moment(line.at),
    }


def _action_wire(line: AuditLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "outcome": line.outcome,
        "what": line.what,
        "role": line.role,
        "user": line.user,
        "at": moment(line.at),
    }


def alert_wire(alert: Alert) -> dict[str, Any]:
    """One alert, as supervisors see it. `name` "" when it was many people together."""
    return {
        "id": alert.pk,
        "user": alert.user,
        "name": alert.name,
        "tries": alert.tries,
        "at": moment(alert.at),
        "until": moment(alert.until),
    }


def due(now: datetime) -> Sequence[str]:
    """Sessions for which something happens by itself now."""
    found = CobrowseSession.objects.exclude(stage=Stage.ENDED).filter(due_at__lte=now).order_by("due_at")
    return list(found.values_list("public_id", flat=True)[:100])


def lost_agents(now: datetime) -> QuerySet[Participation]:
    """Those whose view was not heard of in time: it has been gone for too long, or its process has died."""
    return Participation.objects.filter(Q(alive_until=None) | Q(alive_until__lte=now), until=None)


def left_behind(now: datetime) -> Sequence[str]:
    """Sessions with such an agent."""
    return list(lost_agents(now).values_list("session__public_id", flat=True)[:100])


def open_interactions() -> Mapping[str, str]:
    """Interaction -> the session that goes on there."""
    found = CobrowseSession.objects.exclude(stage=Stage.ENDED).exclude(interaction="")
    return dict(found.values_list("interaction", "public_id"))
