"""Co-browsing at the console, over HTTP: invite, claim a code, end; what happened, for whoever may know."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from channels_app.cobrowse import api_recordings, api_rules, selectors, services
from channels_app.cobrowse.models import Alert, CobrowseSession
from channels_app.cobrowse.policy import Reason, Role
from channels_app.cobrowse.schemas import AlertsOut, AuditOut, ClaimIn, Cursor, EndedOut, Id, Limit, OpenOut, StartedOut
from interaction_center.access.doors import Actor, require
from interaction_center.errors import NotFoundError
from interaction_center.paging import listed
from interaction_center.queue.policy import Command, next_state
from interaction_center.queue.selectors import interaction_for
from interaction_center.queue.services import role_of

router = Router(tags=["co-browsing"])
router.add_router("", api_rules.router)
router.add_router("", api_recordings.router)
WORK, SUPERVISE = "work_queue", "supervise"


@router.post("/interactions/{id}/cobrowse", response=StartedOut)
def invite(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Ask the customer to show their page. The same session again while one is open."""
    who = require(request, WORK)
    language = _must_answer(who, id)
    session = services.invite(interaction=id, language=language, by=who)
    return {"session": selectors.session_wire(session), "interaction": session.interaction}


@router.get("/interactions/{id}/cobrowse", response=OpenOut)
def sessions_of(request: HttpRequest, id: Id) -> dict[str, Any]:
    """The session that goes on in this interaction, and earlier ones: who watched, what was granted, how long, why it
    ended."""
    who = require(request, WORK)
    interaction_for(who.user, id, everything=who.sees_everything)
    found = selectors.open_session_of(id)
    return {"session": selectors.session_wire(found) if found else None, "earlier": selectors.earlier_of(id, for_=who)}


@router.post("/cobrowse/claims", response=StartedOut)
def claim(request: HttpRequest, claim: ClaimIn) -> dict[str, Any]:
    """Take the page whose customer reads out this code, into an interaction or a new one."""
    who = require(request, WORK)
    if claim.interaction:
        _must_answer(who, claim.interaction)
    session = services.claim(code=claim.code, interaction=claim.interaction, by=who)
    return {"session": selectors.session_wire(session), "interaction": session.interaction}


@router.get("/cobrowse/alerts", response=AlertsOut)
def alerts(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """Who tried too many wrong codes, the latest first."""
    require(request, SUPERVISE)
    rows = Alert.objects.all()
    return listed(rows, ("-pk",), selectors.alert_wire, name="cobrowse-alerts", cursor=cursor, limit=limit)


@router.post("/cobrowse/{session}/end", response=EndedOut)
def end(request: HttpRequest, session: Id) -> EndedOut:
    """Stop it at once. Whoever watches may, who holds the interaction, and supervisors."""
    who = require(request, WORK)
    found = _seen(who, session)
    watches = any(agent["id"] == who.person.public_id for agent in selectors.agents_of(found))
    if not watches and who.can(SUPERVISE):
        reason, role = Reason.SUPERVISOR, Role.SUPERVISOR
    else:
        if not watches:
            _must_answer(who, found.interaction)
        reason, role = Reason.AGENT, Role.AGENT
    services.end_session(session=session, reason=reason, role=role, user=who.person.public_id, name=who.name)
    return EndedOut()


@router.get("/cobrowse/{session}/audit", response=AuditOut, by_alias=True)
def audit(request: HttpRequest, session: Id, cursor: Cursor = "", limit: Limit = 200) -> dict[str, Any]:
    """Every consent with its wording, who watched, what was done and what was refused. `actions` may go on: `next` is
    the cursor of those that follow, null when these were the last."""
    who = require(request, SUPERVISE)
    return selectors.audit_of(_seen(who, session), cursor=cursor, limit=limit)


def _seen(who: Actor, session: str) -> CobrowseSession:
    """A session of an interaction that they may see. NotFoundError."""
    found = selectors.session_named(session)
    if not found.interaction:
        raise NotFoundError("There is no such session.")
    interaction_for(who.user, found.interaction, everything=who.sees_everything)
    return found


def _must_answer(who: Actor, interaction: str) -> str:
    """Who may answer the customer may ask to see their page; their language. NotFoundError, ConflictError."""
    row = interaction_for(who.user, interaction, everything=who.sees_everything)
    next_state(row.state, Command.REPLY, role_of(row, who.person))
    return row.language
