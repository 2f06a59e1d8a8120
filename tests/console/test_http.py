"""What holds for every address of the API: who comes in, how errors look, who may do what."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from interaction_center.access.models import Permission, User
from interaction_center.access.policy import ADMINISTRATOR, AGENT, KNOWLEDGE_EDITOR, SUPERVISOR
from interaction_center.access.rate_limits import Buckets
from interaction_center.console import http
from interaction_center.console.api import ROUTERS
from interaction_center.errors import BadRequestError
from interaction_center.paging import decode_cursor, encode_cursor
from interaction_center.urls import api
from tests.access.builders import a_user, an_administrator, an_api_key, signed_in, with_key
from tests.console.builders import a_mail, get, refused, send

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete")
ROLES = (AGENT, SUPERVISOR, ADMINISTRATOR, KNOWLEDGE_EDITOR)

# Which permission opens an address; the first that matches counts. Everybody who is signed in has the rest.
DOORS: tuple[tuple[str, str | None], ...] = (
    (r"/settings/", Permission.MANAGE_SETTINGS),
    (r"/work", Permission.SUPERVISE),
    (r"/(merges|matches)/|/customers/[^/]+/merge$", Permission.MERGE_CUSTOMERS),
    (r"/me$", None),
    (r"/", Permission.WORK_QUEUE),
)

# The best answers to a question, the next days, what one company makes or one customer has: they end by themselves.
BOUNDED = {
    "/api/callback/calls/mine",
    "/api/customers/{id}/devices",
    "/api/device-families",
    "/api/kb/suggest",
    "/api/kb/broken-links",
    "/api/kb/categories",
    "/api/kb/products",
    "/api/interactions/{id}/suggestions",
    "/api/settings/calendars/{id}/preview",
}


def operations() -> list[tuple[str, str]]:
    """Every (method, path) of the API, from its own description."""
    paths = api.get_openapi_schema()["paths"]
    return sorted((method, path) for path, found in paths.items() for method in found if method in METHODS)


def door(path: str) -> str | None:
    return next(permission for pattern, permission in DOORS if re.search(pattern, path.removeprefix("/api")))


def is_of_the_hub(path: str) -> bool:
    return any(path.removeprefix("/api") in mount.path_operations for mount in ROUTERS)


def call(client: Client, method: str, path: str) -> Any:
    address = re.sub(r"{[^}]+}", "0123456789abcdef", path)
    return client.generic(method.upper(), address, "{}", content_type="application/json")


def test_the_description_lists_every_operation_with_every_error() -> None:
    found = operations()
    assert len(found) > 60
    paths = api.get_openapi_schema()["paths"]
    for method, path in found:
        documented = {str(status) for status in paths[path][method]["responses"]}
        assert {"400", "401", "403", "404", "409", "422", "429"} <= documented, path


def test_every_list_is_paged() -> None:
    described = api.get_openapi_schema()
    schemas = described["components"]["schemas"]
    lists = set()
    for path, found in described["paths"].items():
        schema = answer_of(found["get"], schemas) if "get" in found else {}
        assert schema.get("type") != "array", f"{path} has no room for a cursor"
        if {"items", "next"} & schema.get("properties", {}).keys() and path not in BOUNDED:
            asked = {parameter["name"] for parameter in found["get"].get("parameters", ())}
            assert {"cursor", "limit"} <= asked, f"{path} is a list without a cursor"
            assert "next" in schema["required"], f"{path} is a list without a next page"
            lists.add(path)
    assert {"/api/queue", "/api/search", "/api/people", "/api/settings/mailboxes", "/api/work"} <= lists
    assert len(lists) > 15


def answer_of(operation: Any, schemas: Any) -> Any:
    """The schema of the body of a success; {} where it has none."""
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json") if int(status) < 300 else None
        if content:
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            return schemas[name] if name else content["schema"]
    return {}


def test_a_wrong_method_is_told_which_ones_there_are() -> None:
    for client in (Client(), signed_in(a_user())):
        response = client.delete("/api/queue")
        refused(response, 405, "method_not_allowed")
        assert response["Allow"] == "GET"


def test_nobody_gets_anything_without_signing_in() -> None:
    for method, path in operations():
        refused(call(Client(), method, path), 401, "unauthorized")


def test_a_wrong_key_opens_nothing_even_with_a_session() -> None:
    client = signed_in(an_administrator())
    wrong = client.get("/api/me", headers={"Authorization": "Bearer ic_00000000_wrong"})
    refused(wrong, 401, "unauthorized")


@pytest.mark.parametrize("role", ROLES)
def test_every_address_opens_exactly_for_the_roles_that_may(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    user = a_user(role=role)
    client = signed_in(user)
    monkeypatch.setattr(http, "commands", Buckets(rate=10_000, burst=10_000))
    for method, path in operations():
        # Read by several roles: tests/kb, tests/callback and tests/cobrowse have their rules.
        if any(part in path for part in ("/kb/", "/reports/", "/callback/", "/cobrowse/")):
            continue
        permission = door(path)
        status = call(client, method, path).status_code
        allowed = permission is None or user.has_permission(permission)
        # What a channel or the knowledge base adds asks for the permission after it has read the input.
        refused_with = {403} if is_of_the_hub(path) else {403, 422}
        assert status in refused_with or allowed, f"{role}: {method} {path} gave {status}"
        assert status != 403 or not allowed, f"{role}: {method} {path} gave {status}"
        assert status < 500, f"{method} {path} gave {status}"


def test_somebody_without_a_role_gets_nowhere_but_to_themselves() -> None:
    user = User.objects.create_user("new@center.test", name="New")
    client = signed_in(user)
    assert get(client, "/me")["permissions"] == []
    refused(client.get("/api/queue"), 403, "forbidden")


def test_somebody_switched_off_is_signed_out() -> None:
    user = a_user()
    client = signed_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    refused(client.get("/api/me"), 401, "unauthorized")


def test_writing_needs_the_csrf_token_reading_does_not() -> None:
    client = signed_in(a_user(), enforce_csrf_checks=True)
    token = get(client, "/me")["csrf"]
    refused(send(client, "POST", "/me/status", {"wanted": "busy"}), 403, "page_expired")
    client.defaults["HTTP_X_CSRFTOKEN"] = token
    assert send(client, "POST", "/me/status", {"wanted": "busy"}).status_code == 200


def test_a_foreign_page_cannot_write_with_our_cookie() -> None:
    client = signed_in(a_user(), enforce_csrf_checks=True)
    client.defaults["HTTP_X_CSRFTOKEN"] = get(client, "/me")["csrf"]
    client.defaults["HTTP_ORIGIN"] = "https://evil.example"
    refused(send(client, "POST", "/me/status", {"wanted": "busy"}), 403, "page_expired")


def test_a_key_needs_no_csrf_token() -> None:
    robot = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {an_api_key()[1]}"})
    refused(send(robot, "POST", "/interactions/none/take"), 403, "forbidden")
    assert robot.get("/api/queue").status_code == 200


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"nonsense", b'{"wanted": NaN'])
def test_what_is_no_json_is_a_bad_request(body: bytes) -> None:
    client = signed_in(a_user())
    refused(client.post("/api/me/status", body, content_type="application/json"), 400, "bad_request")


@pytest.mark.parametrize("body", ["[]", '"text"', "{}", '{"wanted": null}', '{"wanted": "\\ud800"}', "null", "1"])
def test_json_of_a_wrong_shape_is_invalid(body: str) -> None:
    client = signed_in(a_user())
    refused(client.post("/api/me/status", body, content_type="application/json"), 422, "invalid")


@pytest.mark.parametrize("text", ["a\x00b", "x" * 100_001])
def test_text_that_cannot_be_stored_is_refused(text: str) -> None:
    client = signed_in(a_user())
    path = f"/interactions/{a_mail().public_id}/notes"
    refused(send(client, "POST", path, {"client_id": "1", "body": text}), 422, "invalid")


def test_half_a_character_is_refused() -> None:
    client = signed_in(a_user())
    path = f"/api/interactions/{a_mail().public_id}/notes"
    body = b'{"client_id": "1", "body": "\\ud800"}'
    refused(client.post(path, body, content_type="application/json"), 422, "invalid")


def test_addresses_that_are_none_answer_in_json() -> None:
    for address in ("/api/", "/api/nothing", "/api/queue/"):
        refused(Client().get(address), 404, "not_found")


def test_too_many_commands_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(a_user())
    monkeypatch.setattr(http, "commands", Buckets(rate=0.5, burst=5))
    answers = [send(client, "POST", "/interactions/none/take") for _ in range(12)]
    limited = [answer for answer in answers if answer.status_code == 429]
    assert limited
    refused(limited[0], 429, "rate_limited")
    assert int(limited[0]["Retry-After"]) >= 1
    assert client.get("/api/queue").status_code == 200


def test_a_fault_of_ours_is_told_with_a_reference_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(a_user())

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("interaction_center.queue.selectors.queue_page", broken)
    response = client.get("/api/queue")
    error = refused(response, 500, "internal")
    assert error["details"]["reference"] in error["message"]
    assert b"secret" not in response.content


def test_a_cursor_comes_back_as_it_went_and_only_to_its_list() -> None:
    cursor = encode_cursor("queue", (1, "2026-01-01", 5))
    assert cursor is not None
    assert decode_cursor("queue", cursor) == [1, "2026-01-01", 5]
    assert decode_cursor("queue", "") is None
    assert encode_cursor("queue", None) is None
    with pytest.raises(BadRequestError):
        decode_cursor("search", cursor)


def test_the_description_and_its_page_are_served() -> None:
    described = json.loads(Client().get("/api/openapi.json").content)
    assert described["info"]["title"] == "Interaction Center"
    assert Client().get("/api/docs").status_code == 200


def test_keys_act_with_their_role() -> None:
    robot = with_key(an_api_key(ADMINISTRATOR)[1])
    assert get(robot, "/settings/roles")["items"]
    refused(with_key(an_api_key(name="Small")[1]).get("/api/settings/roles"), 403, "forbidden")
    refused(robot.get("/api/me"), 403, "forbidden")
