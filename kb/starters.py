"""The answers that the widget shows before anything is asked, and the one it opens."""

from datetime import timedelta
from functools import lru_cache
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from kb.advice import REASON, TO_CALL, TO_DO, in_language, severity_words, when_to_call
from kb.live_index import article_card, code_card
from kb.models import Article, Audience, ErrorCode, EventKind, KnowledgeEvent
from kb.rendering import Block, blocks, plain_text
from kb.selectors import Mark, article_by_id, code_by_id, newest_change, readable_articles
from kb.services import Suggestion

LOOK_BACK = timedelta(days=30)
KEPT_SECONDS = 60


def starters(*, locale: str, limit: int = 3) -> list[Suggestion]:
    """What helped most people in the last month, in this language; then the newest. Counted once a minute, and anew
    after each change of knowledge, so that nothing is shown that has been withdrawn."""
    return list(_kept_starters(locale, limit, newest_change(), int(monotonic() // KEPT_SECONDS)))


@lru_cache(maxsize=32)
def _kept_starters(locale: str, limit: int, change: Mark, minute: int) -> tuple[Suggestion, ...]:
    """The last two only say how long it holds."""
    readable = readable_articles(Audience.PUBLIC).filter(locale=locale)
    helped = _helped_most(readable, limit)
    newest = readable.exclude(pk__in=helped).order_by("-updated_at", "pk").values_list("pk", flat=True)
    keys = [*helped, *newest[: limit - len(helped)]]
    rows = readable.in_bulk(keys)
    return tuple(_suggestion(rows[key]) for key in keys if key in rows)


def _helped_most(readable: QuerySet[Article], limit: int) -> list[int]:
    """The keys of those that were opened or solved something most often, and of equal ones the newest first."""
    since = timezone.now() - LOOK_BACK
    events = KnowledgeEvent.objects.filter(kind__in=[EventKind.SOLVED, EventKind.OPENED], at__gte=since)
    counted = events.filter(article__in=readable.order_by().values("pk")).values("article")
    ranked = counted.annotate(times=Count("pk")).order_by("-times", "-article__updated_at", "article")
    return list(ranked.values_list("article", flat=True)[:limit])


def readable_by_widget(*, public_id: str) -> dict[str, Any] | None:
    """A public answer as blocks; None when it is not (or no longer) public."""
    article = article_by_id(public_id=public_id, audience=Audience.PUBLIC)
    if article is not None:
        return _article_page(article)
    code = code_by_id(public_id=public_id, audience=Audience.PUBLIC)
    return _code_page(code) if code is not None else None


def _suggestion(article: Article) -> Suggestion:
    card = article_card(article, plain_text(article.body))
    return Suggestion(card.id, card.kind, card.title, card.snippet, card.path, 1.0, card.text, card.audience)


def _article_page(article: Article) -> dict[str, Any]:
    return {
        "id": article.public_id,
        "kind": "article",
        "title": article.title,
        "blocks": blocks(article.body),
        "url": _suggestion(article).url,
    }


def _code_page(code: ErrorCode) -> dict[str, Any]:
    """How bad it is, what to do now, when to stop and call, then why: the order in which somebody in front of a
    device needs it. The title says what the code means."""
    to_do, to_call, reason = (in_language(words, code.locale) for words in (TO_DO, TO_CALL, REASON))
    pieces: list[Block] = [{"t": "p", "text": f"{severity_words(code)}."}]
    if code.remedy:
        steps: list[Block] = [{"t": "ol", "text": step, "n": number} for number, step in enumerate(code.remedy, 1)]
        pieces += [{"t": "h", "text": to_do}, *steps]
    pieces += [{"t": "h", "text": to_call}, {"t": "p", "text": when_to_call(code)}]
    if code.cause:
        pieces += [{"t": "h", "text": reason}, {"t": "p", "text": code.cause}]
    card = code_card(code)
    return {
        "id": card.id,
        "kind": card.kind,
        "title": card.title,
        "blocks": pieces,
        "url": f"{settings.PUBLIC_BASE_URL}{card.path}",
    }
