"""The settings of calls: lines and their pause, numbers that are never called, where agents are rung."""

from typing import Any

import pytest
from django.test import Client

from channels_app.callback.models import AgentPhone, DoNotCall, PhoneLine
from interaction_center.access.models import User
from interaction_center.access.policy import SUPERVISOR
from interaction_center.events import EVERYBODY
from tests.access.builders import a_calendar, a_site, a_team, a_user, an_administrator, signed_in
from tests.builders import Tap
from tests.callback.console_builders import NUMBER, a_line
from tests.console.builders import get, post, read, refused, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Client:
    return signed_in(an_administrator())


@pytest.fixture
def anna() -> User:
    return a_user()


def patch(client: Client, path: str, body: dict[str, Any]) -> Any:
    return read(send(client, "PATCH", path, body))


def put(client: Client, path: str, body: dict[str, Any]) -> Any:
    return read(send(client, "PUT", path, body))


def test_a_line_is_entered_shown_with_its_web_hook_and_changed(admin: Client) -> None:
    team, calendar, site = a_team(), a_calendar(), a_site()
    where = {"team": team.public_id, "calendar": calendar.public_id, "site": site.key}
    made = post(
        admin, "/callback/lines", {"name": "Service", "number": "+49 30 901820", "countries": ["de", "AT"], **where}
    )
    assert (made["number"], made["countries"], made["mode"]) == ("+4930901820", ["DE", "AT"], "agent_first")
    assert {name: made[name] for name in where} == where
    assert made["web_hook"].endswith(f"/cb/in/{made['id']}")
    changed = patch(admin, f"/callback/lines/{made['id']}", {"team": None, "slot_capacity": 4, "name": None})
    assert (changed["team"], changed["slot_capacity"], changed["name"]) == (None, 4, "Service")
    assert [line["id"] for line in get(admin, "/callback/lines")["items"]] == [made["id"]]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "030 901820"}, "number"),
        ({"number": "+49"}, "number"),
        ({"number": "+49 1"}, "number"),
        ({"name": " "}, "name"),
        ({"countries": ["XX"]}, "countries"),
        ({"quiet_until": "21:00"}, "quiet_from"),
        ({"quiet_from": "25:00"}, "quiet_from"),
        ({"team": "gone"}, "team"),
        ({"calendar": "gone"}, "calendar"),
        ({"site": "gone"}, "site"),
        ({"mode": "by_pigeon"}, "mode"),
        ({"ring_seconds": 1}, "ring_seconds"),
    ],
)
def test_a_wrong_line_is_refused_beside_its_field(admin: Client, values: dict[str, Any], field: str) -> None:
    error = refused(
        send(admin, "POST", "/callback/lines", {"name": "Service", "number": NUMBER, **values}), 422, "invalid"
    )
    assert field in error["details"]
    assert not PhoneLine.objects.exists()


def test_two_lines_do_not_share_a_number(admin: Client) -> None:
    a_line()
    error = refused(send(admin, "POST", "/callback/lines", {"name": "Other", "number": "+4930901820"}), 422, "invalid")
    assert "in use" in error["details"]["number"]


def test_our_own_number_may_be_free_of_charge(admin: Client) -> None:
    assert post(admin, "/callback/lines", {"name": "Free", "number": "+49 800 1234567"})["number"] == "+498001234567"


def test_only_who_manages_settings_changes_a_line_and_agents_see_it(anna: User) -> None:
    line = a_line()
    client = signed_in(anna)
    assert [one["id"] for one in get(client, "/callback/lines")["items"]] == [line.public_id]
    refused(send(client, "POST", "/callback/lines", {"name": "Mine", "number": "+4930901821"}), 403, "forbidden")
    refused(send(client, "PATCH", f"/callback/lines/{line.public_id}", {"name": "Mine"}), 403, "forbidden")
    refused(Client().get("/api/callback/lines"), 401, "unauthorized")


def test_a_team_that_a_line_rings_is_not_deleted(admin: Client) -> None:
    team = a_team("Printers")
    a_line(team=team.public_id)
    said = refused(send(admin, "DELETE", f"/settings/teams/{team.public_id}"), 409, "team_in_use")
    assert "Service" in said["message"]


def test_hours_that_a_line_keeps_are_not_deleted(admin: Client) -> None:
    calendar = a_calendar()
    a_line("Evening line", calendar=calendar.public_id)
    error = refused(send(admin, "DELETE", f"/settings/calendars/{calendar.public_id}"), 409, "conflict")
    assert error["details"]["used_by"] == ["Evening line"]


