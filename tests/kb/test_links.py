"""Links inside knowledge: they follow a rename, lead nobody where they may not read, and are told when they break."""

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from interaction_center.access.models import Permission
from interaction_center.errors import InvalidError
from kb.articles import ArticleFields, Saving, delete_draft, move_article, publish_due, update_article
from kb.checks import MAX_BODY
from kb.links import MAX_LINKS, Ref, links_of, ref_of, refs_of
from kb.models import Article, ArticleLink
from kb.rendering import plain_text, to_html
from kb.resolving import Reader, targets_for
from tests.kb.api_client import person, send
from tests.kb.builders import draft, error_code, published
from tests.migrations import migration

pytestmark = pytest.mark.django_db
BASE = settings.PUBLIC_BASE_URL


@pytest.fixture
def editor() -> Client:
    return person(Permission.WORK_QUEUE, Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)


def changed(article: Article, **values: Any) -> Article:
    saving = Saving(state=values.pop("state", ""))
    own = {"locale": article.locale, "title": article.title, "slug": article.slug, "audience": article.audience}
    return update_article(article=article, fields=ArticleFields(**own | values), by=None, saving=saving)


def read(body: str, audience: str = "public") -> str:
    return to_html(body, targets_for(body, Reader(audience)))


def broken(client: Client, article: Article) -> list[tuple[int, str, str, str]]:
    items = send(client, "GET", f"/kb/articles/{article.public_id}", {}, 200)["links"]["broken"]
    return [(item["line"], item["text"], item["target"], item["reason"]) for item in items]


@pytest.mark.parametrize(
    ("address", "ref"),
    [
        ("article:paper", Ref("article", "paper")),
        ("article:paper#tray", Ref("article", "paper")),
        ("ARTICLE:Paper", Ref("article", "paper")),
        ("/help/paper?lang=de#tray", Ref("article", "paper")),
        ("/help/paper/", Ref("article", "paper")),
        ("/help/write/", None),
        ("/help/requests/", None),
        ("/help/[", Ref("article", "?")),
        ("/help/de/paper?q=tray", Ref("article", "paper")),
        ("/help/de/code/aurora-mr/E-04", Ref("code", "aurora-mr/e04")),
        ("/help/de/topic/paper", None),
        ("/help/de/", None),
        ("code:aurora-mr/E-04", Ref("code", "aurora-mr/e04")),
        ("code:aurora-mr/E%2004", Ref("code", "aurora-mr/e04")),
        ("/help/code/aurora-mr/E-04", Ref("code", "aurora-mr/e04")),
        ("file:0abc", Ref("file", "0abc")),
        ("/help/files/0abc/plan.png", Ref("file", "0abc")),
        ("https://example.com/help/paper", None),
        (f"{BASE}/help/de/paper?q=tray#tray", Ref("article", "paper")),
        (f"{BASE.upper()}/help/de/code/aurora-mr/E-04", Ref("code", "aurora-mr/e04")),
        (f"{BASE}/help/files/0abc/plan.png", Ref("file", "0abc")),
        (f"{BASE}/help/de/topic/paper", None),
        (f"{BASE}.example.com/help/paper", None),
        (f"{BASE}/console/", None),
        ("/help/", None),
        ("/help/code/aurora-mr/", None),
        ("/console/", None),
        ("mailto:jo@example.org", None),
    ],
)
def test_what_an_address_points_to(address: str, ref: Ref | None) -> None:
    assert ref_of(address) == ref


def test_links_are_found_with_their_line_wherever_they_stand() -> None:
    body = "# Head\n\nOne [a](article:a)\nand [two\nwords](code:x/E-1).\n\n- x\n- ![pic](file:0f)\n"
    body += "\n`[no](article:no)`\n\n[r][1]\n\n[1]: /help/r"
    assert [(link.line, link.text, str(link.ref)) for link in links_of(body)] == [
        (3, "a", "article:a"),
        (4, "two words", "code:x/e1"),
        (8, "pic", "file:0f"),
        (12, "r", "article:r"),
    ]


def test_readers_follow_a_link_to_its_page() -> None:
    published("Paper", slug="paper")
    error_code("E-04", "Aurora MR")
    html = read("[p](article:paper#tray) and [e](code:aurora-mr/e04)")
    assert 'href="/help/paper#tray"' in html
    assert 'href="/help/code/aurora-mr/e04"' in html


