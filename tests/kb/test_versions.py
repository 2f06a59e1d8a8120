"""What an article has said over HTTP: listed, read, compared, restored, and told from its translations."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interaction_center.access.models import Permission
from kb.diffing import MOST_LINES, diff_lines
from kb.models import Article
from tests.kb.api_client import person, send
from tests.kb.builders import draft, published

pytestmark = pytest.mark.django_db
EDITOR = (Permission.WORK_QUEUE, Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)


def article_of_three(client: Client) -> str:
    """Version 1 is live, 2 a minor one with a comment, 3 a draft."""
    article = published("One", body="first\nsecond")
    path = f"/kb/articles/{article.public_id}"
    send(client, "PATCH", path, {"title": "Two", "minor": True, "comment": "A comma"}, 200)
    send(client, "PATCH", path, {"body": "first\nthird", "state": "draft"}, 200)
    return path


def test_versions_come_in_pages_newest_first() -> None:
    client = person(*EDITOR)
    path = article_of_three(client)
    first = send(client, "GET", f"{path}/versions?limit=2", {}, 200)
    second = send(client, "GET", f"{path}/versions?limit=2&cursor={first['next']}", {}, 200)
    assert [row["number"] for row in first["items"] + second["items"]] == [3, 2, 1]
    assert second["next"] is None
    send(client, "GET", f"{path}/versions?cursor=%00x&limit=-1", {}, 200)


def test_an_author_who_does_not_work_in_the_queue_opens_what_they_write() -> None:
    author = person(Permission.EDIT_KNOWLEDGE)
    assert send(author, "GET", f"/kb/articles/{draft('Mine').public_id}", {}, 200)["title"] == "Mine"


def test_versions_are_listed_newest_first_with_who_and_which_is_live() -> None:
    client = person(*EDITOR)
    path = article_of_three(client)
    items = send(client, "GET", f"{path}/versions", {}, 200)["items"]
    assert [(item["number"], item["title"], item["live"], item["by"]) for item in items] == [
        (3, "Two", False, "Uli"),
        (2, "Two", True, "Uli"),
        (1, "One", False, None),
    ]
    assert (items[1]["minor"], items[1]["comment"]) == (True, "A comma")


def test_a_version_is_read_whole_and_an_unknown_one_is_not_found() -> None:
    client = person(*EDITOR)
    path = article_of_three(client)
    version = send(client, "GET", f"{path}/versions/1", {}, 200)
    assert (version["title"], version["body"], version["html"]) == ("One", "first\nsecond", "<p>first\nsecond</p>\n")
    for number in ("0", "4", "-1", str(2**70)):
        send(client, "GET", f"{path}/versions/{number}", {}, 404)


def test_two_versions_differ_field_by_field_and_line_by_line() -> None:
    client = person(*EDITOR)
    diff = send(client, "GET", f"{article_of_three(client)}/diff?from=1&to=3", {}, 200)
    assert diff == {
        "from": 1,
        "to": 3,
        "fields": [
            {"field": "title", "lines": [{"op": "del", "text": "One"}, {"op": "add", "text": "Two"}]},
            {
                "field": "body",
                "lines": [
                    {"op": "same", "text": "first"},
                    {"op": "del", "text": "second"},
                    {"op": "add", "text": "third"},
                ],
            },
        ],
    }


def test_a_restored_version_is_read_at_once_or_becomes_a_draft() -> None:
    client = person(*EDITOR)
    path = article_of_three(client)
    kept = send(client, "POST", f"{path}/restore", {"version": 1, "state": "draft"}, 200)
    assert (kept["title"], kept["state"], kept["live_version"], kept["version"]) == ("One", "draft", 2, 4)
    shown = send(client, "POST", f"{path}/restore", {"version": 2, "state": "published"}, 200)
    assert (shown["title"], shown["live_version"]) == ("Two", 5)
    assert send(client, "POST", f"{path}/restore", {"version": 9}, 422)["details"] == {"version": "unknown"}


def test_agents_see_no_versions_and_no_differences() -> None:
    path = article_of_three(person(*EDITOR))
    agent = person(Permission.WORK_QUEUE)
    for address in ("/versions", "/versions/3", "/diff?from=1&to=3"):
        send(agent, "GET", f"{path}{address}", {}, 403)
    send(agent, "POST", f"{path}/restore", {"version": 1}, 403)


def test_an_article_names_its_translations_and_what_its_original_says_anew() -> None:
    client = person(*EDITOR)
    original = published("Paper", slug="paper")
    translation = published("Papier", slug="paper", locale="de")
    paths = {article.locale: f"/kb/articles/{article.public_id}" for article in (original, translation)}
    send(client, "PATCH", paths["en"], {"title": "Film"}, 200)
    of_original = send(client, "GET", paths["en"], {}, 200)
    assert (of_original["original"], of_original["path"]) == (None, "/help/en/paper")
    assert of_original["translations"] == [
        {
            "id": translation.public_id,
            "locale": "de",
            "title": "Papier",
            "state": "published",
            "live": True,
            "outdated": True,
        }
    ]
    of_translation = send(client, "GET", paths["de"], {}, 200)
    assert (of_translation["original"], of_translation["outdated"]) == (original.public_id, True)
    assert of_translation["original_changed"] == {"from": 1, "to": 2}
    done = send(client, "PATCH", paths["de"], {"title": "Film", "translated": True}, 200)
    assert done["original_changed"] is None


def test_an_agent_sees_only_translations_that_are_live() -> None:
    article = published("Paper", slug="paper")
    draft("Papier", slug="paper", locale="de")
    wire = send(person(Permission.WORK_QUEUE), "GET", f"/kb/articles/{article.public_id}", {}, 200)
    assert wire["translations"] == []


def test_an_article_costs_the_same_whatever_it_has() -> None:
    client = person(*EDITOR)
    article = draft("Paper", slug="paper", body=links_to(1))
    before = queries_of(client, article)
    for number in range(40):
        published(f"Other {number}", body="[x](article:paper)")
    article.versions.update(body=links_to(40))
    assert queries_of(client, article) == before


def links_to(many: int) -> str:
    return "\n".join(f"[{n}](article:other-{n}) [c](code:aurora/E-{n}) ![f](file:{n})" for n in range(many))


def queries_of(client: Client, article: Article) -> int:
    with CaptureQueriesContext(connection) as captured:
        send(client, "GET", f"/kb/articles/{article.public_id}", {}, 200)
    return len(captured)


def put_together(lines: list[Any], op: str) -> list[str]:
    return [line["text"] for line in lines if line["op"] in ("same", op)]


texts = st.lists(st.sampled_from(["a", "b", "", "c d"]), max_size=30).map("\n".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts, texts)
def test_both_texts_can_be_read_out_of_their_difference(old: str, new: str) -> None:
    lines = diff_lines(old, new)
    assert put_together(lines, "del") == old.splitlines()
    assert put_together(lines, "add") == new.splitlines()


def test_long_texts_are_shown_as_removed_and_added_instead_of_compared() -> None:
    old = "\n".join(["start", *("x" for _ in range(MOST_LINES + 1)), "end"])
    new = "\n".join(["start", *("y" for _ in range(3)), "end"])
    lines = diff_lines(old, new)
    assert [line["op"] for line in lines] == ["same", *["del"] * (MOST_LINES + 1), *["add"] * 3, "same"]
