"""The settings screens' endpoints, and one's own account."""

from typing import Any

import pytest
from django.test import Client

from channels_app.email.services import create_mailbox
from interaction_center.access.models import ApiKey, Site, User
from interaction_center.access.policy import BUILT_IN_ROLES
from tests.access.builders import (
    OFFICE,
    a_calendar,
    a_role,
    a_site,
    a_team,
    a_user,
    an_administrator,
    an_api_key,
    signed_in,
    with_key,
)
from tests.console.builders import get, post, read, refused, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(an_administrator())


def an_agent(**values: Any) -> dict[str, Any]:
    return {"email": "ben@center.test", "name": "Ben Agent", "role": a_role().public_id, **values}


def patch(client: Client, path: str, body: dict[str, Any]) -> Any:
    return read(send(client, "PATCH", path, body))


LISTS = ("agents", "roles", "teams", "api-keys", "sites", "calendars", "mailboxes")


@pytest.mark.parametrize("path", ["/people", "/teams", *(f"/settings/{name}" for name in LISTS)])
def test_a_list_is_paged_to_its_end_without_gap_or_repetition(client: Client, path: str) -> None:
    for name in ("Kim Miller", "Alex Zoe", "Kim Miller", "Bo Young"):
        number = User.objects.count()
        a_user(name, email=f"c{number}@center.test")
        a_team(f"{name} {number}")
        a_calendar(f"{name} {number}")
        a_site(name)
        an_api_key(name=name)
        create_mailbox(address=f"{number}@box.test")
    whole = get(client, path, limit=200)
    assert whole["next"] is None
    assert len(whole["items"]) >= 4
    page = get(client, path, limit=1)
    found = page["items"]
    while page["next"]:
        page = get(client, path, limit=1, cursor=page["next"])
        found += page["items"]
    assert found == whole["items"]


def test_who_am_i(client: Client) -> None:
    me = get(client, "/me")
    assert (me["name"], me["role"], me["wanted"]) == ("Ada Admin", "Administrator", "away")
    assert "manage_settings" in me["permissions"]
    assert len(me["csrf"]) > 30


def test_i_change_my_language_and_my_status(client: Client) -> None:
    assert patch(client, "/me", {"language": "de", "theme": "dark"})["language"] == "de"
    assert post(client, "/me/status", {"wanted": "available"})["wanted"] == "available"
    refused(send(client, "PATCH", "/me", {"language": "fr"}), 422, "invalid")
    refused(send(client, "POST", "/me/status", {"wanted": "asleep"}), 422, "invalid")


def test_an_agent_is_entered_changed_and_switched_off(client: Client) -> None:
    team = a_team()
    made = post(client, "/settings/agents", an_agent(teams=[team.public_id], capacity=3, password="nine-red-umbrellas"))
    assert (made["teams"], made["capacity"], made["active"]) == ([team.public_id], 3, True)
    path = f"/settings/agents/{made['id']}"
    changed = patch(client, path, {"teams": [], "capacity": 7, "language": "de"})
    assert (changed["teams"], changed["capacity"], changed["language"]) == ([], 7, "de")
    assert patch(client, path, {"name": "Ben B.", "password": ""})["capacity"] == 7
    assert Client().login(email="ben@center.test", password="nine-red-umbrellas")
    read(send(client, "DELETE", path))
    assert not User.objects.get(public_id=made["id"]).is_active
    assert [agent["active"] for agent in get(client, "/settings/agents")["items"]] == [True, False]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "ada@center.test"}, "email"),
        ({"name": " "}, "name"),
        ({"role": "none"}, "role"),
        ({"teams": ["none"]}, "teams"),
        ({"password": "short"}, "password"),
        ({"email": "x" * 300}, "email"),
        ({"name": "x" * 121}, "name"),
        ({"capacity": 0}, "capacity"),
        ({"role": ""}, "role"),
    ],
)
def test_a_wrong_agent_is_refused_beside_its_field(client: Client, values: dict[str, Any], field: str) -> None:
    error = refused(send(client, "POST", "/settings/agents", an_agent(**values)), 422, "invalid")
    assert field in error["details"]


def test_the_last_administrator_stays(client: Client) -> None:
    me = get(client, "/me")["id"]
    refused(send(client, "DELETE", f"/settings/agents/{me}"), 409, "last_administrator")
    refused(send(client, "PATCH", f"/settings/agents/{me}", {"role": a_role().public_id}), 409, "last_administrator")


def test_a_role_is_made_changed_and_deleted(client: Client) -> None:
    made = post(client, "/settings/roles", {"name": "Night shift", "permissions": ["work_queue"]})
    path = f"/settings/roles/{made['id']}"
    assert patch(client, path, {"permissions": ["work_queue", "supervise"]})["permissions"] == [
        "supervise",
        "work_queue",
    ]
    read(send(client, "DELETE", path))
    refused(send(client, "PATCH", path, {}), 404, "not_found")
    refused(send(client, "POST", "/settings/roles", {"name": "X", "permissions": ["root"]}), 422, "invalid")
    assert len(get(client, "/settings/roles")["items"]) == len(BUILT_IN_ROLES)