def test_a_link_outlives_every_rename() -> None:
    article = draft("Paper", slug="paper")
    linking = published("Other", body="[p](article:paper)")
    article = changed(article, slug="film", state="published")
    article = changed(article, slug="foil")
    assert 'href="/help/foil"' in read(linking.body)
    assert 'href="/help/en/foil"' in Client().get(f"/help/en/{linking.slug}").content.decode()


def test_an_address_outlives_a_draft_translation_that_was_deleted() -> None:
    published("Paper", slug="paper")
    translation = changed(draft("Papier", slug="paper", locale="de"), slug="film")
    delete_draft(article=translation)
    assert Client().get("/help/en/paper").headers["Location"] == "/help/en/film"


def test_a_draft_takes_no_address_from_what_readers_have_found_there() -> None:
    article = changed(published("Paper", slug="paper"), slug="film")
    other = draft("Other", slug="paper")
    assert 'href="/help/film"' in read("[p](article:paper)")
    changed(other, slug="other")
    assert Client().get("/help/en/paper").headers["Location"] == "/help/en/film"
    assert article.slug == "film"


@pytest.mark.parametrize(
    ("state", "audience", "reason"),
    [
        ("draft", "public", "draft"),
        ("in_review", "public", "draft"),
        ("retired", "public", "retired"),
        ("published", "internal", "audience"),
        ("published", "customer", "audience"),
    ],
)
def test_what_readers_may_not_read_is_plain_text_for_them_and_listed_for_editors(
    editor: Client, state: str, audience: str, reason: str
) -> None:
    target = draft("Secret words", slug="target", audience=audience)
    if state != "draft":
        command = {"in_review": "submit", "retired": "retire", "published": "publish"}[state]
        move_article(article=target, command=command, by=None)
    linking = published("Open", body="See [this](article:target).")
    page = Client().get(f"/help/en/{linking.slug}").content.decode()
    assert "<p>See this.</p>" in page
    assert "target" not in page.split("<article")[1].split("</article")[0]
    assert broken(editor, linking) == [(1, "this", "article:target", reason)]
    [row] = send(editor, "GET", "/kb/broken-links", {}, 200)["items"]
    assert (row["article"]["id"], row["reason"], row["line"]) == (linking.public_id, reason, 1)
    agent = person(Permission.WORK_QUEUE)
    of_agent = send(agent, "GET", f"/kb/articles/{linking.public_id}", {}, 200)
    assert (of_agent["links"]["broken"], of_agent["html"]) == ([], "<p>See this.</p>\n")


def test_an_internal_article_may_link_to_an_internal_one(editor: Client) -> None:
    published("Secret", slug="secret", audience="internal")
    linking = published("Staff", body="[s](article:secret)", audience="internal")
    assert broken(editor, linking) == []
    assert read(linking.body, "internal") != read(linking.body, "customer")


@pytest.mark.parametrize("state", ["in_review", "published"])
@pytest.mark.parametrize("address", ["article:nowhere", "code:aurora/E-99", "file:0none", "/help/nowhere", "article:é"])
def test_nobody_else_is_shown_a_link_to_what_does_not_exist(state: str, address: str) -> None:
    article = draft(body=f"Fine.\n\nSee [the plan]({address}).")  # an editor may write it and make the other one later
    with pytest.raises(InvalidError) as caught:
        changed(article, body=article.body, state=state)
    assert "line 3" in caught.value.details["body"]
    assert "the plan" in caught.value.details["body"]
    article.refresh_from_db()
    assert article.state == "draft"


def test_what_was_scheduled_is_published_even_when_a_target_has_gone_since(editor: Client) -> None:
    target = draft("Target", slug="target")
    later = {"state": "scheduled", "publish_at": "2099-01-01T00:00:00Z"}
    article = draft("Linking", body="[t](article:target)")
    send(editor, "PATCH", f"/kb/articles/{article.public_id}", later, 200)
    delete_draft(article=target)
    Article.objects.filter(pk=article.pk).update(publish_at="2020-01-01T00:00:00Z")
    assert publish_due() == 1
    assert broken(editor, article) == [(1, "t", "article:target", "missing")]


def test_an_article_names_who_links_to_it_by_any_address(editor: Client) -> None:
    article = published("Paper", slug="paper")
    published("One", body="[p](article:paper)")
    article = changed(article, slug="film")
    published("Two", body="[p](/help/film) [again](article:film)")
    draft("Three", body="[p](article:film)")
    path = f"/kb/articles/{article.public_id}"
    assert [row["title"] for row in send(editor, "GET", path, {}, 200)["links"]["from"]] == ["One", "Three", "Two"]
    agent = person(Permission.WORK_QUEUE)
    assert [row["title"] for row in send(agent, "GET", path, {}, 200)["links"]["from"]] == ["One", "Two"]


