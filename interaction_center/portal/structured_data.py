"""What search engines read beside the page: schema.org as JSON-LD. It says what the page says, nothing more.

A data block is no script: browsers never run it, and no policy has to allow it. So it needs no nonce, with which every
page would be another one and none could be kept.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from kb.live_index import article_path, code_path
from kb.models import Article, ErrorCode
from kb.rendering import blocks

Thing = dict[str, Any]
# "</script>" or "<!--" in a title must not end the block: written so, it is the same JSON and no markup.
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_HOME = ("Help centre", "Hilfe-Center")


def script(*things: Thing | None) -> SafeString:
    """The content of the script element; "" when there is nothing to say."""
    told = [{"@context": "https://schema.org", **thing} for thing in things if thing]
    return SafeString(json.dumps(told, ensure_ascii=False).translate(_ESCAPES) if told else "")


def of_article(article: Article, written: datetime) -> SafeString:
    """Where it stands, what it is, and its steps when it has any."""
    category = article.category
    place = [(_word(_HOME, article.locale), _url("help", article.locale))]
    if category:
        url = _url("help-topic", article.locale, category.slug)
        place.append((category.name_in(article.locale), url))
    steps = [block["text"] for block in blocks(article.body) if block["t"] == "ol"]
    text: Thing = {
        "@type": "TechArticle",
        "headline": article.title,
        "inLanguage": article.locale,
        "dateModified": written.isoformat(),
        "url": url_of(article),
    }
    if article.summary:
        text["description"] = article.summary
    return script(breadcrumbs([*place, (article.title, url_of(article))]), text, how_to(article.title, steps))


def of_code(code: ErrorCode) -> SafeString:
    """Where it stands, and the steps."""
    family = (code.product.name, _url("help-family", code.locale, code.product.key))
    title = f"{code.code} ({code.product.name}): {code.meaning}"
    place = [(_word(_HOME, code.locale), _url("help", code.locale)), family]
    url = f"{settings.PUBLIC_BASE_URL}{code_path(code)}"
    return script(breadcrumbs([*place, (code.code, url)]), how_to(title, code.remedy))


def breadcrumbs(places: Iterable[tuple[str, str]]) -> Thing:
    """The way from the help centre to this page: (name, address)."""
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": url}
        for number, (name, url) in enumerate(places, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def how_to(name: str, steps: Sequence[str]) -> Thing | None:
    """Numbered steps."""
    if not steps:
        return None
    told = [{"@type": "HowToStep", "position": number, "text": step} for number, step in enumerate(steps, 1)]
    return {"@type": "HowTo", "name": name, "step": told}


def questions(answers: Iterable[tuple[str, str, str]]) -> Thing | None:
    """(question, answer, address of the whole answer) for those whose answer stands on the page."""
    told = [
        {"@type": "Question", "name": question, "acceptedAnswer": {"@type": "Answer", "text": answer, "url": url}}
        for question, answer, url in answers
        if answer
    ]
    return {"@type": "FAQPage", "mainEntity": told} if told else None


def search_box(url: str, locale: str) -> Thing:
    """That this site can be searched, and how."""
    target = {"@type": "EntryPoint", "urlTemplate": f"{url}?q={{search_term_string}}"}
    search = {"@type": "SearchAction", "target": target, "query-input": "required name=search_term_string"}
    return {
        "@type": "WebSite",
        "name": _word(_HOME, locale),
        "url": url,
        "inLanguage": locale,
        "potentialAction": search,
    }


def url_of(article: Article) -> str:
    """Its whole address."""
    return f"{settings.PUBLIC_BASE_URL}{article_path(article)}"


def _url(name: str, *where: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse(name, args=where)}"


def _word(words: tuple[str, str], locale: str) -> str:
    return words[1] if locale.startswith("de") else words[0]
