"""What can be done with knowledge: ask it before a person is asked, keep what became of it, write it."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from interaction_center.access.models import User
from interaction_center.errors import ConflictError, InvalidError
from kb.checks import article_problems, error_code_problems, slug_of, storable
from kb.live_index import LIVE_INDEX, Card
from kb.models import (
    Article,
    ArticleState,
    Audience,
    Door,
    ErrorCode,
    EventKind,
    KnowledgeChange,
    KnowledgeEvent,
    Severity,
)
from kb.policy import COMMAND_TO, next_state
from kb.search.codes import fold_code
from kb.search.documents import Hit

KEPT_CHANGES = 1_000  # a process that has seen none of them loads everything anew
_PERSONAL = re.compile(r"\S+@\S+|\+?\d[\d /()-]{6,}\d")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An answer that is there already. `score` is 0..1; `code` or `words` say why; `text` can be sent as it is."""

    id: str
    kind: str
    title: str
    snippet: str
    path: str
    score: float
    text: str
    audience: str = Audience.PUBLIC
    code: str = ""
    words: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Its page on the public address of the centre; `path` is the same below it."""
        return f"{settings.PUBLIC_BASE_URL}{self.path}"

    def wire(self) -> dict[str, Any]:
        """The form in which every API hands it out."""
        reason: dict[str, Any] = {"code": self.code} if self.code else {"words": list(self.words)}
        names = ("id", "kind", "title", "snippet", "url", "score", "text", "audience")
        return {name: getattr(self, name) for name in names} | {"reason": reason}


def suggest(
    text: str, *, device: str = "", locale: str = "", audience: str = Audience.PUBLIC, limit: int = 3
) -> list[Suggestion]:
    """Answers to what somebody wrote, best first; [] means that knowledge has none and a person must be asked.

    device    what it is about, if known (a device family)
    locale    the reader's language, preferred where the answer exists in both
    audience  "public" for customers; "internal" also finds what only people who work here may read
    """
    library = LIVE_INDEX.library(audience)
    hits = library.index.search(text, device=device, locale=locale, limit=limit)
    return [_suggestion(hit, library.cards[hit.id]) for hit in hits]


def _suggestion(hit: Hit, card: Card) -> Suggestion:
    return Suggestion(
        id=card.id,
        kind=card.kind,
        title=card.title,
        snippet=card.snippet,
        path=card.path,
        score=hit.score,
        text=card.text,
        audience=card.audience,
        code=hit.code,
        words=hit.words,
    )


def record_event(
    *,
    kind: str,
    door: str,
    key: str,
    target: str = "",
    question: str = "",
    locale: str = "",
    visitor: str = "",
    user: User | None = None,
    at: datetime | None = None,
) -> bool:
    """Keeps what became of a suggestion, once per `key` (any text up to 64 characters); False when it was known.

    `target` is the id of a suggestion; a wrong one is ignored rather than refused, because the article may have been
    deleted meanwhile. `visitor` (any id of the visitor) is kept as a keyed hash only.
    Raises InvalidError for an unknown kind or door, or a key that is empty or too long.
    """
    key, target = storable(key), storable(target)
    if kind not in EventKind.values or door not in Door.values or not 0 < len(key) <= 64:
        raise InvalidError("This can't be recorded.", kind=kind, door=door, key="1 to 64 characters")
    values = {
        "kind": kind,
        "door": door,
        "article": Article.objects.filter(public_id=target).first() if target else None,
        "error_code": ErrorCode.objects.filter(public_id=target).first() if target else None,
        "question": _without_personal_data(question),
        "locale": locale[:8],
        "visitor": salted_hmac("kb.visitor", visitor).hexdigest()[:32] if visitor else "",
        "user": user,
        "at": at or timezone.now(),
    }
    return KnowledgeEvent.objects.get_or_create(key=key, defaults=values)[1]


def add_reason(*, key: str, reason: str) -> None:
    """What a reader missed, added to the event that says so; the first reason stays."""
    text = _without_personal_data(reason)
    if text:
        KnowledgeEvent.objects.filter(key=storable(key), kind=EventKind.UNSOLVED, question="").update(question=text)


def _without_personal_data(question: str) -> str:
    """Questions are read by editors: addresses and long numbers (phone, customer) are left out."""
    return _PERSONAL.sub("…", " ".join(storable(question[:600]).split()))[:300]


@dataclass(frozen=True, slots=True)
class ArticleFields:
    """What an editor writes. `slug` "" = made from the title; a translation takes the slug of its original."""

    locale: str
    title: str
    body: str = ""
    slug: str = ""
    summary: str = ""
    category: str = ""
    keywords: str = ""
    device_family: str = ""
    audience: str = Audience.PUBLIC


@dataclass(frozen=True, slots=True)
class ErrorCodeFields:
    """What an editor writes about a code of a device family, in one language."""

    device_family: str
    code: str
    locale: str
    meaning: str
    severity: str = Severity.FAULT
    cause: str = ""
    remedy: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    support_level: int = 1
    state: str = ArticleState.PUBLISHED
    audience: str = Audience.PUBLIC
    article: Article | None = None


def create_article(*, fields: ArticleFields, by: User | None, state: str = ArticleState.DRAFT) -> Article:
    """A new article, a draft unless told otherwise. Raises InvalidError."""
    values = _checked_article(fields)
    values["slug"] = values["slug"] or _free_slug(values["title"], values["locale"])
    with transaction.atomic():
        _refuse_taken_slug(values["slug"], values["locale"])
        article = Article.objects.create(**values, updated_by=by)
        _knowledge_changed(article)
        return _in_state(article, state, by)


def update_article(*, article: Article, fields: ArticleFields, by: User | None, state: str = "") -> Article:
    """Writes all fields and moves to `state` ("" = stays); readers of a published one see it at once.

    Raises InvalidError, or ConflictError when the state can't be reached.
    """
    values = _checked_article(fields)
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        values["slug"] = values["slug"] or article.slug
        if (values["slug"], values["locale"]) != (article.slug, article.locale):
            _refuse_taken_slug(values["slug"], values["locale"])
        for name, value in values.items():
            setattr(article, name, value)
        article.updated_by = by
        article.save()
        _knowledge_changed(article)
        return _in_state(article, state or article.state, by)


def move_article(*, article: Article, command: str, by: User | None) -> Article:
    """Publishes, retires or withdraws (back to draft) an article. Raises ConflictError when its state forbids it."""
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        state = next_state(article.state, command)
        if state is None:
            raise ConflictError(
                f"“{command}” is not possible: this article is {article.state}.",
                "article_state",
                state=article.state,
            )
        article.state, article.updated_by = state, by
        article.save(update_fields=["state", "updated_by", "updated_at"])
        _knowledge_changed(article)
    return article


def _in_state(article: Article, state: str, by: User | None) -> Article:
    if state not in ArticleState.values:
        _refuse({"state": "one of " + ", ".join(ArticleState.values)})
    return article if state == article.state else move_article(article=article, command=COMMAND_TO[state], by=by)


def publish_article(*, article: Article, by: User | None) -> Article:
    """Readers find it within a second."""
    return move_article(article=article, command="publish", by=by)


def retire_article(*, article: Article, by: User | None) -> Article:
    """Nobody finds it any more; links to it answer "not found"."""
    return move_article(article=article, command="retire", by=by)


def upsert_error_code(*, fields: ErrorCodeFields) -> ErrorCode:
    """Writes the code, new or known by (device family, code, language). Raises InvalidError."""
    values = {name: getattr(fields, name) for name in ErrorCodeFields.__slots__}
    values |= {name: storable(value) for name, value in values.items() if isinstance(value, str)}
    values |= {name: [storable(step) for step in values[name]] for name in ("remedy", "parts")}
    _refuse(error_code_problems(values))
    known_by: dict[str, Any] = {"family_key": slug_of(values["device_family"]), "code_key": fold_code(values["code"])}
    known_by["locale"] = values.pop("locale")
    with transaction.atomic():
        code, _ = ErrorCode.objects.update_or_create(**known_by, defaults=values)
        _knowledge_changed(code)
    return code


def _knowledge_changed(row: Article | ErrorCode) -> None:
    """Every process reads this row again within its `check_every`, this one at the next question.

    Writers wait for each other at the newest number, so that whoever has seen one has seen all before it.
    """
    newest = KnowledgeChange.objects.select_for_update().order_by("-number").first()
    number = newest.number + 1 if newest else 1
    KnowledgeChange.objects.create(number=number, targets=[row.public_id])
    KnowledgeChange.objects.filter(number__lte=number - KEPT_CHANGES).delete()
    transaction.on_commit(LIVE_INDEX.forget)


def _checked_article(fields: ArticleFields) -> dict[str, str]:
    values = {name: storable(value) for name, value in asdict(fields).items()}
    _refuse(article_problems(values))
    return values


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise InvalidError("Please correct the marked fields.", **problems)


def _refuse_taken_slug(slug: str, locale: str) -> None:
    if Article.objects.filter(slug=slug, locale=locale).exists():
        raise InvalidError("Another article has this address already.", slug="already taken")


def _free_slug(title: str, locale: str) -> str:
    base = slug_of(title)[:110] or "article"
    taken = set(Article.objects.filter(slug__startswith=base, locale=locale).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)
