"""What readers do with knowledge: ask it before a person is asked, and tell what became of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from interaction_center.access.models import User
from interaction_center.errors import InvalidError
from kb.checks import storable
from kb.live_index import LIVE_INDEX, Card
from kb.models import Article, Audience, Door, ErrorCode, EventKind, KnowledgeEvent
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
    audience  "public" for everybody, "customer" for who is signed in; "internal" also finds what only staff may read
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
