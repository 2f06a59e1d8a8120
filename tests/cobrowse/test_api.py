"""Co-browsing at the console's doors: who may invite, end and look back, with how many questions to the database."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from channels_app.cobrowse import services
from channels_app.cobrowse.auditing import Line, store_lines
from channels_app.cobrowse.models import Alert, CobrowseSession, SiteRules
from channels_app.cobrowse.policy import Reason, Role
from interaction_center.access.models import Site, User
from interaction_center.access.policy import KNOWLEDGE_AUTHOR
from interaction_center.customers.services import merge_customers
from interaction_center.errors import ConflictError
from interaction_center.queue.models import Interaction
from interaction_center.routing.services import take_interaction
from tests.access.builders import a_site, a_team, a_user, an_api_key, signed_in, with_key
from tests.builders import a_held_mail, a_supervisor, a_waiting_chat, fresh
from tests.cobrowse.rows import a_code, a_held_site_chat, a_shown_page, actor, an_invitation, an_open_page, now
from tests.console.builders import get, post, refused, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return a_user()


@pytest.fixture
def site() -> Site:
    return a_site()


def invite(user: User, chat: Interaction) -> Any:
    return send(signed_in(user), "post", f"/interactions/{chat.public_id}/cobrowse")


def test_who_may_answer_may_invite_and_a_repetition_is_the_same_session(anna: User, site: Site) -> None:
    chat = a_held_site_chat(anna, site)
    with an_open_page(site):
        first, second = (post(signed_in(user), f"/interactions/{chat.public_id}/cobrowse") for user in (anna, anna))
        refused(invite(a_user("Ben Agent"), chat), 409, "take_first")
        refused(invite(a_user("Kai Author", role=KNOWLEDGE_AUTHOR), chat), 403, "forbidden")
        refused(send(with_key(an_api_key()[1]), "post", f"/interactions/{chat.public_id}/cobrowse"), 403, "forbidden")
    assert first["session"]["id"] == second["session"]["id"]
    assert first["session"]["state"] == "consent_pending"


def test_what_another_team_has_cannot_be_seen_or_shown(anna: User, site: Site) -> None:
    team = a_team("Others")
    session = an_invitation(anna)
    Interaction.objects.update(team=team)
    ben = signed_in(a_user("Ben Agent"))
    refused(send(ben, "post", f"/interactions/{session.interaction}/cobrowse"), 404, "not_found")
    refused(send(ben, "get", f"/interactions/{session.interaction}/cobrowse"), 404, "not_found")
    refused(send(ben, "post", f"/cobrowse/{session.public_id}/end"), 404, "not_found")


def test_without_an_open_page_or_where_it_is_switched_off_there_is_no_invitation(anna: User, site: Site) -> None:
    chat = a_held_site_chat(anna, site)
    assert "code" in refused(invite(anna, chat), 409, "no_page")["message"]
    with an_open_page(site, "somebody else"):
        refused(invite(anna, chat), 409, "no_page")
    refused(invite(anna, a_held_mail(anna)), 409, "no_page")
    SiteRules.objects.create(site=site.key, enabled=False)
    with an_open_page(site):
        refused(invite(anna, chat), 409, "cobrowse_off")
    with pytest.raises(ConflictError):
        a_code(site)


def test_a_page_is_shown_in_one_conversation(anna: User, site: Site) -> None:
    chat, mail = fresh(an_invitation(anna).interaction), a_held_mail(anna)
    merge_customers(loser=mail.customer, winner=chat.customer, reason="same person")
    with an_open_page(site):
        refused(invite(anna, mail), 409, "shown_elsewhere")


def test_the_page_of_a_caller_is_found_by_who_they_are(anna: User, site: Site) -> None:
    chat, mail = a_waiting_chat("v-7", account=site.key), a_held_mail(anna)
    merge_customers(loser=mail.customer, winner=chat.customer, reason="same person")
    with an_open_page(site, "v-7"):
        session = services.invite(interaction=mail.public_id, language="en", by=actor(anna))
    assert (session.visitor, session.site, session.interaction) == ("v-7", site.key, mail.public_id)


def test_the_page_of_who_wrote_comes_before_other_pages_of_the_customer(anna: User, site: Site) -> None:
    own, other = a_held_site_chat(anna, site, "v-1"), a_waiting_chat("v-2", account=site.key)
    merge_customers(loser=other.customer, winner=own.customer, reason="same person")
    with an_open_page(site, "v-1"), an_open_page(site, "v-2"):
        assert services.invite(interaction=own.public_id, language="en", by=actor(anna)).visitor == "v-1"


def test_earlier_sessions_say_who_watched_what_was_granted_and_why_it_ended(
    anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = a_shown_page(anna, "point")
    path, client = f"/interactions/{session.interaction}/cobrowse", signed_in(anna)
    assert get(client, path)["session"]["agents"] == [{"id": anna.public_id, "name": "Anna Agent"}]
    services.end_session(session=session.public_id, reason=Reason.AGENT, role=Role.AGENT, name="Anna Agent")
    (earlier,) = get(client, path)["earlier"]
    assert (earlier["agents"], earlier["scopes"]) == (["Anna Agent"], ["view", "point"])
    assert (earlier["reason"], earlier["by"]) == ("agent", "Anna Agent")
    with CaptureQueriesContext(connection) as counted:
        get(client, path)
    values = {name: value for name, value in CobrowseSession.objects.values().get().items() if name != "id"}
    for number in range(3):
        CobrowseSession.objects.create(**values | {"public_id": f"copy{number}"})
    with django_assert_num_queries(len(counted)):
        assert len(get(client, path)["earlier"]) == 4


def test_who_holds_it_ends_it_and_a_supervisor_ends_that_of_others(anna: User) -> None:
    session = a_shown_page(anna)
    ben = a_user("Ben Agent")
    refused(send(signed_in(ben), "post", f"/cobrowse/{session.public_id}/end"), 409, "take_first")
    post(signed_in(a_supervisor()), f"/cobrowse/{session.public_id}/end")
    assert (now(session).end_reason, now(session).ended_by) == ("supervisor", "Sue Supervisor")
    second = an_invitation(anna, "v-2")
    post(signed_in(anna), f"/cobrowse/{second.public_id}/end")
    assert now(second).end_reason == "agent"


def test_the_audit_is_for_supervisors(anna: User) -> None:
    session = a_shown_page(anna)
    line = Line(session.public_id, Role.AGENT, "a", "input.click", "done", session.created_at, "0" * 16)
    store_lines([line, replace(line, session="nosuch")])
    path = f"/cobrowse/{session.public_id}/audit"
    refused(send(signed_in(anna), "get", path), 403, "forbidden")
    audit = get(signed_in(a_supervisor()), path)
    assert [line["decision"] for line in audit["consents"]] == ["asked", "granted"]
    assert (audit["agents"][0]["name"], audit["agents"][0]["until"]) == ("Anna Agent", None)
    assert (audit["actions"][0]["kind"], audit["next"]) == ("input.click", None)


def test_an_audit_says_that_there_are_more_actions_and_gives_them_all(anna: User) -> None:
    session, other = a_shown_page(anna), a_shown_page(a_user("Ben Agent"), visitor="v-2")
    line = Line(session.public_id, Role.AGENT, "a", "input.click", "done", session.created_at)
    store_lines([replace(line, kind=f"kind-{number}") for number in range(5)])
    store_lines([replace(line, session=other.public_id)])
    client, path = signed_in(a_supervisor()), f"/cobrowse/{session.public_id}/audit?limit=2"
    audits = [get(client, path)]
    while audits[-1]["next"] is not None:
        audits.append(get(client, f"{path}&cursor={audits[-1]['next']}"))
    pages = [[action["kind"] for action in audit["actions"]] for audit in audits]
    assert pages == [["kind-0", "kind-1"], ["kind-2", "kind-3"], ["kind-4"]]
    refused(send(client, "get", f"{path}&cursor=nonsense"), 400, "bad_request")


def test_alerts_are_for_supervisors(anna: User) -> None:
    moment = now(an_invitation(anna)).created_at
    Alert.objects.create(user=anna.public_id, name="Anna Agent", tries=5, at=moment, until=moment)
    refused(send(signed_in(anna), "get", "/cobrowse/alerts"), 403, "forbidden")
    (alert,) = get(signed_in(a_supervisor()), "/cobrowse/alerts")["items"]
    assert (alert["name"], alert["tries"]) == ("Anna Agent", 5)


def test_a_code_is_claimed_into_a_conversation_that_one_may_answer(anna: User, site: Site) -> None:
    _, code = a_code(site)
    chat = a_waiting_chat("v-9", account=site.key)
    client = signed_in(anna)
    refused(send(client, "post", "/cobrowse/claims", {"code": code, "interaction": chat.public_id}), 409, "take_first")
    take_interaction(interaction=chat, user=anna)
    started = post(client, "/cobrowse/claims", {"code": code, "interaction": chat.public_id})
    assert started["interaction"] == chat.public_id
    refused(send(client, "post", "/cobrowse/claims", {"code": "12"}), 422, "invalid")
    refused(send(client, "post", "/cobrowse/claims", {"code": code}), 404, "wrong_code")
