"""What search engines are told."""

import gzip
import xml.etree.ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client

from kb import site_map
from kb.catalogue import write_category
from kb.models import Article
from tests.kb.builders import error_code, published
from tests.portal.readers import page, told_to_machines

pytestmark = pytest.mark.django_db
XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def read_map(path: str) -> ET.Element:
    """One file of the map."""
    response = Client().get(path)
    assert response.headers["Content-Type"] == "application/xml"
    return ET.fromstring(response.content)


def urls(root: ET.Element) -> list[str]:
    """Every address that it names, below our own."""
    base = settings.PUBLIC_BASE_URL
    return [(place.text or "").removeprefix(base) for place in root.iterfind(".//s:loc", XML)]


def all_urls() -> list[str]:
    """Every address of the whole map."""
    return [url for file in urls(read_map("/sitemap.xml")) for url in urls(read_map(file))]


def test_robots_are_told_what_is_for_people_who_work_here_and_where_the_map_is() -> None:
    lines = Client().get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /console/" in lines
    assert not any(line.startswith("Disallow: /help") for line in lines)
    assert f"Sitemap: {settings.PUBLIC_BASE_URL}/sitemap.xml" in lines


def test_the_map_names_every_public_page_in_each_language_in_which_it_exists() -> None:
    write_category(names={"en": "Paper"})
    published("Change the paper", slug="paper-change", category="paper")
    published("Papier wechseln", slug="paper-change", locale="de")
    error_code("E-04", "Aurora MR")
    assert sorted(all_urls()) == [
        "/help/de/",
        "/help/de/code/",
        "/help/de/paper-change",
        "/help/en/",
        "/help/en/code/",
        "/help/en/code/aurora-mr/",
        "/help/en/code/aurora-mr/e04",
        "/help/en/paper-change",
        "/help/en/topic/paper",
    ]


def test_each_address_of_the_map_answers() -> None:
    published("Change the paper")
    error_code("E-04", "Aurora MR")
    for url in all_urls():
        assert Client().get(url).status_code == 200


def test_the_map_says_when_a_page_changed_and_where_its_other_language_is() -> None:
    article = published("Change the paper", slug="paper")
    published("Papier wechseln", slug="paper", locale="de")
    when = Article.objects.order_by("-published_at").values_list("published_at", flat=True)[0]
    first = read_map("/sitemap/articles/1.xml").findall("s:url", XML)[0]
    assert when
    assert article.published_at
    assert first.findtext("s:lastmod", "", XML)[:19] == when.isoformat()[:19]
    others = {link.get("hreflang"): (link.get("href") or "")[-14:] for link in first.findall("x:link", XML)}
    assert others == {"en": "/help/en/paper", "de": "/help/de/paper", "x-default": "8000/help/paper"[-14:]}


def test_a_long_map_comes_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_map, "PAGE", 2)
    for number in range(5):
        published(f"Paper {number}")
    files = [file for file in urls(read_map("/sitemap.xml")) if "articles" in file]
    assert files == [f"/sitemap/articles/{number}.xml" for number in (1, 2, 3)]
    assert [url for file in files for url in urls(read_map(file))] == [f"/help/en/paper-{n}" for n in range(5)]


@pytest.mark.parametrize(
    "path",
    ["articles/0.xml", "articles/2.xml", f"articles/{'9' * 20}.xml", "people/1.xml", "articles/-1.xml", "start/2.xml"],
)
def test_a_map_that_there_is_not_is_not_found(path: str) -> None:
    published("Paper")
    assert Client().get(f"/sitemap/{path}").status_code == 404


def test_the_map_is_small_on_the_wire_and_kept() -> None:
    for number in range(10):
        published(f"Paper {number}")
    response = Client().get("/sitemap/articles/1.xml", headers={"Accept-Encoding": "gzip"})
    assert b"paper-9" in gzip.decompress(response.content)
    again = Client().get("/sitemap/articles/1.xml", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_a_page_names_its_one_address_and_its_other_languages() -> None:
    published("Change the paper", slug="paper")
    published("Papier wechseln", slug="paper", locale="de")
    published("Only English", slug="only")
    base = settings.PUBLIC_BASE_URL
    html = page("/help/de/paper?q=papier&said=no")
    assert f'<link rel="canonical" href="{base}/help/de/paper">' in html
    assert f'<link rel="alternate" hreflang="en" href="{base}/help/en/paper">' in html
    assert f'<link rel="alternate" hreflang="x-default" href="{base}/help/paper">' in html
    html = page("/help/de/only")
    assert f'<link rel="canonical" href="{base}/help/en/only">' in html
    assert 'hreflang="de" href="http' not in html


def test_answers_of_a_search_are_no_page_of_their_own() -> None:
    assert '<meta name="robots" content="noindex">' in page("/help/en/?q=paper")
    assert "noindex" not in page("/help/en/")


def test_an_article_tells_machines_where_it_stands_and_its_steps() -> None:
    write_category(names={"en": "Paper"})
    published("Change the paper", body="Well:\n\n1. Open the tray\n2. Close it", summary="Quick", category="paper")
    way, text, steps = told_to_machines(page("/help/en/change-the-paper"))
    assert [one["name"] for one in way["itemListElement"]] == ["Help centre", "Paper", "Change the paper"]
    assert (text["@type"], text["headline"], text["description"]) == ("TechArticle", "Change the paper", "Quick")
    assert [step["text"] for step in steps["step"]] == ["Open the tray", "Close it"]


def test_a_code_tells_machines_its_steps() -> None:
    error_code("E-04", "Aurora MR", remedy=("Stop scanning.",))
    way, steps = told_to_machines(page("/help/en/code/aurora-mr/e04"))
    assert [one["name"] for one in way["itemListElement"]] == ["Help centre", "Aurora MR", "E-04"]
    assert [step["text"] for step in steps["step"]] == ["Stop scanning."]


def test_questions_with_their_answers_are_told_where_both_are_shown() -> None:
    write_category(names={"en": "Paper"})
    published("How do I change the paper?", slug="how", summary="Open the tray.", category="paper")
    for path in ("/help/en/", "/help/en/topic/paper"):
        html = page(path)
        asked = next(one for one in told_to_machines(html) if one["@type"] == "FAQPage")["mainEntity"][0]
        assert asked["name"] == "How do I change the paper?"
        assert asked["acceptedAnswer"]["text"] == "Open the tray."
        assert html.count("Open the tray.") >= 2


def test_a_title_cannot_break_out_of_the_data() -> None:
    title = "</script><script>alert(1)</script><!-- & \u2028"
    published(title, slug="evil")
    html = page("/help/en/evil")
    assert "<script>alert" not in html
    assert told_to_machines(html)[1]["headline"] == title
