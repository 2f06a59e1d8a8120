"""The whole API against its own description: no input gives a fault of ours or an answer that is not documented."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from ninja import Schema
from pytest_django import Settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from interaction_center.access.rate_limits import Buckets
from interaction_center.console import http
from tests.access.builders import a_calendar, a_site, a_team, an_administrator, signed_in
from tests.console.builders import a_mail

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CSRF = "c" * 32
schema = schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler())


@dataclass(frozen=True)
class World:
    """A signed-in administrator and things that are really there, by the address that leads to them."""

    session: str
    ids: dict[str, str]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The connection of the test's transaction stays open between requests, as under Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world(
    db: None,
    one_connection: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> World:
    settings.ATTACHMENTS_DIR = tmp_path_factory.mktemp("attachments")
    monkeypatch.setattr(http, "commands", Buckets(rate=10_000, burst=10_000))  # the limit has a test of its own
    client = signed_in(an_administrator())
    interaction = a_mail()
    ids = {
        "/api/interactions/": interaction.public_id,
        "/api/customers/": interaction.customer.public_id,
        "/api/settings/calendars/": a_calendar().public_id,
        "/api/settings/sites/": a_site().public_id,
        "/api/settings/teams/": a_team().public_id,
    }
    return World(client.cookies["sessionid"].value, ids)


@schema.parametrize()
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_input_breaks_an_operation(case: Case[Any], world: World) -> None:
    for start, known in world.ids.items():
        if case.path.startswith(start) and len(case.path_parameters.get("id", "")) % 2:
            case.path_parameters["id"] = known
    case.headers.pop("Authorization", None)  # a made-up key would only ever be refused
    case.call_and_validate(
        checks=CHECKS,
        headers={"X-CSRFToken": CSRF},
        cookies={"sessionid": world.session, "csrftoken": CSRF},
    )


def test_no_two_shapes_have_one_name() -> None:
    """The description has one place for each name: of two shapes the later one would describe both."""
    shapes: dict[str, set[str]] = defaultdict(set)
    for shape in _all_below(Schema):
        shapes[shape.__name__].add(json.dumps(shape.model_json_schema(), sort_keys=True))
    assert len(shapes) > 100
    assert [name for name, different in shapes.items() if len(different) > 1] == []


def _all_below(shape: type[Schema]) -> Iterator[type[Schema]]:
    for below in shape.__subclasses__():
        if below.__module__.startswith(("interaction_center.", "channels_app.", "kb.")):
            yield below
        yield from _all_below(below)
