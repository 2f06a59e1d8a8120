"""From shelf to shelf, without the search."""

import pytest
from django.test import Client
from django.utils import timezone
from markdown_it.token import Token

from kb.articles import ArticleFields, Saving, retire_article, update_article
from kb.catalogue import write_category
from kb.links import MARKDOWN
from kb.models import Article, ArticleVersion, KnowledgeEvent, KnowledgeFile
from kb.services import suggest
from tests.kb.builders import draft, error_code, published
from tests.portal.builders import a_browser_of
from tests.portal.readers import main_part, page

pytestmark = pytest.mark.django_db


def shelf(name: str = "Paper", **fields: str) -> str:
    """The slug of a new category."""
    return write_category(names={"en": name, "de": f"{name} (de)"}, descriptions={"en": f"All about {name}"}).slug


def test_a_shelf_is_shown_with_its_description_and_number_of_articles() -> None:
    slug = shelf()
    published("Change the paper", category=slug)
    published("Order paper", category=slug)
    html = main_part(page("/help/en/"))
    for words in ("/help/en/topic/paper", "All about Paper", "2 articles"):
        assert words in html


def test_an_empty_shelf_is_not_shown() -> None:
    shelf()
    draft("Change the paper", category="paper")
    assert "topic/paper" not in page("/help/en/")
    page("/help/en/topic/paper", status=404)


def test_what_belongs_to_no_shelf_is_found_all_the_same() -> None:
    published("Change the paper")
    assert "/help/en/topic/-" in page("/help/en/")
    assert "/help/en/change-the-paper" in main_part(page("/help/en/topic/-"))


def test_many_articles_come_in_pages() -> None:
    slug = shelf()
    for number in range(51):
        published(f"Paper {number:02}", category=slug)
    assert "/help/en/paper-50" not in main_part(page("/help/en/topic/paper"))
    assert "/help/en/paper-50" in main_part(page("/help/en/topic/paper?page=2"))


def test_an_article_leads_back_to_its_shelf() -> None:
    published("Change the paper", category=shelf())
    assert '<a href="/help/en/topic/paper">Paper</a>' in page("/help/en/change-the-paper")


def test_what_is_about_the_same_comes_first_among_the_related() -> None:
    slug = shelf()
    error_code("E-04", "Aurora MR")
    published("Fill up the helium of the scanner", category=slug, products=("aurora-mr",))
    published("A first one", category=slug)
    published("Helium of the scanner runs low", category=slug, products=("aurora-mr",))
    html = page("/help/en/helium-of-the-scanner-runs-low").partition('id="related-title"')[2]
    assert 0 < html.index("Fill up the helium") < html.index("A first one")


def test_when_the_words_were_written_is_told_whatever_editors_do_since() -> None:
    article = published("Change the paper")
    long_ago = timezone.now().replace(year=2020, month=3, day=4)
    ArticleVersion.objects.update(at=long_ago)
    new = ArticleFields(locale="en", title="New")
    update_article(article=article, fields=new, by=None, saving=Saving(state="draft"))
    Article.objects.update(published_at=long_ago.replace(year=2021))
    html = page("/help/en/change-the-paper")
    assert "4 March 2020</time> · Last checked on" in html
    assert "4 March 2021" in html


def a_file(article: Article, filename: str = "Manual 3T.pdf", **fields: str | bool) -> KnowledgeFile:
    """A file of an article."""
    values = {"content_type": "application/pdf", "size": 2048, "sha256": "0" * 64} | fields
    return KnowledgeFile.objects.create(article=article, filename=filename, **values)


def test_the_files_that_an_article_links_to_are_listed_but_not_its_pictures_nor_those_of_a_draft() -> None:
    article = draft("Change the paper")
    manual, picture = a_file(article), a_file(article, "tray.png", is_image=True)
    a_file(article, "secret.pdf")
    body = f"See [the manual](file:{manual.public_id}).\n\n![tray](file:{picture.public_id})"
    saving = Saving(state="published")
    update_article(
        article=article, fields=ArticleFields(locale="en", title=article.title, body=body), by=None, saving=saving
    )
    html = page("/help/en/change-the-paper").partition('id="files-title"')[2]
    assert f'href="/help/files/{manual.public_id}/Manual%203T.pdf"' in html
    assert "2.0\xa0KB" in html
    assert "tray.png" not in html
    assert "secret.pdf" not in html


