"""Mailboxes in the settings, and the original of a mail, over HTTP."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate

from channels_app.email.models import Mailbox, RawMail
from interaction_center.access.models import Permission, Role, Team, User
from tests.access.builders import a_calendar
from tests.email.builders import mail, mailbox, received

pytestmark = pytest.mark.django_db
PATH = "/api/settings/mailboxes"


def signed_in(name: str, *permissions: str) -> Client:
    """The browser of somebody whose role holds these permissions."""
    role = Role.objects.create(name=name, permissions=list(permissions))
    client = Client()
    client.force_login(
        User.objects.create_user(f"{name}@center.test", name=name, role=role),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


@pytest.fixture
def admin(db: None) -> Client:
    """May manage settings."""
    return signed_in("admin", Permission.MANAGE_SETTINGS)


def call(client: Client, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """Status and JSON of one request."""
    answer = client.generic(method.upper(), path, json.dumps(body or {}), content_type="application/json")
    return answer.status_code, json.loads(answer.content or b"null")


def test_a_mailbox_is_made_changed_and_removed(admin: Client) -> None:
    team = Team.objects.create(name="Printers")
    status, made = call(
        admin, "post", PATH, {"address": " Service@Center.TEST ", "name": "Service", "team": team.public_id}
    )
    assert (status, made["address"], made["team"], made["calendar"]) == (
        201,
        "service@center.test",
        team.public_id,
        None,
    )
    status, changed = call(admin, "patch", f"{PATH}/{made['id']}", {"acknowledge": True, "team": None, "name": None})
    assert (status, changed["acknowledge"], changed["team"], changed["name"]) == (200, True, None, "Service")
    assert json.loads(admin.get(PATH).content)["items"] == [changed]
    assert call(admin, "delete", f"{PATH}/{made['id']}")[0] == 204
    assert Mailbox.objects.count() == 0


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@center.test", "a@b@c", "tag+x@center.test", "<x@center.test>", "a\x00@b"]
)
def test_what_is_no_mailbox_address_is_refused(admin: Client, address: str) -> None:
    status, error = call(admin, "post", PATH, {"address": address})
    assert (status, error["code"]) == (422, "invalid")


def test_two_mailboxes_cannot_have_one_address(admin: Client) -> None:
    mailbox()
    status, error = call(admin, "post", PATH, {"address": "SERVICE@center.test"})
    assert (status, error["code"]) == (409, "address_taken")


def test_a_mailbox_that_got_mail_is_switched_off_instead_of_removed(admin: Client) -> None:
    box = mailbox()
    received(mail(), box)
    assert call(admin, "delete", f"{PATH}/{box.public_id}")[0] == 409
    assert call(admin, "patch", f"{PATH}/{box.public_id}", {"active": False})[0] == 200


def test_an_unknown_mailbox_is_not_found(admin: Client) -> None:
    assert call(admin, "patch", f"{PATH}/nothing", {})[0] == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_manages_settings_sees_mailboxes(method: str) -> None:
    agent = signed_in("agent", Permission.WORK_QUEUE)
    assert call(agent, method, PATH, {"address": "x@center.test"})[0] == 403
    assert call(Client(), method, PATH, {"address": "x@center.test"})[0] == 401


def test_staff_download_the_original_byte_for_byte() -> None:
    raw = mail("Grüße\x00 und mehr")
    row, interaction, entry = received(raw, mailbox())
    answer = signed_in("agent", Permission.WORK_QUEUE).get(f"/api/entries/{interaction.public_id}-{entry.seq}/raw")
    assert answer.status_code == 200
    assert answer.content == raw == bytes(row.raw)
    day = localdate(row.received_at).isoformat()
    expected = content_disposition_header(True, f"{day} {interaction.subject}.eml")
    assert answer["Content-Disposition"] == expected
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_original_is_for_staff_of_its_team_only() -> None:
    team = Team.objects.create(name="Printers")
    _, interaction, entry = received(mail(), mailbox(team=team.public_id))
    path = f"/api/entries/{interaction.public_id}-{entry.seq}/raw"
    assert signed_in("stranger", Permission.WORK_QUEUE).get(path).status_code == 404
    assert signed_in("editor", Permission.EDIT_KNOWLEDGE).get(path).status_code == 403
    assert Client().get(path).status_code == 401
    assert signed_in("boss", Permission.WORK_QUEUE, Permission.SUPERVISE).get(path).status_code == 200


def test_an_entry_that_did_not_come_by_mail_has_no_original() -> None:
    _, interaction, _ = received(mail(), mailbox())
    agent = signed_in("agent", Permission.WORK_QUEUE)
    assert agent.get(f"/api/entries/{interaction.public_id}-1/raw").status_code == 404
    for wrong in ("x", "x-y", f"{interaction.public_id}-99999999999999999999", "-", f"{interaction.public_id}-²"):
        assert agent.get(f"/api/entries/{wrong}/raw").status_code == 404
    assert RawMail.objects.count() == 1


def test_a_mailbox_names_a_team_and_hours_that_are_there(admin: Client) -> None:
    calendar = a_calendar()
    box = mailbox(calendar=calendar.public_id)
    for field in ("team", "calendar"):
        for method, path in (("post", PATH), ("patch", f"{PATH}/{box.public_id}")):
            body = {"address": "new@center.test", field: "nothing"} if method == "post" else {field: "nothing"}
            status, error = call(admin, method, path, body)
            assert (status, error["code"], list(error["details"])) == (422, "invalid", [field])
    assert call(admin, "patch", f"{PATH}/{box.public_id}", {"name": "Service"})[1]["calendar"] == calendar.public_id


def test_hours_of_a_mailbox_are_not_deleted_and_it_is_named(admin: Client) -> None:
    calendar = a_calendar()
    box = mailbox(calendar=calendar.public_id)
    path = f"/api/settings/calendars/{calendar.public_id}"
    status, error = call(admin, "delete", path)
    assert (status, error["code"], error["details"]) == (409, "conflict", {"used_by": [box.address]})
    assert call(admin, "patch", f"{PATH}/{box.public_id}", {"calendar": None})[0] == 200
    assert call(admin, "delete", path)[0] == 200


def test_mail_keeps_the_hours_of_its_mailbox() -> None:
    calendar = a_calendar()
    box = mailbox(calendar=calendar.public_id)
    assert received(mail(), box)[1].calendar == calendar
    assert received(b"no mail at all", box)[1].calendar == calendar
