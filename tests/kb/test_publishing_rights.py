"""Who only writes does not decide what readers see."""

from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from interaction_center.access.models import Permission, Role
from interaction_center.access.policy import BUILT_IN_ROLES, KNOWLEDGE_AUTHOR
from kb.catalogue import write_category, write_product
from kb.models import Article, ErrorCode
from kb.policy import needs_publisher
from tests.kb.api_client import person, send
from tests.kb.builders import draft, published
from tests.migrations import migration

pytestmark = pytest.mark.django_db
ARTICLE = {"locale": "en", "title": "Change the paper"}
CODE = {"device_family": "Aurora MR", "code": "E-04", "locale": "en", "meaning": "Helium low"}
LATER = {"state": "scheduled", "publish_at": "2099-01-01T00:00:00Z"}


@pytest.fixture
def author() -> Client:
    return person(*BUILT_IN_ROLES[KNOWLEDGE_AUTHOR])


@pytest.fixture
def publisher() -> Client:
    return person(Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)


def test_an_author_writes_drafts_and_submits_them(author: Client, publisher: Client) -> None:
    article = send(author, "POST", "/kb/articles", ARTICLE, 201)
    path = f"/kb/articles/{article['id']}"
    assert send(author, "PATCH", path, {"state": "in_review"}, 200)["state"] == "in_review"
    assert send(publisher, "PATCH", path, {"state": "published"}, 200)["live"] is True
    proposed = send(author, "PATCH", path, {"title": "Change the film", "state": "in_review"}, 200)
    assert (proposed["state"], proposed["live_version"], proposed["version"]) == ("in_review", 1, 2)


@pytest.mark.parametrize("wish", [{"state": "published"}, {"state": "retired"}, LATER])
def test_an_author_is_told_to_submit_for_review(author: Client, wish: dict[str, Any]) -> None:
    article = draft()
    refused = send(author, "PATCH", f"/kb/articles/{article.public_id}", wish | {"title": "Other"}, 403)
    assert "Submit it for review" in refused["message"]
    assert refused["details"]["permission"] == "publish_knowledge"
    assert Article.objects.get().version == 1
    if wish["state"] != "retired":
        send(author, "POST", "/kb/articles", ARTICLE | wish, 403)


def test_an_author_changes_nothing_that_readers_see(author: Client) -> None:
    article = published(slug="paper")
    path = f"/kb/articles/{article.public_id}"
    changes = ({"title": "Other"}, {"slug": "film"}, {"audience": "internal"}, {"locale": "de"})
    for change in changes:
        send(author, "PATCH", path, change, 403)
        if "title" not in change:
            send(author, "PATCH", path, change | {"state": "draft"}, 403)
    send(author, "POST", f"{path}/restore", {"version": 1, "state": "published"}, 200)  # says what it says already
    article.refresh_from_db()
    assert (article.slug, article.audience, article.title, article.version) == (
        "paper",
        "public",
        "Change the paper",
        1,
    )


def test_an_author_does_not_rename_a_live_article_by_its_translation(author: Client) -> None:
    published(slug="paper")
    translation = draft(slug="paper", locale="de")
    send(author, "PATCH", f"/kb/articles/{translation.public_id}", {"slug": "papier"}, 403)


def test_an_author_does_not_take_back_what_a_publisher_has_scheduled(author: Client, publisher: Client) -> None:
    path = f"/kb/articles/{draft().public_id}"
    send(publisher, "PATCH", path, LATER, 200)
    send(author, "PATCH", path, {"state": "draft"}, 403)
    send(author, "PATCH", path, {"title": "Other"}, 403)


def test_an_author_writes_draft_codes_and_no_others(author: Client, publisher: Client) -> None:
    send(author, "POST", "/kb/error-codes", CODE, 403)
    code = send(author, "POST", "/kb/error-codes", CODE | {"state": "draft"}, 201)
    path = f"/kb/error-codes/{code['id']}"
    send(author, "PATCH", path, {"meaning": "Helium very low"}, 200)
    send(author, "PATCH", path, {"state": "published"}, 403)
    send(publisher, "PATCH", path, {"state": "published"}, 200)
    send(author, "PATCH", path, {"state": "draft"}, 403)
    assert ErrorCode.objects.get().meaning == "Helium very low"


