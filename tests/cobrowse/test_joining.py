"""Who may be there: one tab of the customer, three agents; and what coming and going does to control."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from channels_app.cobrowse import joining, services
from channels_app.cobrowse.models import CobrowseSession, Consent, Participation
from channels_app.cobrowse.policy import AGENT_GRACE, HARD_LIMIT, LEASE, PAGE_GRACE, PAUSE_LASTS, Reason, Role
from channels_app.cobrowse.selectors import due, facts_of
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


def renewed(session: CobrowseSession, lease: timedelta = LEASE, *, views: tuple[str, ...] = ("view-1",)) -> None:
    """The process says that its page and these views are still there."""
    services.renew_leases(pages=[session.public_id], views=views, lease=lease)


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
    facts = facts_of(now(session))
    assert (facts["page"], facts["views"]) == ("page-2", {anna.public_id: "view-2"})


def test_a_process_that_died_leaves_no_session_open(anna: User) -> None:
    session = a_shown_page(anna)
    renewed(session)
    settled(LEASE - timedelta(seconds=5))
    assert now(session).stage == "viewing"
    settled(LEASE)
    assert now(session).end_reason == "customer_gone"


def test_a_page_that_is_heard_of_stays(anna: User) -> None:
    session = a_shown_page(anna)
    version = now(session).version
    with time_machine.travel(timezone.now() + timedelta(seconds=50)):
        renewed(session)
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


def test_the_place_of_an_agent_of_whom_no_process_is_heard_is_free_within_a_minute(anna: User) -> None:
    session, ben = a_shown_page(anna, "point", "control"), a_user("Ben Agent")
    watched(session, ben, "view-2")
    watched(session, a_user("Cleo Agent"), "view-3")
    with time_machine.travel(timezone.now() + timedelta(seconds=50)):
        renewed(session, views=("view-2", "view-3"))
    settled(LEASE)
    row = now(session)
    assert (row.stage, row.scopes, row.controller) == ("viewing", ["view", "point"], "")
    assert Participation.objects.get(user=anna.public_id).until is not None
    assert Participation.objects.filter(until=None).count() == 2
    with time_machine.travel(timezone.now() + LEASE):
        watched(session, a_user("Dora Agent"), "view-4")
        asked(session, "control", ben)
        granted(session, "control", ben)
    assert now(session).controller == ben.public_id


def test_agents_who_are_heard_of_stay_and_control(anna: User) -> None:
    session = a_shown_page(anna, "point", "control")
    version = now(session).version
    with time_machine.travel(timezone.now() + timedelta(seconds=50)):
        renewed(session)
    settled(timedelta(seconds=61))
    row = now(session)
    assert (row.controller, row.version) == (anna.public_id, version)


def test_a_session_whose_only_agent_is_lost_waits_for_half_a_minute_and_ends(anna: User) -> None:
    session = a_shown_page(anna)
    renewed(session, HARD_LIMIT, views=())
    settled(LEASE)
    assert now(session).stage == "viewing"
    settled(LEASE + AGENT_GRACE - timedelta(seconds=5))
    assert now(session).stage == "viewing"
    settled(LEASE + AGENT_GRACE + timedelta(seconds=5))
    assert now(session).end_reason == "agents_gone"


def test_an_agent_who_comes_back_after_their_process_has_died_stays(anna: User) -> None:
    session = a_shown_page(anna)
    renewed(session, HARD_LIMIT, views=())
    with time_machine.travel(timezone.now() + timedelta(seconds=50)):
        watched(session, anna, "view-2")
    settled(LEASE + timedelta(seconds=5))
    assert Participation.objects.get(until=None).connection == "view-2"


def test_however_many_are_connected_two_statements_renew_them(
    anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = a_shown_page(anna), a_shown_page(a_user("Ben Agent"), visitor="v-2")
    Participation.objects.filter(session=second).update(connection="view-2")
    with time_machine.travel(timezone.now() + timedelta(seconds=5)), django_assert_num_queries(2):
        services.renew_leases(pages=[first.public_id, second.public_id], views=["view-1", "view-2"])
    for session, before in ((now(first), first), (now(second), second)):
        assert session.page_until != before.page_until
    assert not Participation.objects.filter(alive_until__lt=timezone.now() + LEASE).exists()


# What happens by itself


def test_a_pause_ends_the_session_when_it_lasts(anna: User) -> None:
    session = a_shown_page(anna)
    joining.set_paused(session=session.public_id, paused=True, role=Role.SYSTEM)
    assert now(session).paused_by == "idle"
    renewed(session, PAUSE_LASTS * 2)
    settled(PAUSE_LASTS)
    assert now(session).end_reason == "idle"


def test_no_session_lasts_longer_than_an_hour(anna: User) -> None:
    session = a_shown_page(anna)
    renewed(session, HARD_LIMIT * 2)
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


def test_a_session_that_can_not_be_settled_is_logged_put_off_and_holds_nobody_up(
    anna: User, caplog: pytest.LogCaptureFixture
) -> None:
    ben = a_user("Ben Agent")
    broken, late = a_shown_page(anna), a_shown_page(a_user("Cleo Agent"), visitor="v-2")
    closed = a_shown_page(ben, visitor="v-3")
    for session in (broken, closed):
        renewed(session, HARD_LIMIT * 2)
    unreadable = {"point": {"until": broken.created_at.isoformat()}}
    CobrowseSession.objects.filter(pk=broken.pk).update(asks=unreadable, due_at=broken.created_at)
    close_interaction(interaction=fresh(closed.interaction), user=ben)
    settled(LEASE)
    assert [(now(one).stage, now(one).end_reason) for one in (broken, closed, late)] == [
        ("viewing", ""),
        ("ended", "closed"),
        ("ended", "customer_gone"),
    ]
    assert [record.levelname for record in caplog.records if broken.public_id in record.getMessage()] == ["ERROR"]
    assert broken.public_id not in due(timezone.now() + LEASE)
    assert broken.public_id in due(timezone.now() + LEASE + services.TRY_AGAIN + timedelta(seconds=5))


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
