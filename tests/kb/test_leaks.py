"""What is not live, or not for them, reaches no reader by any door: neither words nor names nor files."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from interaction_center.access.models import Permission
from kb.articles import ArticleFields, Saving, move_article, update_article
from kb.models import Article
from tests.kb.api_client import person, send
from tests.kb.builders import draft, error_code, published
from tests.kb.file_builders import a_file, pdf

pytestmark = pytest.mark.django_db
SECRET = "xylophone"


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Any) -> None:
    settings.KNOWLEDGE_FILES_DIR = tmp_path


def next_version(article: Article, body: str) -> None:
    fields = ArticleFields(locale="en", title=f"Open {SECRET}", slug=article.slug, body=body, keywords=SECRET)
    update_article(article=article, fields=fields, by=None, saving=Saving(state="in_review", comment=SECRET))


def secrets_around(article: Article) -> list[str]:
    """A next version with a file, a translation and an article that links here; the ids of the last three."""
    manual = a_file(article, f"{SECRET}.pdf", pdf(f"{SECRET} QX-4711"), "application/pdf")
    next_version(article, f"{SECRET} [plan](file:{manual.public_id})")
    translation = draft(f"{SECRET} de", slug=article.slug, locale="de")
    linking = draft(f"{SECRET} linking", body=f"[x](article:{article.slug})")
    return [manual.public_id, translation.public_id, linking.public_id]


def live_article() -> Article:
    for slug, audience in (("internal-one", "internal"), ("customer-one", "customer")):
        published(f"{SECRET} {slug}", slug=slug, audience=audience)
    error_code("E-99", "Aurora", meaning=SECRET, audience="internal")
    move_article(article=published(f"{SECRET} old", slug="old"), command="retire", by=None)
    body = "Open words: [a](article:internal-one) [b](article:customer-one) [c](code:aurora/e99) [d](article:old)."
    return published("Open", slug="open", body=body)


PAGES = ("", "open", "old", "?q=xylophone", "?q=QX-4711", "code/aurora/e99", "code/aurora/", "code/?code=E-99")


def test_a_visitor_sees_nothing_of_what_is_not_for_them() -> None:
    secrets = secrets_around(live_article())
    names = [f"{SECRET} {name}" for name in ("de", "linking", "old", "[plan]", "QX-4711")]  # the question is echoed
    secrets += [*names, f"Open {SECRET}", f"{SECRET}.pdf", "internal-one", "customer-one"]
    for path in PAGES:
        content = Client().get(f"/help/en/{path}").content.decode()
        assert [secret for secret in secrets if secret in content] == [], path
    assert "Open words: a b c d." in Client().get("/help/en/open").content.decode()


def test_an_agent_sees_the_live_version_and_nothing_of_the_next() -> None:
    article = live_article()
    secrets = secrets_around(article)
    agent = person(Permission.WORK_QUEUE)
    wire = send(agent, "GET", f"/kb/articles/{article.public_id}", {}, 200)
    assert (wire["title"], wire["keywords"], wire["files"], wire["translations"]) == ("Open", "", [], [])
    assert (wire["links"], wire["html"]) == ({"broken": [], "from": []}, "<p>Open words: a b c d.</p>\n")
    found = send(agent, "GET", f"/kb/suggest?q={SECRET}+QX-4711", {}, 200)["items"]
    assert [one["title"] for one in found if one["id"] in secrets or "de" in one["title"].split()] == []


@pytest.mark.parametrize(
    "path",
    ["", "/versions", "/versions/1", "/diff?from=1&to=1"],
)
def test_a_draft_is_told_to_editors_only(path: str) -> None:
    article = draft(SECRET)
    for client in (Client(), person(Permission.WORK_QUEUE), person(Permission.PUBLISH_KNOWLEDGE)):
        response = client.get(f"/api/kb/articles/{article.public_id}{path}")
        assert response.status_code in (401, 403, 404)
        assert SECRET not in response.content.decode()
