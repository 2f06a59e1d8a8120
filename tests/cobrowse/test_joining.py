"""Who may be there: one tab of the customer, three agents; and what coming and going does to control."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from channels_app.cobrowse import joining, services
from channels_app.cobrowse.models import Consent, Participation
from channels_app.cobrowse.policy import AGENT_GRACE, HARD_LIMIT, PAGE_GRACE, PAUSE_LASTS, Reason, Role
from interaction_center.access.models import Site, User
from interaction_center.errors import ConflictError, NotFoundError
from interaction_center.routing.services import close_interaction
from tests.access.builders import a_user
from tests.builders import fresh
from tests.cobrowse.rows import a_code, a_shown_page, an_invitation, arrival, asked, granted, joined, now, watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return a_user()


def settled(after: timedelta) -> None:
    """So much later the ticker looks."""
    with time_machine.travel(timezone.now() + after + timedelta(seconds=1)):
        services.settle_due()


# The page


def test_a_reload_keeps_view_but_never_control(anna: User) -> None:
    session = an_invitation(anna)
    token = joined(session)
    watched(session, anna)
    granted(session, "view", anna)
    for scope in ("point", "control"):
        asked(session, scope, anna)
        granted(session, scope, anna)
    assert joined(session, connection="page-2", resume=token) == token
    row = now(session)
    assert (row.scopes, row.controller) == (["view", "point"], "")
    assert Consent.objects.filter(scope="control", decision="revoked", role="system").count() == 1


def test_another_tab_is_refused_once_something_was_granted(anna: User) -> None:
    session = a_shown_page(anna)
    for wrong in ("", "guessed"):
        with pytest.raises(ConflictError, match="Another tab"):
            joined(session, resume=wrong)


def test_a_page_of_another_origin_has_no_use_for_the_token(anna: User) -> None:
    session = an_invitation(anna)
    token = joined(session)
    granted(session, "view", anna)
    with pytest.raises(ConflictError):
        joined(session, resume=token, origin="https://evil.example")


def test_before_anything_was_granted_another_tab_may_take_over_from_one_that_is_gone(anna: User) -> None:
    session = an_invitation(anna)
    first = joined(session)
    with pytest.raises(ConflictError):
        joined(session, connected=True)
    assert joined(session) != first


def test_a_foreign_visitor_finds_no_session(anna: User) -> None:
    session = an_invitation(anna)
    with pytest.raises(NotFoundError):
        joined(session, visitor="v-2")
    with pytest.raises(NotFoundError):
        joined(session, site="anothersitekey12")


def test_only_a_digest_of_the_tabs_token_is_kept(anna: User) -> None:
    session = an_invitation(anna)
    token = joined(session)
    assert token not in {str(value) for value in vars(now(session)).values()}


def test_a_page_that_is_gone_may_come_back_for_a_minute(anna: User) -> None:
    session = a_shown_page(anna, "point", "control")
    joining.leave_page(session=session.public_id, connection="page-1")
    row = now(session)
    assert row.gone_at is not None
    assert row.scopes == ["view", "point"]
    settled(PAGE_GRACE - timedelta(seconds=5))
    assert now(session).stage == "viewing"
    settled(PAGE_GRACE)
    assert (now(session).stage, now(session).end_reason) == ("ended", "customer_gone")


def test_the_end_of_an_earlier_connection_means_nothing(anna: User) -> None:
    session = an_invitation(anna)
    token = joined(session)
    watched(session, anna)
    joined(session, connection="page-2", resume=token)
    watched(session, anna, "view-2")
    joining.leave_page(session=session.public_id, connection="page-1")
    joining.leave_agent(session=session.public_id, user=anna.public_id, name="Anna", connection="view-1")
    assert now(session).gone_at is None
    assert Participation.objects.get().gone_at is None


def test_a_process_that_died_leaves_no_session_open(anna: User) -> None:
    session = a_shown_page(anna)
    services.renew_pages([session.public_id], joining.PAGE_LEASE)
    settled(joining.PAGE_LEASE - timedelta(seconds=5))
    assert now(session).stage == "viewing"
    settled(joining.PAGE_LEASE)
    assert now(session).end_reason == "customer_gone"


def test_a_page_that_is_heard_of_stays(anna: User) -> None:
    session = a_shown_page(anna)
    version = now(session).version
    with time_machine.travel(timezone.now() + timedelta(seconds=50)):
        services.renew_pages([session.public_id], joining.PAGE_LEASE)
    settled(timedelta(seconds=61))
    row = now(session)
    assert (row.stage, row.version) == ("viewing", version)
    assert row.due_at is not None
    assert row.due_at > timezone.now() + timedelta(seconds=100)


def test_after_a_restart_everybody_may_come_back_without_control(anna: User) -> None:
    session = a_shown_page(anna, "point", "control")
    joining.everybody_left()
    row = now(session)
    assert (row.stage, row.scopes, row.controller) == ("viewing", ["view", "point"], "")
    assert row.gone_at is not None
    settled(PAGE_GRACE)
    assert now(session).stage == "ended"


# Agents


def test_an_agent_who_comes_back_before_they_are_missed_does_not_control_any_more(anna: User) -> None:
    session = a_shown_page(anna, "point", "control")
    watched(session, anna, "view-2")
    joining.leave_agent(session=session.public_id, user=anna.public_id, name=str(anna), connection="view-1")
    row = now(session)
    assert (row.scopes, row.controller) == (["view", "point"], "")


def test_three_agents_watch_and_a_fourth_is_refused(anna: User) -> None:
    session = a_shown_page(anna)
    for number, name in enumerate(("Ben", "Cleo"), 2):
        watched(session, a_user(f"{name} Agent"), f"view-{number}")
    with pytest.raises(ConflictError, match="3 agents"):
        watched(session, a_user("Dora Agent"), "view-4")
    watched(session, anna, "view-5")  # again in a new window


def test_the_last_agent_who_goes_may_come_back_for_half_a_minute(anna: User) -> None:
    session = a_shown_page(anna, "point", "control")
    joining.leave_agent(session=session.public_id, user=anna.public_id, name="Anna", connection="view-1")
    assert now(session).scopes == ["view", "point"]
    settled(AGENT_GRACE - timedelta(seconds=5))
    assert now(session).stage == "viewing"
    watched(session, anna, "view-2")
    settled(AGENT_GRACE + timedelta(seconds=5))
    assert now(session).stage == "viewing"
    joining.leave_agent(session=session.public_id, user=anna.public_id, name="Anna", connection="view-2")
    settled(AGENT_GRACE)
    assert now(session).end_reason == "agents_gone"


def test_an_agent_who_goes_while_others_watch_is_written_down_as_gone(anna: User) -> None:
    session, ben = a_shown_page(anna), a_user("Ben Agent")
    watched(session, ben, "view-2")
    joining.leave_agent(session=session.public_id, user=ben.public_id, name="Ben", connection="view-2")
    settled(AGENT_GRACE)
    assert now(session).stage == "viewing"
    assert Participation.objects.get(user=ben.public_id).until is not None


# What happens by itself


def test_a_pause_ends_the_session_when_it_lasts(anna: User) -> None:
    session = a_shown_page(anna)
    joining.set_paused(session=session.public_id, paused=True, role=Role.SYSTEM)
    assert now(session).paused_by == "idle"
    services.renew_pages([session.public_id], PAUSE_LASTS * 2)
    settled(PAUSE_LASTS)
    assert now(session).end_reason == "idle"


def test_no_session_lasts_longer_than_an_hour(anna: User) -> None:
    session = a_shown_page(anna)
    services.renew_pages([session.public_id], HARD_LIMIT * 2)
    settled(HARD_LIMIT - timedelta(seconds=5))
    assert now(session).stage == "viewing"
    settled(HARD_LIMIT)
    assert now(session).end_reason == "hard_limit"


def test_a_question_for_view_that_nobody_answers_ends_it(anna: User) -> None:
    session = an_invitation(anna)
    settled(timedelta(seconds=60))
    assert (now(session).stage, now(session).end_reason) == ("ended", "timeout_consent")


def test_a_code_that_nobody_claims_expires(anna: User) -> None:
    session = an_invitation(anna)
    services.end_session(session=session.public_id, reason=Reason.AGENT, role=Role.AGENT)
    waiting, _ = a_code(Site.objects.get(key=session.site))
    settled(timedelta(minutes=5))
    assert (now(waiting).stage, now(waiting).end_reason) == ("ended", "timeout_code")


def test_a_session_ends_with_its_interaction(anna: User) -> None:
    session = a_shown_page(anna)
    close_interaction(interaction=fresh(session.interaction), user=anna)
    services.settle_due()
    assert (now(session).stage, now(session).end_reason) == ("ended", "closed")


def test_what_has_ended_stays_as_it_is(anna: User) -> None:
    session = a_shown_page(anna)
    services.end_session(session=session.public_id, reason=Reason.AGENT, role=Role.AGENT, name="Anna")
    services.end_session(session=session.public_id, reason=Reason.CUSTOMER, role=Role.CUSTOMER)
    joining.leave_page(session=session.public_id, connection="page-1")
    joining.everybody_left()
    assert now(session).end_reason == "agent"
    with pytest.raises(NotFoundError):
        joined(session)
    assert arrival(session).visitor == session.visitor
