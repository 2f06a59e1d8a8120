"""What can be done with knowledge: ask it before a person is asked, keep what became of it, write it."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import slugify

from interaction_center.access.models import User
from interaction_center.errors import ConflictError, InvalidError
from interaction_center.ids import public_id
from kb.live_index import LIVE_INDEX, Card
from kb.models import (
    Article,
    ArticleState,
    Audience,
    Door,
    ErrorCode,
    EventKind,
    KnowledgeEvent,
    KnowledgeStamp,
    Severity,
)
from kb.policy import next_state
from kb.search.codes import fold_code
from kb.search.documents import Hit

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
    code: str = ""
    words: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Its page on the public address of the centre; `path` is the same below it."""
        return f"{settings.PUBLIC_BASE_URL}{self.path}"

    def wire(self) -> dict[str, Any]:
        """The form in which every API hands it out."""
        reason: dict[str, Any] = {"code": self.code} if self.code else {"words": list(self.words)}
        fields = {name: getattr(self, name) for name in ("id", "kind", "title", "snippet", "url", "score", "text")}
        return fields | {"reason": reason}


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


def _without_personal_data(question: str) -> str:
    """Questions are read by editors: addresses and long numbers (phone, customer) are left out."""
    return _PERSONAL.sub("…", " ".join(question[:600].replace("\0", "").split()))[:300]


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


def create_article(*, fields: ArticleFields, by: User | None) -> Article:
    """A new draft. Raises InvalidError."""
    _check_article(fields)
    values = asdict(fields) | {"slug": fields.slug or _free_slug(fields.title, fields.locale)}
    with transaction.atomic():
        _refuse_taken_slug(values["slug"], fields.locale)
        article = Article.objects.create(**values, updated_by=by)
        _knowledge_changed()
    return article


def update_article(*, article: Article, fields: ArticleFields, by: User | None) -> Article:
    """Writes all fields; seen by readers at once when the article is published. Raises InvalidError."""
    _check_article(fields)
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        values = asdict(fields) | {"slug": fields.slug or article.slug}
        if (values["slug"], fields.locale) != (article.slug, article.locale):
            _refuse_taken_slug(values["slug"], fields.locale)
        for name, value in values.items():
            setattr(article, name, value)
        article.updated_by = by
        article.save()
        _knowledge_changed()
    return article


def move_article(*, article: Article, command: str, by: User | None) -> Article:
    """Publishes, retires or withdraws (back to draft) an article. Raises ConflictError when its state forbids it."""
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        state = next_state(article.state, command)
        if state is None:
            raise ConflictError(f"“{command}” is not possible: this article is {article.state}.", state=article.state)
        article.state, article.updated_by = state, by
        article.save(update_fields=["state", "updated_by", "updated_at"])
        _knowledge_changed()
    return article


def publish_article(*, article: Article, by: User | None) -> Article:
    """Readers find it within a second."""
    return move_article(article=article, command="publish", by=by)


def retire_article(*, article: Article, by: User | None) -> Article:
    """Nobody finds it any more; links to it answer "not found"."""
    return move_article(article=article, command="retire", by=by)


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


def upsert_error_code(*, fields: ErrorCodeFields) -> ErrorCode:
    """Writes the code, new or known by (device family, code, language). Raises InvalidError."""
    family_key, code_key = _slug(fields.device_family), fold_code(fields.code)
    _check_error_code(fields, family_key, code_key)
    values = {name: getattr(fields, name) for name in ErrorCodeFields.__slots__ if name != "locale"}
    values |= {"remedy": list(fields.remedy), "parts": list(fields.parts)}
    with transaction.atomic():
        code, _ = ErrorCode.objects.update_or_create(
            family_key=family_key, code_key=code_key, locale=fields.locale, defaults=values
        )
        _knowledge_changed()
    return code


def _knowledge_changed() -> None:
    """Every process sees the new stamp within its `check_every`, this one at once."""
    KnowledgeStamp.objects.update_or_create(pk=1, defaults={"value": public_id()})
    transaction.on_commit(LIVE_INDEX.forget)


def _check_article(fields: ArticleFields) -> None:
    wrong: dict[str, str] = {}
    if not fields.title.strip() or len(fields.title) > 200:
        wrong["title"] = "1 to 200 characters"
    if fields.slug and (_slug(fields.slug) != fields.slug or len(fields.slug) > 120):
        wrong["slug"] = "small letters, digits and hyphens, up to 120"
    if fields.locale not in dict(settings.LANGUAGES):
        wrong["locale"] = "one of " + ", ".join(dict(settings.LANGUAGES))
    if fields.audience not in Audience.values:
        wrong["audience"] = "public or internal"
    limits = {"summary": 300, "category": 80, "keywords": 500, "device_family": 80, "body": 200_000}
    wrong |= {name: f"at most {most} characters" for name, most in limits.items() if len(getattr(fields, name)) > most}
    if wrong:
        raise InvalidError("Please correct the marked fields.", **wrong)


def _check_error_code(fields: ErrorCodeFields, family_key: str, code_key: str) -> None:
    wrong: dict[str, str] = {}
    if not family_key or len(fields.device_family) > 80:
        wrong["device_family"] = "1 to 80 characters"
    if not code_key or len(fields.code) > 40:
        wrong["code"] = "1 to 40 characters with a letter or digit"
    if not fields.meaning.strip() or len(fields.meaning) > 300:
        wrong["meaning"] = "1 to 300 characters"
    if fields.locale not in dict(settings.LANGUAGES):
        wrong["locale"] = "one of " + ", ".join(dict(settings.LANGUAGES))
    for name, choices in (("severity", Severity), ("state", ArticleState), ("audience", Audience)):
        if getattr(fields, name) not in choices.values:
            wrong[name] = "one of " + ", ".join(choices.values)
    if wrong:
        raise InvalidError("Please correct the marked fields.", **wrong)


def _refuse_taken_slug(slug: str, locale: str) -> None:
    if Article.objects.filter(slug=slug, locale=locale).exists():
        raise InvalidError("Another article has this address already.", slug="already taken")


def _free_slug(title: str, locale: str) -> str:
    base = _slug(title)[:110] or "article"
    taken = set(Article.objects.filter(slug__startswith=base, locale=locale).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def _slug(text: str) -> str:
    """The text as part of an address; German letters as one writes them without an umlaut key."""
    for letter, spelt in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.lower().replace(letter, spelt)
    return slugify(text)