def test_only_a_publisher_writes_and_deletes_categories_and_products(author: Client, publisher: Client) -> None:
    for kind, data in (("categories", {"names": {"en": "Account"}}), ("products", {"name": "Aurora MR"})):
        send(author, "POST", f"/kb/{kind}", data, 403)
        row = send(publisher, "POST", f"/kb/{kind}", data, 201)
        send(author, "PATCH", f"/kb/{kind}/{row['id']}", data, 403)
        send(author, "DELETE", f"/kb/{kind}/{row['id']}", {}, 403)
        assert len(send(author, "GET", f"/kb/{kind}", {}, 200)["items"]) == 1
        send(publisher, "DELETE", f"/kb/{kind}/{row['id']}", {}, 200)


def test_an_author_sorts_drafts_and_nothing_that_readers_see(author: Client) -> None:
    write_category(names={"en": "Account"})
    write_product(name="Aurora MR", models=["Aurora MR 3T"])
    sorting = {"category": "account", "products": ["aurora-mr"], "models": ["aurora-mr/aurora-mr-3t"]}
    live, unseen = published("One"), draft("Two")
    send(author, "PATCH", f"/kb/articles/{unseen.public_id}", sorting, 200)
    for name, value in sorting.items():
        wish = {name: value, "title": "Other", "state": "in_review"}
        refused = send(author, "PATCH", f"/kb/articles/{live.public_id}", wish, 403)
        assert refused["details"] == {"permission": "publish_knowledge", "field": name}
        assert "submit your words for review" in refused["message"]
    same = {"category": "", "products": [], "models": [], "title": "Other", "state": "in_review"}
    assert send(author, "PATCH", f"/kb/articles/{live.public_id}", same, 200)["version"] == 2


def test_a_question_of_an_author_waits_for_a_publisher(author: Client, publisher: Client) -> None:
    asked = {"text": "Where does the film magazine go?", "answer": published().public_id}
    question = send(author, "POST", "/kb/questions", asked, 201)
    path = f"/kb/questions/{question['id']}"
    assert question["state"] == "waiting"
    assert send(author, "PATCH", path, {"state": "active"}, 403)["code"] == "needs_publisher"
    send(author, "PATCH", path, {"state": "removed"}, 200)
    assert send(author, "POST", "/kb/questions", asked, 201)["state"] == "waiting"
    assert send(publisher, "PATCH", path, {"state": "active"}, 200)["state"] == "active"
    for state in ("waiting", "removed"):
        send(author, "PATCH", path, {"state": state}, 403)
    assert send(author, "POST", "/kb/questions", asked, 201)["state"] == "active"


def test_a_draft_that_nobody_has_read_can_be_deleted_and_nothing_else(author: Client) -> None:
    gone, kept = draft("One"), published("Two")
    send(author, "DELETE", f"/kb/articles/{gone.public_id}", {}, 200)
    assert send(author, "DELETE", f"/kb/articles/{kept.public_id}", {}, 409)["code"] == "article_was_published"
    send(author, "PATCH", f"/kb/articles/{kept.public_id}", {"state": "draft"}, 200)
    send(author, "DELETE", f"/kb/articles/{kept.public_id}", {}, 409)
    assert list(Article.objects.values_list("title", flat=True)) == ["Two"]


@pytest.mark.parametrize(
    ("state", "wanted", "is_changed", "needed"),
    [
        ("draft", "draft", True, False),
        ("draft", "in_review", True, False),
        ("draft", "published", False, True),
        ("published", "published", False, False),
        ("published", "published", True, True),
        ("published", "in_review", True, False),
        ("scheduled", "draft", False, True),
        ("retired", "draft", False, False),
        ("retired", "retired", True, True),
    ],
)
def test_what_needs_a_publisher(state: str, wanted: str, is_changed: bool, needed: bool) -> None:
    assert needs_publisher(state=state, wanted=wanted, is_changed=is_changed) is needed


def test_whoever_could_edit_may_still_publish_after_the_update() -> None:
    for name, permissions in (("Old editor", ["edit_knowledge"]), ("Agent", ["work_queue"])):
        Role.objects.create(name=name, permissions=permissions)
    Role.objects.create(name="Knowledge editor", permissions=["edit_knowledge"], built_in=True)
    migration("access", "0003_publish_knowledge").give_to_editors(apps, None)
    assert dict(Role.objects.values_list("name", "permissions")) == {
        "Old editor": ["edit_knowledge", "publish_knowledge"],
        "Agent": ["work_queue"],
        "Knowledge editor": ["edit_knowledge", "publish_knowledge"],
        KNOWLEDGE_AUTHOR: ["edit_knowledge"],
    }
