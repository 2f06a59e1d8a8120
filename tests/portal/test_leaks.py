"""What is not for everybody is nowhere: no byte of it in any answer of the portal."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kb.articles import ArticleFields, Saving, move_article, retire_article, update_article
from kb.catalogue import write_category
from kb.models import Article, KnowledgeEvent, KnowledgeFile
from tests.kb.builders import draft, error_code, published

pytestmark = pytest.mark.django_db
SECRET = "quokka"  # in each title, text, slug and file of what must not show
WHO_MAY_NOT = ("draft", "review", "scheduled", "retired", "internal", "customer", "revision")


def hidden_articles() -> dict[str, Article]:
    """One article of each kind that must not show, on the same shelf and device as the public one."""
    rows = {name: hidden_article(name) for name in WHO_MAY_NOT}
    move_article(article=rows["review"], command="submit", by=None)
    later = timezone.now() + timedelta(days=1)
    move_article(article=rows["scheduled"], command="schedule", by=None, publish_at=later)
    for name in ("retired", "internal", "customer", "revision"):
        move_article(article=rows[name], command="publish", by=None)
    retire_article(article=rows["retired"], by=None)
    secret = ArticleFields(locale="en", title=f"{SECRET} next", body=SECRET, slug="paper-revision", category="paper")
    update_article(article=rows["revision"], fields=secret, by=None, saving=Saving(state="draft"))
    return rows


def hidden_article(name: str) -> Article:
    """About paper, like the public one; of the revision alone only the next words are secret."""
    word = "plain" if name == "revision" else SECRET
    audience = name if name in ("internal", "customer") else "public"
    return draft(
        f"Change the paper {word}",
        slug=f"paper-{name}" if name == "revision" else f"paper-{SECRET}-{name}",
        summary=f"Paper {word}",
        body=f"1. Open the paper tray {word}",
        category="paper",
        products=("aurora-mr",),
        audience=audience,
    )


@pytest.fixture
def everything() -> dict[str, Article]:
    """A public article and code, and all that must not show beside them."""
    write_category(names={"en": "Paper"})
    write_category(names={"en": f"{SECRET} shelf"})
    shown = error_code("E-04", "Aurora MR").product
    error_code("E-05", "Aurora MR", meaning=SECRET, audience="internal")
    error_code("E-06", "Aurora MR", meaning=SECRET, audience="customer")
    error_code("E-07", "Aurora MR", meaning=SECRET, state="draft")
    error_code("E-04", f"{SECRET} device", meaning=SECRET, audience="internal")
    published("Change the paper", slug="paper", body="Open the tray", category="paper", products=(shown.key,))
    return hidden_articles()


def addresses(hidden: dict[str, Article]) -> Iterator[str]:
    """Every way into the portal, those to what is hidden included."""
    for language in ("en", "de"):
        base = f"/help/{language}"
        yield from (f"{base}/", f"{base}/topic/paper", f"{base}/topic/-", f"{base}/paper", f"{base}/paper-revision")
        yield from (f"{base}/?q=change+the+paper", f"{base}/?q=tray", f"{base}/?q=E-05", f"{base}/?q=helium")
        yield from (f"{base}/code/", f"{base}/code/aurora-mr/", f"{base}/code/aurora-mr/e04")
        yield from (f"{base}/code/?code=E-0{n}&device={d}" for n in range(4, 9) for d in ("", "aurora-mr", "x"))
        yield from (f"{base}/code/aurora-mr/e0{number}" for number in range(4, 9))
        yield from (f"{base}/code/aurora-mr/?find={word}" for word in ("E", "paper", "05"))
        yield from (f"{base}/paper-change", f"{base}/no/such/paper")
    yield from ("/robots.txt", "/sitemap.xml", "/help/style.css", "/")
    yield from (f"/sitemap/{name}/1.xml" for name in ("start", "articles", "topics", "codes", "devices"))


def test_no_byte_of_what_is_hidden_is_in_any_answer(everything: dict[str, Article]) -> None:
    for path in addresses(everything):
        for headers in ({}, {"HX-Request": "true"}):
            response = Client().get(path, headers=headers, follow=True)
            assert SECRET not in response.content.decode(), path
            assert SECRET not in str(response.headers), path


def test_an_address_of_what_is_hidden_tells_nothing(everything: dict[str, Article]) -> None:
    for name, article in everything.items():
        if name == "revision":
            continue
        response = Client().get(f"/help/en/{article.slug}")
        page = response.content.decode()
        assert response.status_code == (410 if name == "retired" else 404)
        assert re.sub(r'value="[^"]*"', "", page).count(SECRET) == 0, name


def test_not_even_who_asks_for_the_word_is_told_that_it_is_there(everything: dict[str, Article]) -> None:
    told = Client().get(f"/help/en/?q={SECRET}").content.decode()
    unknown = Client().get("/help/en/?q=wombat").content.decode()
    assert told.replace(SECRET, "wombat") == unknown
    assert SECRET not in Client().get("/help/en/?q=qokka").content.decode()


def test_a_revision_is_read_in_its_live_words(everything: dict[str, Article]) -> None:
    assert "Change the paper plain" in Client().get("/help/en/paper-revision").content.decode()


def test_a_renamed_article_that_is_hidden_is_not_given_away_by_its_old_address(everything: dict[str, Article]) -> None:
    fields = ArticleFields(locale="en", title="x", slug=f"new-{SECRET}", audience="internal")
    update_article(article=everything["internal"], fields=fields, by=None)
    response = Client().get(f"/help/en/paper-{SECRET}-internal")
    assert response.status_code == 404
    assert f"new-{SECRET}" not in str(response.headers) + response.content.decode()


def test_files_of_what_is_hidden_are_not_listed(everything: dict[str, Article]) -> None:
    values = {"content_type": "application/pdf", "size": 1, "sha256": "0" * 64, "filename": f"{SECRET}.pdf"}
    for article in everything.values():
        KnowledgeFile.objects.create(article=article, **values)
    for slug in ("paper", "paper-revision"):
        assert SECRET not in Client().get(f"/help/en/{slug}").content.decode()


def test_feedback_about_what_is_hidden_is_answered_like_any_other(everything: dict[str, Article]) -> None:
    for target in (everything["draft"].public_id, "nothing"):
        posted = {"helped": "yes", "target": target, "back": f"/help/en/{everything['draft'].slug}"}
        response = Client().post("/help/en/feedback/", posted)
        assert response.status_code == 302
    assert not KnowledgeEvent.objects.exists()
