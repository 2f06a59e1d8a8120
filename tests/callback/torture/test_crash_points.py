"""A centre is killed at each point between two commits, with a telephone of the network in another process.

Started again, it recovers by itself: nothing is rung twice, the request goes on, ends or is due again.
"""

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.callback.torture.processes import a_box, led_to, start_dying, until, wait_for_death
from tests.servers import Center, center_from

pytestmark = pytest.mark.timeout(600)
RECOVERY_SECONDS = 60.0
AGENT, CUSTOMER = "+4930555001", "+4930123456"
POINTS = [
    "dialler._start_held:before:1",
    "dialler._start_held:after:1",
    "posting._prepared:before:1",
    "posting._prepared:after:1",
    "rest.place_call:before:1",
    "rest.place_call:after:1",
    "posting.store_posted:before:1",
    "posting.store_posted:after:1",
    "webhooks.store_reports:before:1",
    "webhooks.store_reports:after:1",
    "webhooks.hear_all:before:2",
    "webhooks.hear_all:after:2",
    "rest.place_call:before:2",
    "rest.place_call:after:2",
    "posting.store_posted:after:2",
    "applying.apply:before:3",
    "applying.apply:after:4",
    "webhooks.hear_all:after:3",
]
SCENE = f"""
from tests.callback.builders import a_line, a_request, taken_by
from channels_app.callback.models import AgentPhone
from interaction_center.access.models import User
anna = User.objects.get(email="anna@center.test")
AgentPhone.objects.create(user=anna.public_id, number="{AGENT}")
line = a_line(quiet_until="00:00", quiet_from="24:00")
taken_by(anna, a_request(line, "{CUSTOMER}"))
"""
# Nothing hangs: every call has ended, or goes on between two people; and its request waits, talks or is over.
IS_SETTLED = """
import json
from django.db.models import Q
from channels_app.callback.models import CallbackRequest, CallLeg, PhoneCall
hanging = PhoneCall.objects.filter(ended_at=None, bridged_at=None).exists()
request = CallbackRequest.objects.get()
stages = ("due", "retry_wait", "connected", "wrapup", "done", "failed", "refused", "cancelled", "expired")
print(json.dumps(not hanging and request.stage in stages and (request.state == "due" or request.stage != "due")))
"""
WAS_TRIED = (
    "import json; from channels_app.callback.models import PhoneCall; print(json.dumps(PhoneCall.objects.exists()))"
)


def dies_and_recovers(center: Center, folder: Path, point: str) -> None:
    with a_box(folder / "box") as box:
        led_to(box, center)
        box.tell("POST", "/box/numbers", {"phone_number": "+4930987654"})
        press = {"do": "press", "heard": "Press 1", "after": 0.5, "digits": "1"}
        box.tell("PUT", f"/box/phones/{AGENT}/scripts", [{"after": 1, "actions": [press]}])
        box.tell("PUT", f"/box/phones/{CUSTOMER}/scripts", [{"after": 2, "actions": [{"do": "hang_up", "after": 12}]}])
        center.run(SCENE)
        start_dying(center, point)
        wait_for_death(center, 90)
        start_dying(center)
        center.wait_until_healthy()
        assert until(center, IS_SETTLED, RECOVERY_SECONDS)
        rings = box.ledger.rings
        assert box.ledger.overlaps() == []
        assert len({ring.path for ring in rings}) == len(rings)
        assert until(center, WAS_TRIED, RECOVERY_SECONDS)
        center.stop()


@pytest.mark.parametrize("point", ["rest.place_call:after:2"])
def test_a_centre_that_is_killed_around_a_post_rings_nobody_twice(
    center_template: Path, tmp_path: Path, point: str
) -> None:
    with center_from(center_template, tmp_path / "center") as center:
        dies_and_recovers(center, tmp_path, point)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_centre_that_is_killed_at_any_point_recovers_on_sqlite(
    center_template: Path, tmp_path: Path, point: str
) -> None:
    with center_from(center_template, tmp_path / "center") as center:
        dies_and_recovers(center, tmp_path, point)


@pytest.fixture(scope="session")
def prepared_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with tables and people, to be copied for each test."""
    folder = tmp_path_factory.mktemp("postgres")
    Center(folder, {"DATABASE_URL": postgres_url}).migrate()
    Center(folder, {"DATABASE_URL": postgres_url}).run("from tests.seed import fill; fill()")
    return postgres_url


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_centre_that_is_killed_at_any_point_recovers_on_postgresql(
    prepared_postgres: str, tmp_path: Path, point: str
) -> None:
    name = f"copy_{POINTS.index(point)}"
    host = prepared_postgres.split("@")[1].split("/", maxsplit=1)[0].replace("%2F", "/")
    with psycopg.connect(make_conninfo(host=host, user="center", dbname="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE center")
    folder = tmp_path / "center"
    folder.mkdir()
    center = Center(folder, {"DATABASE_URL": prepared_postgres.rpartition("/")[0] + f"/{name}"})
    try:
        dies_and_recovers(center, tmp_path, point)
    finally:
        if center.process is not None:
            center.kill9()
