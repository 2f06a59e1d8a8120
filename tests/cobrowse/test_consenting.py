"""What customers are asked and answer: in the words they read, one thing after the other, each kept as evidence."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from channels_app.cobrowse import consenting, services
from channels_app.cobrowse.models import Consent, SiteRules
from channels_app.cobrowse.policy import ASK_LASTS, Role, Scope
from channels_app.cobrowse.wording import LANGUAGES, wording
from interaction_center.access.models import User
from interaction_center.errors import ConflictError, ForbiddenError
from tests.access.builders import a_user
from tests.builders import happened, log_of
from tests.cobrowse.rows import a_shown_page, an_invitation, asked, granted, joined, now, watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return a_user()


def lines(**chosen: object) -> list[tuple[str, str, str]]:
    """Scope, decision and whose it was."""
    found = Consent.objects.filter(**chosen).order_by("pk")
    return list(found.values_list("scope", "decision", "role"))


def test_every_answer_is_kept_with_the_words_that_were_read(anna: User) -> None:
    session = an_invitation(anna)
    joined(session, language="de")
    granted(session, "view", anna, language="de")
    asked_line, line = Consent.objects.order_by("pk")
    text = wording("view", "de", "Anna Agent")
    assert "Anna Agent möchte diese Seite" in text.text
    assert line.hash == text.hash == hashlib.sha256(text.text.encode()).hexdigest()
    assert (line.decision, line.role, line.wording, line.language) == ("granted", "customer", text.version, "de")
    assert (asked_line.decision, asked_line.role, asked_line.user) == ("asked", "agent", anna.public_id)


def test_every_question_is_there_in_both_languages_and_says_who_asks() -> None:
    for scope in Scope:
        texts = {wording(scope, language, "Anna Agent").text for language in LANGUAGES}
        assert len(texts) == 2
        assert all("Anna Agent" in text for text in texts)
    assert wording("control", "en", "A", submit=True).hash != wording("control", "en", "A").hash


def test_words_that_the_customer_did_not_read_grant_nothing(anna: User) -> None:
    session = an_invitation(anna)
    text = wording("view", "en", "Somebody Else")
    for version, digest in ((text.version, text.hash), ("0", wording("view", "en", "Anna Agent").hash), (None, None)):
        with pytest.raises(ConflictError, match="has changed"):
            consenting.grant(session=session.public_id, scope=Scope.VIEW, version=version, digest=digest)
    assert now(session).stage == "consent_pending"
    assert "view" in now(session).asks


def test_what_nobody_asked_for_cannot_be_granted(anna: User) -> None:
    session = a_shown_page(anna)
    text = wording("control", "en", "Anna Agent")
    with pytest.raises(ConflictError, match="Nobody is asking"):
        consenting.grant(session=session.public_id, scope=Scope.CONTROL, version=text.version, digest=text.hash)


def test_an_answer_that_comes_too_late_is_none(anna: User) -> None:
    session = a_shown_page(anna)
    asked(session, "point", anna)
    with time_machine.travel(timezone.now() + ASK_LASTS + timedelta(seconds=1)), pytest.raises(ConflictError):
        granted(session, "point", anna)
    assert now(session).scopes == ["view"]


def test_the_customer_says_no_to_being_seen_and_that_is_the_end(anna: User) -> None:
    session = an_invitation(anna)
    consenting.deny(session=session.public_id, scope=Scope.VIEW)
    row = now(session)
    assert (row.stage, row.end_reason, row.scopes) == ("ended", "denied", [])
    assert happened(session.interaction)[-1] == "cobrowse_ended"


def test_the_customer_says_no_to_more_and_it_goes_on(anna: User) -> None:
    session = a_shown_page(anna)
    asked(session, "point", anna)
    consenting.deny(session=session.public_id, scope=Scope.POINT)
    row = now(session)
    assert (row.stage, row.scopes, row.asks) == ("viewing", ["view"], {})
    assert lines(scope="point") == [("point", "asked", "agent"), ("point", "denied", "customer")]


def test_each_scope_is_granted_and_revoked_by_itself_and_takes_what_needs_it_along(anna: User) -> None:
    session = a_shown_page(anna, "point", "control", "p2p")
    assert now(session).scopes == ["view", "point", "control", "p2p"]
    assert now(session).controller == anna.public_id
    facts = consenting.revoke(session=session.public_id, scope=Scope.POINT, role=Role.CUSTOMER)
    row = now(session)
    assert (row.scopes, row.controller, facts["scopes"]) == (["view", "p2p"], "", ["view", "p2p"])
    assert set(lines(decision="revoked")) == {("point", "revoked", "customer"), ("control", "revoked", "customer")}
    consenting.revoke(session=session.public_id, scope=Scope.VIEW, role=Role.CUSTOMER)
    assert (now(session).stage, now(session).end_reason, now(session).scopes) == ("ended", "customer", [])
    assert sorted(scope for scope, _, _ in lines(decision="revoked")) == ["control", "p2p", "point", "view"]


def test_the_log_of_the_interaction_says_who_what_how_long_and_why(anna: User) -> None:
    session = a_shown_page(anna, "point")
    with time_machine.travel(timezone.now() + timedelta(seconds=90)):
        consenting.revoke(session=session.public_id, scope=Scope.VIEW, role=Role.CUSTOMER)
    events = [entry.data for entry in log_of(session.interaction) if entry.data.get("name", "").startswith("cobrowse")]
    started, scope, ended = events
    assert (started["by"], started["scopes"]) == ("Anna Agent", ["view"])
    assert (scope["scope"], scope["decision"], scope["by"]) == ("point", "granted", "customer")
    assert (ended["reason"], ended["by"], ended["scopes"]) == ("customer", "customer", ["view", "point"])
    assert ended["agents"] == ["Anna Agent"]
    assert 89 <= ended["seconds"] <= 91


def test_an_agent_may_give_up_a_scope_but_not_take_the_page_away_from_the_customer(anna: User) -> None:
    session = a_shown_page(anna, "point")
    who = {"user": anna.public_id, "name": str(anna)}
    with pytest.raises(ForbiddenError):
        consenting.revoke(session=session.public_id, scope=Scope.VIEW, role=Role.AGENT, **who)
    consenting.revoke(session=session.public_id, scope=Scope.POINT, role=Role.AGENT, **who)
    assert now(session).scopes == ["view"]


def test_one_agent_controls_and_another_one_waits(anna: User) -> None:
    ben = a_user("Ben Agent")
    session = a_shown_page(anna, "point", "control")
    watched(session, ben, "view-2")
    with pytest.raises(ConflictError, match="Another agent controls"):
        asked(session, "control", ben)


def test_forms_are_sent_only_where_the_site_lets_them_and_the_customer_was_asked(anna: User) -> None:
    session = a_shown_page(anna, "point")
    asked(session, "control", anna, submit=True)
    granted(session, "control", anna)
    assert not now(session).submit
    consenting.revoke(session=session.public_id, scope=Scope.CONTROL, role=Role.CUSTOMER)
    SiteRules.objects.create(site=session.site, submit=True)
    asked(session, "control", anna, submit=True)
    granted(session, "control", anna)
    assert now(session).submit


def test_a_recorded_session_does_not_leave_our_server(anna: User) -> None:
    session = a_shown_page(anna)
    SiteRules.objects.create(site=session.site, recording=True)
    asked(session, "p2p", anna)  # asked for both, and then both granted
    asked(session, "record", anna)
    granted(session, "record", anna)
    with pytest.raises(ConflictError):
        granted(session, "p2p", anna)
    assert now(session).scopes == ["view", "record"]


def test_a_question_that_nobody_answers_lapses(anna: User) -> None:
    session = a_shown_page(anna)
    asked(session, "point", anna)
    with time_machine.travel(timezone.now() + ASK_LASTS + timedelta(seconds=1)):
        services.settle(session.public_id, timezone.now())
    assert now(session).asks == {}
    assert now(session).stage == "viewing"
    assert lines(scope="point")[-1] == ("point", "lapsed", "system")