def test_a_team_is_made_changed_and_deleted(client: Client) -> None:
    ben, hours = a_user("Ben Agent"), a_calendar()
    made = post(
        client, "/settings/teams", {"name": "Printers", "members": [ben.public_id], "calendar": hours.public_id}
    )
    path = f"/settings/teams/{made['id']}"
    assert made["members"] == [ben.public_id]
    changed = patch(client, path, {"calendar": None, "name": "Print"})
    assert (changed["calendar"], changed["name"], changed["members"]) == (None, "Print", [ben.public_id])
    refused(send(client, "POST", "/settings/teams", {"name": "print"}), 422, "invalid")
    read(send(client, "DELETE", path))
    assert get(client, "/settings/teams")["items"] == []


def test_hours_are_made_previewed_changed_and_deleted(client: Client) -> None:
    hours = {"name": "Office", "hours": OFFICE, "holiday_country": "DE", "extra_holidays": ["12-24"]}
    made = post(client, "/settings/calendars", hours)
    path = f"/settings/calendars/{made['id']}"
    assert made["hours"]["mon"] == [["09:00", "17:00"]]
    preview = get(client, f"{path}/preview")["items"]
    assert len(preview) == 14
    assert next(day["open"] for day in preview if day["open"])[0][0][10:16] == "T09:00"
    assert patch(client, path, {"time_zone": "Europe/Vienna"})["time_zone"] == "Europe/Vienna"
    refused(send(client, "PATCH", path, {"hours": {}}), 422, "invalid_calendar")
    refused(send(client, "PATCH", path, {"time_zone": "Mars"}), 422, "invalid_calendar")
    read(send(client, "DELETE", path))


def test_hours_in_use_are_not_deleted(client: Client) -> None:
    hours = a_calendar()
    a_team(calendar=hours)
    refused(send(client, "DELETE", f"/settings/calendars/{hours.public_id}"), 409, "conflict")


def test_a_site_is_made_changed_and_deleted(client: Client) -> None:
    made = post(client, "/settings/sites", {"name": "Shop", "origins": ["https://Shop.example/"]})
    path = f"/settings/sites/{made['id']}"
    assert made["origins"] == ["https://shop.example"]
    assert f'data-site="{made["key"]}"' in made["snippet"]
    team = a_team()
    changed = patch(client, path, {"team": team.public_id, "greeting": {"en": "Hi", "de": "Hallo"}})
    assert (changed["team"], changed["greeting"]["de"], changed["key"]) == (team.public_id, "Hallo", made["key"])
    assert patch(client, path, {"team": None})["team"] is None
    error = refused(send(client, "PATCH", path, {"origins": ["*"]}), 422, "invalid")
    assert "origins" in error["details"]
    read(send(client, "DELETE", path))
    assert not Site.objects.exists()


def test_a_sites_answers_leave_from_an_active_mailbox_of_ours(client: Client) -> None:
    for address in ("support@center.test", "info@center.test"):
        create_mailbox(address=address)
    create_mailbox(address="closed@center.test", active=False)
    shop = {"name": "Shop", "origins": []}
    assert post(client, "/settings/sites", shop)["mail_from"] == "info@center.test"
    assert post(client, "/settings/sites", {**shop, "mail_from": ""})["mail_from"] == ""
    made = post(client, "/settings/sites", {**shop, "mail_from": "Support@center.test"})
    assert made["mail_from"] == "support@center.test"
    for foreign in ("closed@center.test", "somebody@example.org", "nonsense"):
        error = refused(send(client, "PATCH", f"/settings/sites/{made['id']}", {"mail_from": foreign}), 422, "invalid")
        assert "mail_from" in error["details"]


def test_a_key_is_shown_once_works_and_is_revoked(client: Client) -> None:
    made = post(client, "/settings/api-keys", {"name": "Robot", "role": a_role().public_id})
    robot = with_key(made["key"])
    assert get(robot, "/queue")["items"] == []
    listed = get(client, "/settings/api-keys")["items"][0]
    assert made["key"] not in str(listed)
    assert listed["last_used_at"]
    assert patch(client, f"/settings/api-keys/{made['id']}", {"name": "Robot 2"})["name"] == "Robot 2"
    read(send(client, "DELETE", f"/settings/api-keys/{made['id']}"))
    refused(robot.get("/api/queue"), 401, "unauthorized")
    assert ApiKey.objects.get().revoked_at


def test_colleagues_and_teams_for_handing_over(client: Client) -> None:
    a_team("Printers")
    assert [team["name"] for team in get(client, "/teams")["items"]] == ["Printers"]
    person = get(client, "/people")["items"][0]
    assert (person["name"], person["presence"], person["load"]) == ("Ada Admin", "offline", 0)


@pytest.mark.parametrize("kind", ["agents", "roles", "teams", "calendars", "sites", "api-keys"])
def test_what_is_not_there_is_not_found(client: Client, kind: str) -> None:
    for method in ("PATCH", "DELETE"):
        refused(send(client, method, f"/settings/{kind}/none"), 404, "not_found")


@pytest.mark.parametrize("kind", LISTS)
def test_a_change_to_nothing_changes_nothing_or_says_what_is_wrong(client: Client, kind: str) -> None:
    a_user("Kim")
    a_team("Berlin")
    a_calendar("Office")
    a_site("Shop")
    an_api_key(name="ERP")
    create_mailbox(address="service@box.test")
    path = f"/settings/{kind}"
    row = get(client, path)["items"][0]
    fields = {name: None for name in row if name not in ("id", "team", "calendar")}
    answer = send(client, "PATCH", f"{path}/{row['id']}", fields)
    assert answer.status_code in (200, 422), answer.content[:300]
    after = get(client, path)["items"][0]
    assert after == row
