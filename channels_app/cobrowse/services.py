"""How a session begins and ends: an invitation, a code and its claim, an end by whoever may, deadlines."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_app.cobrowse import codes, policy
from channels_app.cobrowse.adapter import ADAPTER, ClaimedPage
from channels_app.cobrowse.consenting import ask_for, lapse
from channels_app.cobrowse.events import CustomerTold
from channels_app.cobrowse.joining import part_with_lost_agents
from channels_app.cobrowse.models import CobrowseSession, Participation, Stage
from channels_app.cobrowse.policy import Command, Deadline, Reason, Role, Scope
from channels_app.cobrowse.rows import close, locked, move, write
from channels_app.cobrowse.selectors import (
    due,
    invitation,
    left_behind,
    lost_agents,
    open_interactions,
    open_session_of,
    open_session_of_visitor,
    page_of,
    rules_of,
)
from interaction_center.access.doors import Actor
from interaction_center.access.selectors import site_by_key
from interaction_center.errors import ConflictError, NotFoundError
from interaction_center.events import publish_on_commit
from interaction_center.queue import by_channel
from interaction_center.queue.intake import receive_envelope
from interaction_center.routing.services import take_interaction

log = logging.getLogger(__name__)
TRY_AGAIN = timedelta(seconds=30)
NO_PAGE = "The customer has no page of ours open. Ask them to choose “Share this page” there and to read out the code."


@dataclass(frozen=True, slots=True)
class Page:
    """The page that a customer shows: whose it is, and in which language they are asked."""

    site: str
    visitor: str
    language: str


def invite(*, interaction: str, language: str, by: Actor) -> CobrowseSession:
    """Ask the customer of this interaction to show their page. The same session again while one is open.

    ConflictError when there is no page to be seen, or it is shown in another conversation already.
    """
    known = open_session_of(interaction)
    if known is not None:
        return known
    page = page_of(interaction)
    if page is None:
        raise ConflictError(NO_PAGE, "no_page")
    _must_be_on(page[0])
    try:
        return _invite(interaction, Page(*page, language=language), by)
    except IntegrityError:  # somebody else was faster
        known = open_session_of(interaction)
        if known is None:
            raise ConflictError("This customer shows their page in another conversation.", "shown_elsewhere") from None
        return known


@transaction.atomic
def _invite(interaction: str, page: Page, by: Actor) -> CobrowseSession:
    _withdraw_code(page)
    session = _begin(page, Stage.CONSENT_PENDING)
    session.interaction = interaction
    ask_for(session, Scope.VIEW, user=by.person.public_id, name=by.name, lasts=policy.CONSENT_LASTS)
    write(session)
    publish_on_commit(CustomerTold(page.site, page.visitor, invitation(session)))
    return session


def issue_code(*, page: Page) -> tuple[CobrowseSession, str]:
    """A code for this page, good for five minutes and once. ConflictError while the page is shown already."""
    _must_be_on(page.site)
    while True:
        try:
            return _issue(page)
        except IntegrityError:  # the same digits wait already, or the same visitor asked twice at once
            continue


@transaction.atomic
def _issue(page: Page) -> tuple[CobrowseSession, str]:
    _withdraw_code(page)
    shown = open_session_of_visitor(page.site, page.visitor)
    if shown is not None:
        raise ConflictError("This page is being shown, or you have been asked to show it.", "open_already")
    code = codes.new_code()
    session = _begin(page, Stage.CODE_ISSUED)
    session.code_digest, session.code_until = codes.digest_of(code), timezone.now() + policy.CODE_LASTS
    write(session)
    return session, code


def _begin(page: Page, stage: Stage) -> CobrowseSession:
    now = timezone.now()
    return CobrowseSession.objects.create(
        site=page.site, visitor=page.visitor, language=page.language, stage=stage, created_at=now
    )


def _withdraw_code(page: Page) -> None:
    """A code that this visitor has asked for before is good for nothing any more."""
    waiting = open_session_of_visitor(page.site, page.visitor)
    if waiting is not None and waiting.stage == Stage.CODE_ISSUED:
        session = locked(waiting.public_id)
        if session.stage == Stage.CODE_ISSUED:
            close(session, Reason.TIMEOUT_CODE, Role.SYSTEM)


def _must_be_on(site: str) -> None:
    if not rules_of(site)["enabled"]:
        raise ConflictError("Co-browsing is switched off for this site.", "cobrowse_off")


def claim(*, code: str, interaction: str, by: Actor) -> CobrowseSession:
    """Take the session that waits under this code into `interaction`, or into a new one ("") that is theirs then.

    The customer is asked for view now: a claimed code alone shows nothing. NotFoundError, RateLimitedError.
    """
    found = codes.find(code, user=by.person.public_id, name=by.name)
    if interaction and open_session_of(interaction) is not None:
        raise ConflictError("A page is being shown in this conversation already.", "open_already")
    try:
        return _claim(found, interaction, by)
    except IntegrityError as error:  # another page was shown here at the same moment
        raise ConflictError("A page is being shown in this conversation already.", "open_already") from error


@transaction.atomic
def _claim(name: str, interaction: str, by: Actor) -> CobrowseSession:
    session = locked(name)
    if session.stage != Stage.CODE_ISSUED:
        raise NotFoundError("This code was used a moment ago.", "wrong_code")
    move(session, Command.CLAIM, Role.AGENT)
    session.code_digest, session.code_until = "", None
    session.interaction = interaction or _new_interaction(session, by)
    ask_for(session, Scope.VIEW, user=by.person.public_id, name=by.name, lasts=policy.CONSENT_LASTS)
    write(session)
    return session


def _new_interaction(session: CobrowseSession, by: Actor) -> str:
    """A shown page is a contact like every other one: it enters the queue, and is taken by who has the code."""
    site = site_by_key(session.site)
    page = ClaimedPage(
        session=session.public_id,
        site=session.site,
        visitor=session.visitor,
        language=session.language,
        at=timezone.now(),
        team=site.team.public_id if site.team else "",
        calendar=site.calendar.public_id if site.calendar else "",
    )
    received = receive_envelope(ADAPTER.to_envelope(page))
    take_interaction(interaction=by_channel.named(received.interaction), user=by.person)
    return received.interaction


@transaction.atomic
def end_session(*, session: str, reason: Reason, role: Role, user: str = "", name: str = "") -> None:
    """It is over. Nothing happens when it was over before."""
    row = locked(session)
    if row.stage != Stage.ENDED:
        policy.next_stage(row.stage, Command.END, role)
        close(row, reason, role, user=user, name=name)


def settle_due() -> None:
    """Whatever happens by itself by now, happens: to each session in a transaction of its own, and one that fails
    holds nobody else up."""
    now = timezone.now()
    for name in {*due(now), *left_behind(now)}:
        _try(partial(settle, name, now), name)
    shown = open_interactions()
    states = by_channel.states_of(shown)
    for interaction, name in shown.items():
        if states.get(interaction) == "closed":
            _try(partial(end_session, session=name, reason=Reason.CLOSED, role=Role.SYSTEM), name)


def _try(work: Callable[[], None], session: str) -> None:
    """What fails is logged and tried again later: however many fail, the others have their turn."""
    try:
        work()
    except Exception:
        log.exception("The co-browse session %s could not be settled", session)
        later = timezone.now() + TRY_AGAIN
        CobrowseSession.objects.filter(public_id=session).update(due_at=later)
        lost_agents(later).filter(session__public_id=session).update(alive_until=later)


@transaction.atomic
def settle(name: str, now: datetime) -> None:
    """What is due of this session."""
    session = locked(name)
    has_changed = part_with_lost_agents(session, now)
    coming = policy.deadlines(session.clocks)
    for deadline in coming:
        if deadline.at > now or session.stage == Stage.ENDED:
            break
        _happen(session, deadline, now)
        has_changed = True
    if session.stage == Stage.ENDED:
        return
    if has_changed:
        write(session)
    elif coming:  # its page was heard of meanwhile
        CobrowseSession.objects.filter(pk=session.pk).update(due_at=coming[0].at)


def _happen(session: CobrowseSession, deadline: Deadline, now: datetime) -> None:
    if deadline.scope:
        lapse(session, deadline.scope, now)
    if deadline.reason is not None:
        close(session, deadline.reason, Role.SYSTEM)


def renew_leases(*, pages: Collection[str], views: Collection[str], lease: timedelta = policy.LEASE) -> None:
    """The pages of these sessions and the views with these connections are connected to this process: two statements,
    however many there are."""
    until = timezone.now() + lease
    sessions = CobrowseSession.objects.exclude(stage=Stage.ENDED).filter(public_id__in=pages, gone_at=None)
    sessions.update(page_until=until)
    watching = Participation.objects.filter(until=None, gone_at=None, connection__in=views)
    watching.update(alive_until=until)