def test_links_are_kept_as_the_newest_version_has_them() -> None:
    error_code("E-1", "X")
    article = published("Paper", body="[a](article:a-b) [x](code:x/E-1)", slug="a-b")
    changed(article, body="[x](code:x/e1) [f](/help/a-b)", state="draft")
    assert set(ArticleLink.objects.values_list("kind", "target")) == {("code", "x/e1"), ("article", "a-b")}
    changed(article, body="", state="draft")
    assert not ArticleLink.objects.exists()


def test_links_of_before_are_known_after_the_update() -> None:
    draft(body="[a](article:a) [x](code:x/E-1)")
    ArticleLink.objects.all().delete()
    for _ in range(2):
        migration("kb", "0007_known_links").keep_links(apps, None)
    assert set(ArticleLink.objects.values_list("kind", "target")) == {("article", "a"), ("code", "x/e1")}


def test_a_text_has_a_limited_number_of_links() -> None:
    body = " ".join(f"[x](article:a{number})" for number in range(MAX_LINKS + 1))
    with pytest.raises(InvalidError) as caught:
        draft(body=body)
    assert set(caught.value.details) == {"body"}
    assert read(body).count("<a") == 0


def test_the_list_of_broken_links_costs_the_same_whatever_there_is(editor: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            send(editor, "GET", "/kb/broken-links", {}, 200)
        return len(captured)

    draft("One", body="[a](article:a) [x](code:x/E-1) [f](file:0f)")
    before = queries()
    for number in range(20):
        draft(f"More {number}", body=f"[a](article:a{number}) [x](code:x/E-{number}) [f](file:0f{number})")
    error_code("E-1", "X")
    assert queries() == before


def test_a_preview_is_what_readers_get_with_what_is_wrong(editor: Client) -> None:
    published("Secret", slug="secret", audience="internal")
    body = "# Head\n\n[s](article:secret) [n](article:none)"
    shown = send(editor, "POST", "/kb/preview", {"body": body, "audience": "public"}, 200)
    assert shown["html"] == "<h2>Head</h2>\n<p>s n</p>\n"
    assert [one["reason"] for one in shown["problems"]] == ["audience", "missing"]
    assert [(one["line"], one["message"]) for one in shown["problems"]] == [
        (3, "“s” leads nowhere: article:secret is not for everybody who may read this."),
        (3, "“n” leads nowhere: article:none does not exist."),
    ]
    assert send(editor, "POST", "/kb/preview", {"body": body}, 200)["html"].count("<a") == 1
    send(editor, "POST", "/kb/preview", {"body": "x" * (MAX_BODY + 1)}, 422)
    send(person(Permission.WORK_QUEUE), "POST", "/kb/preview", {"body": body}, 403)
    send(person(Permission.WORK_QUEUE), "GET", "/kb/broken-links", {}, 403)


@given(st.text(alphabet="[]()!:/#article codefile.\n\0é%", max_size=120))
def test_no_text_breaks_the_reading_of_links(text: str) -> None:
    assert refs_of(text) == {link.ref for link in links_of(text)}
    assert "article:" not in to_html(text).partition('href="')[2].partition('"')[0]


def test_an_address_copied_from_the_browser_is_a_link_inside() -> None:
    published("Paper", slug="paper")
    published("Secret", slug="secret", audience="internal")
    body = f"[p]({BASE}/help/en/paper#tray) [s]({BASE}/help/en/secret)"
    assert read(body) == '<p><a href="/help/paper#tray" rel="noopener">p</a> s</p>\n'
    assert plain_text(body) == "p s"


def test_an_address_outside_stays_as_it_is() -> None:
    html = read("[x](https://example.com/help/paper) ![p](https://example.com/p.png) <jo@example.org>")
    assert 'href="https://example.com/help/paper"' in html
    assert 'loading="lazy"' in html


def test_a_bare_word_is_an_article_and_leads_nowhere_unseen(editor: Client) -> None:
    assert [ref_of(address) for address in ("reset", "reset#top")] == [Ref("article", "reset")] * 2
    assert [ref_of(address) for address in ("#top", "/demo/", "//other.example", "mailto:a@b.example")] == [None] * 4
    article = draft("Login", body="[Reset](nowhere-here)")
    refused = send(editor, "PATCH", f"/kb/articles/{article.public_id}", {"state": "published"}, 422)
    assert "nowhere-here" in str(refused)