def test_links_inside_an_article_lead_to_pages_of_its_language() -> None:
    published("Order paper", slug="order")
    error_code("E-04", "Aurora MR")
    published("Change the paper", slug="paper", body="[a](article:order) [b](code:aurora-mr/E-04)")
    html = page("/help/de/paper")
    assert '<a href="/help/en/order"' in html
    assert '<a href="/help/en/code/aurora-mr/e04"' in html


def test_the_text_of_an_article_is_taken_apart_once_for_all_its_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    published("Order paper", slug="order")
    published("Change the paper", slug="paper")
    suggest("paper")  # the index has read everything for itself
    Article.objects.filter(slug="paper").update(body="1. [Order](article:order)\n2. Words that nothing has read yet")
    parsed: list[str] = []
    parse = MARKDOWN.parse

    def counted(text: str) -> list[Token]:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(MARKDOWN, "parse", counted)
    pages = [main_part(page("/help/en/paper")) for _ in range(3)]
    assert len(parsed) == 1
    assert len({html.partition("</article>")[0] for html in pages}) == 1


def test_a_kept_page_follows_what_its_links_lead_to() -> None:
    target = published("Order paper", slug="order")
    published("Change the paper", slug="paper", body="[Order](article:order) ![plan](https://a.example/p.png)")
    assert 'href="/help/en/order"' in page("/help/en/paper")
    retire_article(article=target, by=None)
    assert "<p>Order <img" in page("/help/en/paper")


def test_a_withdrawn_article_is_gone_and_its_words_with_it() -> None:
    published("Order paper for the printer")
    article = published("Printer paper secret", slug="printer-paper", body="Never again")
    retire_article(article=article, by=None)
    html = page("/help/en/printer-paper", status=410)
    assert "withdrawn" in html
    assert "/help/en/order-paper-for-the-printer" in html
    assert "secret" not in html
    assert "Never again" not in html


def test_what_never_went_live_is_not_told_apart_from_nothing() -> None:
    retire_article(article=draft("Plans", slug="plans"), by=None)
    retire_article(article=published("Inside", slug="inside", audience="internal"), by=None)
    for slug in ("plans", "inside", "nothing"):
        page(f"/help/en/{slug}", status=404)


def test_an_article_that_was_only_inside_is_not_named_when_it_is_opened_after_its_end() -> None:
    for slug, audience in (("inside", "internal"), ("signed-in", "customer")):
        article = retire_article(article=published("Plans", slug=slug, audience=audience), by=None)
        update_article(article=article, fields=ArticleFields(locale="en", title="Plans"), by=None)
    customer = a_browser_of("jo@example.org")
    page("/help/en/inside", status=404)
    page("/help/en/signed-in", status=404)
    page("/help/en/inside", status=404, client=customer)
    page("/help/en/signed-in", status=410, client=customer)


def test_an_article_that_was_opened_once_is_gone_for_those_who_read_it() -> None:
    article = published("Plans", slug="plans", audience="internal")
    article = update_article(article=article, fields=ArticleFields(locale="en", title="Plans"), by=None)
    retire_article(article=article, by=None)
    page("/help/en/plans", status=410)


def test_a_missing_page_searches_for_the_words_of_its_address() -> None:
    published("Change the paper of the printer", slug="printer-paper-change")
    html = main_part(page("/help/en/how-to/change-the_paper.html", status=404))
    assert "/help/en/printer-paper-change" in html