def test_a_supervisor_stops_all_dialling_at_once_and_everybody_is_told(
    django_capture_on_commit_callbacks: Any,
) -> None:
    line, other = a_line(), a_line("Other", "+4930901821")
    supervisor = a_user("Sue Supervisor", role=SUPERVISOR)
    client = signed_in(supervisor)
    with Tap() as tap, django_capture_on_commit_callbacks(execute=True):
        stopped = post(client, "/callback/pause", {"paused": True})["items"]
    assert {one["paused_by"] for one in stopped} == {supervisor.public_id}
    assert tap.frames(EVERYBODY) == ['{"t":"lines"}']
    since = PhoneLine.objects.get(pk=line.pk).paused_at
    post(client, "/callback/pause", {"paused": True})
    assert PhoneLine.objects.get(pk=line.pk).paused_at == since, "who stops it twice does not begin anew"
    post(client, "/callback/pause", {"line": line.public_id, "paused": False})
    assert [one.paused_at is None for one in PhoneLine.objects.order_by("pk")] == [True, False]
    assert PhoneLine.objects.get(pk=other.pk).paused_by == supervisor.public_id


def test_an_agent_can_neither_stop_dialling_nor_read_who_must_not_be_called(anna: User) -> None:
    client = signed_in(anna)
    refused(send(client, "POST", "/callback/pause", {"paused": True}), 403, "forbidden")
    refused(client.get("/api/callback/do-not-call"), 403, "forbidden")
    refused(send(client, "POST", "/callback/do-not-call", {"number": NUMBER}), 403, "forbidden")


def test_a_number_is_on_the_list_once_until_it_is_taken_off() -> None:
    client = signed_in(a_user("Sue Supervisor", role=SUPERVISOR))
    first = post(client, "/callback/do-not-call", {"number": "+49 30 901820", "reason": "asked us"})
    again = post(client, "/callback/do-not-call", {"number": "+4930901820", "reason": "once more"})
    assert (first["id"], first["number"], first["by"]) == (again["id"], "+4930901820", "Sue Supervisor")
    assert again["reason"] == "asked us"
    assert [one["id"] for one in get(client, "/callback/do-not-call")["items"]] == [first["id"]]
    read(send(client, "DELETE", f"/callback/do-not-call/{first['id']}"))
    refused(send(client, "DELETE", f"/callback/do-not-call/{first['id']}"), 404, "not_found")
    refused(send(client, "POST", "/callback/do-not-call", {"number": "call me"}), 422, "invalid")
    assert not DoNotCall.objects.exists()


def test_an_agent_says_where_they_are_rung(anna: User) -> None:
    a_line()
    client = signed_in(anna)
    assert get(client, "/callback/my-phone") == {"kind": "none", "number": ""}
    assert put(client, "/callback/my-phone", {"kind": "number", "number": "030 901825"}) == {
        "kind": "number",
        "number": "+4930901825",
    }
    assert put(client, "/callback/my-phone", {"kind": "softphone"}) == {"kind": "softphone", "number": ""}
    assert get(client, "/callback/my-phone")["kind"] == "softphone"
    put(client, "/callback/my-phone", {"kind": "none"})
    assert not AgentPhone.objects.exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "invalid"),
        ("+49 900 1234567", "number_costly"),
        ("+1 876 509 1234", "number_country"),
        ("112", "number_emergency"),
        ("my desk", "number_unreadable"),
        (NUMBER, "invalid"),  # our own line: its calls would come back to us
    ],
)
def test_an_agents_number_is_checked_as_a_customers_is(anna: User, number: str, code: str) -> None:
    a_line()
    answer = send(signed_in(anna), "PUT", "/callback/my-phone", {"kind": "number", "number": number})
    assert "number" in refused(answer, 422, code)["details"]
    assert not AgentPhone.objects.exists()


def test_an_administrator_sees_and_sets_everybodys_telephone(admin: Client, anna: User) -> None:
    a_line()
    where = put(admin, f"/callback/phones/{anna.public_id}", {"kind": "number", "number": "+43 1 58858"})
    assert (where["name"], where["number"]) == ("Anna Agent", "+43158858")
    assert [(one["name"], one["kind"]) for one in get(admin, "/callback/phones")["items"]] == [
        ("Ada Admin", "none"),
        ("Anna Agent", "number"),
    ]
    refused(send(admin, "PUT", "/callback/phones/nobody", {"kind": "none"}), 404, "not_found")
    refused(signed_in(anna).get("/api/callback/phones"), 403, "forbidden")
