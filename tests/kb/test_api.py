"""Knowledge over HTTP: who may do what, and that drafts stay with editors."""

import re
from typing import Any

import pytest
from django.test import Client

from interaction_center.access.models import Permission
from kb.models import Article, ErrorCode
from tests.kb.api_client import person, send
from tests.kb.builders import draft, error_code, published

pytestmark = pytest.mark.django_db
ARTICLE = {"locale": "en", "title": "Change the paper", "body": "1. Open the tray"}
CODE = {"device_family": "Aurora MR", "code": "E-04", "locale": "en", "meaning": "Helium low", "remedy": ["Stop."]}


@pytest.fixture
def editor() -> Client:
    return person(Permission.WORK_QUEUE, Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)


@pytest.fixture
def agent() -> Client:
    return person(Permission.WORK_QUEUE)


def test_an_article_is_written_published_changed_and_retired(editor: Client) -> None:
    article = send(editor, "POST", "/kb/articles", ARTICLE, 201)
    path = f"/kb/articles/{article['id']}"
    assert (article["state"], article["slug"]) == ("draft", "change-the-paper")
    assert send(editor, "PATCH", path, {"state": "published"}, 200)["state"] == "published"
    changed = send(editor, "PATCH", path, {"title": "Change the film"}, 200)
    assert (changed["title"], changed["body"], changed["slug"]) == ("Change the film", ARTICLE["body"], article["slug"])
    assert "<li>Open the tray</li>" in changed["html"]
    assert send(editor, "PATCH", path, {"state": "retired"}, 200)["state"] == "retired"
    assert send(editor, "PATCH", path, {"state": "shiny"}, 422)["code"] == "invalid"


def test_a_new_article_in_a_wrong_state_is_not_half_written(editor: Client) -> None:
    send(editor, "POST", "/kb/articles", ARTICLE | {"state": "shiny"}, 422)
    assert not Article.objects.exists()


def test_an_error_code_is_written_and_changed(editor: Client) -> None:
    article = published()
    code = send(editor, "POST", "/kb/error-codes", CODE | {"articles": [article.slug]}, 201)
    changed = send(editor, "PATCH", f"/kb/error-codes/{code['id']}", {"severity": "danger"}, 200)
    assert (changed["severity"], changed["remedy"], changed["articles"]) == ("danger", ["Stop."], [article.slug])
    assert ErrorCode.objects.count() == 1
    assert send(editor, "GET", f"/kb/error-codes/{code['id']}", {}, 200) == changed


def test_an_error_code_says_how_a_text_links_to_it(editor: Client) -> None:
    code = send(editor, "POST", "/kb/error-codes", CODE, 201)
    html = send(editor, "POST", "/kb/preview", {"body": f"[What it means]({code['link']})"}, 200)["html"]
    assert re.search(r'href="/help/code/[^"]+"', html)


@pytest.mark.parametrize("path", ["/kb/articles", "/kb/error-codes", "/reports/deflection", "/kb/suggest?q=x"])
def test_nobody_reads_without_signing_in(path: str) -> None:
    assert send(Client(), "GET", path, {}, 401)["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/kb/articles", {}),
        ("POST", "/kb/articles", ARTICLE),
        ("GET", "/kb/error-codes", {}),
        ("POST", "/kb/error-codes", CODE),
    ],
)
def test_an_agent_does_not_write_and_sees_no_lists_of_drafts(
    agent: Client, method: str, path: str, body: dict[str, Any]
) -> None:
    assert send(agent, method, path, body, 403)["code"] == "forbidden"


def test_an_agent_reads_what_is_published_only(agent: Client) -> None:
    internal = published("Internal", audience="internal")
    assert send(agent, "GET", f"/kb/articles/{internal.public_id}", {}, 200)["title"] == "Internal"
    assert send(agent, "GET", f"/kb/articles/{draft().public_id}", {}, 404)["code"] == "not_found"


def test_suggestions_come_with_their_reason(agent: Client) -> None:
    error_code("E-04")
    items = send(agent, "GET", "/kb/suggest?q=e04+aurora", {}, 200)["items"]
    assert items[0]["reason"] == {"code": "E-04"}


def test_lists_go_on_where_the_page_before_ended_though_rows_are_added(editor: Client) -> None:
    for number in range(5):
        draft(f"Article {number}")
    first = send(editor, "GET", "/kb/articles?limit=2", {}, 200)
    draft("Newer")
    second = send(editor, "GET", f"/kb/articles?limit=3&cursor={first['next']}", {}, 200)
    titles = [item["title"] for item in first["items"] + second["items"]]
    assert titles == [f"Article {number}" for number in (4, 3, 2, 1, 0)]
    assert second["next"] is None


def test_the_report_has_its_time(agent: Client) -> None:
    for name, moment in (
        ("until", "9999-12-31T23:59:59"),
        ("since", "0001-01-01T00:00:00Z"),
        ("until", "0001-01-01T00:00"),
    ):
        told = send(agent, "GET", f"/reports/deflection?{name}={moment}", {}, 422)
        assert told["details"] == {name: "a year from 2000 to 2199"}
    report = send(agent, "GET", "/reports/deflection?since=2031-01-01T00:00:00Z&until=2031-02-01T00:00:00Z", {}, 200)
    assert set(report["counts"].values()) == {0}
    assert [day["day"] for day in report["series"]][::30] == ["2031-01-01", "2031-01-31"]


@pytest.mark.parametrize(
    "wrong", [{"support_level": -1}, {"support_level": 100_000}, {"remedy": ["x"] * 51}, {"code": "??"}, {"state": "x"}]
)
def test_a_wrong_error_code_is_refused_by_field(editor: Client, wrong: dict[str, Any]) -> None:
    assert set(send(editor, "POST", "/kb/error-codes", CODE | wrong, 422)["details"]) == set(wrong)


def test_characters_that_no_database_takes_are_left_out(editor: Client) -> None:
    article = send(editor, "POST", "/kb/articles", ARTICLE | {"title": "Nul\x00s", "body": "a\x00b"}, 201)
    code = send(editor, "POST", "/kb/error-codes", CODE | {"remedy": ["St\x00op."]}, 201)
    assert (article["title"], article["body"], code["remedy"]) == ("Nuls", "ab", ["Stop."])
    for path in ("/kb/articles?q=%00&cursor=%00", "/kb/error-codes?q=%00&family=%00", "/kb/suggest?q=%00E-04"):
        send(editor, "GET", path, {}, 200)