def test_old_addresses_lead_to_the_language_that_they_name_for_good() -> None:
    published("Change the paper", slug="paper")
    for old, new in (
        ("/help/paper?lang=de", "/help/de/paper"),
        ("/help/?lang=de&q=a+b", "/help/de/?q=a+b"),
        ("/help/code/aurora/e04?lang=en", "/help/en/code/aurora/e04"),
        ("/help/code/aurora/e04/?lang=en", "/help/en/code/aurora/e04"),
    ):
        response = Client().get(old)
        assert (response.status_code, response.headers["Location"]) == (301, new)


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("/help/de", "/help/de/"),
        ("/help/en?q=a+b", "/help/en/?q=a+b"),
        ("/help/en/code", "/help/en/code/"),
        ("/help/en/code?code=E-04", "/help/en/code/aurora-mr/e04"),
        ("/help/en/code/aurora-mr", "/help/en/code/aurora-mr/"),
        ("/help/en/code/aurora-mr/e04/", "/help/en/code/aurora-mr/e04"),
        ("/help/en/paper/?q=tray", "/help/en/paper?q=tray"),
        ("/help/paper/?q=tray", "/help/en/paper?q=tray"),
        ("/help/en/topic/printing/", "/help/en/topic/printing"),
    ],
)
def test_a_slash_too_many_or_too_few_leads_to_the_page(path: str, end: str) -> None:
    write_category(names={"en": "Printing"})
    published("Change the paper", slug="paper", category="printing")
    error_code("E-04", "Aurora MR")
    response = Client().get(path, follow=True)
    assert (response.status_code, response.redirect_chain[-1][0]) == (200, end)


@pytest.mark.parametrize(
    "path", ["/help/en/a/b", "/help/en/a/b/", "/help/en/a//", "/help/en/%0d%0aX:/", "/help/en/a%3Fb/"]
)
def test_what_means_nothing_with_and_without_a_slash_is_missing(path: str) -> None:
    assert Client().get(f"/help/en/{path}", follow=True).status_code == 404


def test_a_renamed_article_takes_the_question_and_the_door_along() -> None:
    article = published("Change the paper", slug="paper")
    update_article(article=article, fields=ArticleFields(locale="en", title="Paper", slug="sheets"), by=None)
    response = Client().get("/help/en/paper?q=tray+is+empty&from=mail")
    assert (response.status_code, response.headers["Location"]) == (301, "/help/en/sheets?q=tray+is+empty&from=mail")


def test_an_address_without_a_language_leads_to_the_readers() -> None:
    response = Client().get("/help/paper", headers={"Accept-Language": "de-AT"})
    assert (response.status_code, response.headers["Location"]) == (302, "/help/de/paper")


def test_a_question_goes_along_from_page_to_page() -> None:
    article = published("Change the paper", slug="paper")
    html = page("/help/en/paper?q=tray+is+empty")
    assert '<input type="hidden" name="question" value="tray is empty">' in html
    posted = {"helped": "yes", "target": article.public_id, "back": "/help/en/paper", "question": "tray is empty"}
    response = Client().post("/help/en/feedback/", posted)
    assert response.headers["Location"] == "/help/en/paper?said=yes&q=tray+is+empty#feedback"
    assert KnowledgeEvent.objects.get(kind="opened").question == "tray is empty"


def test_pages_of_others_cannot_vote() -> None:
    article = published("Change the paper", slug="paper")
    posted = {"helped": "yes", "target": article.public_id, "back": "/help/en/paper"}
    for path in ("feedback", "asked"):
        response = Client().post(f"/help/en/{path}/", posted, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
    assert not KnowledgeEvent.objects.exists()


def test_what_was_typed_is_counted_when_its_answers_were_looked_at() -> None:
    article = published("Change the paper", slug="paper")
    for typed in ("chan", "change the pap", "change the paper"):
        Client().get(f"/help/en/?q={typed}", headers={"HX-Request": "true"})
    assert not KnowledgeEvent.objects.exists()
    for asked in ("change the paper", "unicorn saddle", ""):
        assert Client().post("/help/en/asked/", {"q": asked}).status_code == 204
    kept = set(KnowledgeEvent.objects.values_list("kind", "article", "question"))
    assert kept == {("shown", article.pk, "change the paper"), ("zero_hit", None, "unicorn saddle")}


def test_who_has_signed_in_finds_what_is_for_customers_and_it_is_kept_nowhere() -> None:
    published("Replace the filter", slug="filter", body="Turn it left.", audience="customer", category=shelf("Care"))
    carla = a_browser_of("carla@example.org")
    for path in ("/help/en/", "/help/en/?q=replace+the+filter", "/help/en/topic/care", "/help/en/filter"):
        response = carla.get(path)
        assert response.headers["Cache-Control"] == "private, no-store"
        assert "topic/care" in response.content.decode() or "Replace the filter" in response.content.decode()
        assert "Replace the filter" not in Client().get(path).content.decode()
