"""What a customer reads: the search, shelves and articles. Everything works without scripts.

Drafts and what is not for this reader never show, not even by name.
"""

import re
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.encoding import escape_uri_path
from django.views.decorators.http import require_safe

from interaction_center.portal import structured_data
from interaction_center.portal.language import in_asked_language, language
from interaction_center.portal.pages import help_page, question_of, surroundings
from interaction_center.portal.records import record, record_search
from interaction_center.portal.related import inner_links, related
from interaction_center.portal.sign_in import reader_audience
from kb import browsing, selectors
from kb.models import Article, EventKind
from kb.rendering import to_html
from kb.search.index import THRESHOLD
from kb.services import suggest
from kb.starters import starters

RESULTS, POPULAR, PER_PAGE = 10, 5, 50
PERHAPS = 0.05  # how sure what stands below the answers must be; who reads a list chooses better than a threshold
SURE = 0.9  # for words that nobody has asked: those of an address that is wrong, of which one alone may be in any text
_FILE_TYPE = re.compile(r"\.\w{2,5}$")  # of an address of an older site; no word of its own
IS_TYPED = "HX-Request"  # sent while somebody types: counted when they stop (`records.asked`)


@require_safe
@in_asked_language
def home(request: HttpRequest) -> HttpResponse:
    """The first page: what this is and where to go."""
    return render(request, "portal/home.html", {"demo": settings.CONFIG.demo})


@require_safe
@help_page
def help_home(request: HttpRequest) -> HttpResponse:
    """The search, its results (?q=, so that they can be shared), else shelves, devices and what helped most."""
    question = question_of(request)
    context = surroundings(request, "help", locales=dict(settings.LANGUAGES))
    if not question:
        return render(request, "portal/help.html", context | _start(request, context))
    audience = reader_audience(request)
    found = suggest(question, locale=language(), audience=audience, limit=RESULTS, threshold=PERHAPS)
    results = [one for one in found if one.score >= THRESHOLD]
    if IS_TYPED not in request.headers:
        record_search(request, question, results)
    context |= {"results": results, "perhaps": found[len(results) :]}
    return render(request, "portal/help.html", context)


def _start(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    audience = reader_audience(request)
    popular = starters(locale=language(), limit=POPULAR)
    return {
        "shelves": browsing.shelves(locale=language(), audience=audience),
        "families": browsing.device_families(audience=audience),
        "popular": popular,
        "json_ld": structured_data.script(
            structured_data.search_box(settings.PUBLIC_BASE_URL + context["canonical"], language()),
            structured_data.questions([(one.title, one.snippet, one.url) for one in popular]),
        ),
    }


@require_safe
@help_page
def topic_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The articles of a category."""
    audience = reader_audience(request)
    shelf = browsing.shelf(slug=slug, locale=language(), audience=audience)
    if shelf is None:
        return missing(request)
    articles = browsing.articles_of_shelf(slug=slug, locale=language(), audience=audience)
    page = Paginator(articles, PER_PAGE).get_page(request.GET.get("page"))
    locales = browsing.shelf_locales(slug=slug, audience=audience)
    shown = [(article.title, article.summary, structured_data.url_of(article)) for article in page]
    context = {
        "shelf": shelf,
        "page": page,
        "json_ld": structured_data.script(structured_data.questions(shown)),
        **surroundings(request, "help-topic", slug, locales=locales),
    }
    return render(request, "portal/topic.html", context)


@require_safe
@help_page
def article_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One article, in the asked language where it exists."""
    audience = reader_audience(request)
    article = selectors.article_by_slug(slug=slug, locale=language(), audience=audience)
    if article is None:
        return _moved(request, slug)
    record(request, EventKind.OPENED, article.public_id, target=article.public_id, question=question_of(request))
    locales = browsing.article_locales(slug=slug, audience=audience)
    context = _article_context(article, audience)
    around = surroundings(request, "help-article", slug, locales=locales, locale=article.locale)
    return render(request, "portal/article.html", around | context | {"said": request.GET.get("said", "")})


def _article_context(article: Article, audience: str) -> dict[str, Any]:
    written = browsing.written_at(article)
    checked = article.published_at if article.published_at and article.published_at.date() > written.date() else None
    return {
        "article": article,
        "category": article.category,
        "category_name": article.category.name_in(article.locale) if article.category else "",
        "html": to_html(article.body, inner_links(article, audience)),
        "written": written,
        "checked": checked,
        "files": browsing.attachments(article),
        "related": related(article, audience),
        "json_ld": structured_data.of_article(article, written),
    }


def _moved(request: HttpRequest, slug: str) -> HttpResponse:
    """To its new address; else it is gone for good (410), or there is and was nothing for this reader (404)."""
    audience = reader_audience(request)
    moved = selectors.new_slug(slug=slug, audience=audience)
    if moved:
        return _lead_on(request, reverse("help-article", args=[language(), moved]), permanent=True)
    return missing(request, slug, status=410 if browsing.is_withdrawn(slug=slug, audience=audience) else 404)


@require_safe
@help_page
def no_page(request: HttpRequest, rest: str) -> HttpResponse:
    """An address below the help centre that means nothing, unless it has a slash too many or too few at its end."""
    path = request.path_info
    other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
    if resolve(other).func != resolve(path).func:
        return _lead_on(request, escape_uri_path(other))
    return missing(request, rest)


def _lead_on(request: HttpRequest, path: str, *, permanent: bool = False) -> HttpResponse:
    """To another address, with the question and all else that came with this one."""
    query = request.GET.urlencode()
    return redirect(f"{path}?{query}" if query else path, permanent=permanent)


def missing(request: HttpRequest, words: str = "", *, status: int = 404) -> HttpResponse:
    """There is no such page for this reader, and what the words of its address surely mean.

    Drafts and what is for others are not told apart from nothing.
    """
    words = " ".join(re.sub(r"[/_-]", " ", _FILE_TYPE.sub("", words)).split())
    audience = reader_audience(request)
    found = suggest(words, locale=language(), audience=audience, limit=RESULTS // 2, threshold=SURE) if words else []
    context = {"results": found, "is_gone": status == 410, **surroundings(request)}
    return render(request, "portal/missing.html", context, status=status)
