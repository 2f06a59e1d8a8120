"""The answers that the widget shows before anything is asked, and the one it opens."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from kb.live_index import article_card, code_card
from kb.models import Article, Audience, ErrorCode, EventKind, KnowledgeEvent
from kb.rendering import blocks, to_html
from kb.selectors import article_by_id, code_by_id, readable_articles
from kb.services import Suggestion

LOOK_BACK = timedelta(days=30)


def starters(*, locale: str, limit: int = 3) -> list[Suggestion]:
    """What helped most people in the last month, in this language; then the newest."""
    helped = Counter(
        KnowledgeEvent.objects.filter(
            kind__in=[EventKind.SOLVED, EventKind.OPENED], at__gte=timezone.now() - LOOK_BACK, article__isnull=False
        ).values_list("article", flat=True)[:2_000]
    )
    rows = list(readable_articles(Audience.PUBLIC).filter(locale=locale).order_by("-updated_at", "pk")[:200])
    rows.sort(key=lambda article: -helped[article.pk])
    return [_suggestion(article) for article in rows[:limit]]


def readable_by_widget(*, public_id: str) -> dict[str, Any] | None:
    """A public answer as blocks and as clean HTML; None when it is not (or no longer) public."""
    article = article_by_id(public_id=public_id, audience=Audience.PUBLIC)
    if article is not None:
        return _article_page(article)
    code = code_by_id(public_id=public_id, audience=Audience.PUBLIC)
    return _code_page(code) if code is not None else None


def _suggestion(article: Article) -> Suggestion:
    card = article_card(article)
    return Suggestion(card.id, card.kind, card.title, card.snippet, card.path, 1.0, card.text)


def _article_page(article: Article) -> dict[str, Any]:
    return {
        "id": article.public_id,
        "kind": "article",
        "title": article.title,
        "blocks": blocks(article.body),
        "html": to_html(article.body),
        "url": _suggestion(article).url,
    }


def _code_page(code: ErrorCode) -> dict[str, Any]:
    """Meaning, then what to do now: the order in which somebody in front of a device needs it."""
    parts = [{"t": "p", "text": code.cause}] if code.cause else []
    steps = [{"t": "ol", "text": step} for step in code.remedy]
    html = to_html("\n\n".join([code.cause, "\n".join(f"1. {step}" for step in code.remedy)]))
    card = code_card(code)
    return {
        "id": card.id,
        "kind": card.kind,
        "title": card.title,
        "blocks": parts + steps,
        "html": html,
        "url": f"{settings.PUBLIC_BASE_URL}{card.path}",
    }
