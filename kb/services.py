"""What readers do with knowledge: ask it before a person is asked, and tell what became of it."""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from interaction_center.access.models import User
from interaction_center.errors import InvalidError
from interaction_center.lock_patience import lock_patience
from kb.checks import storable
from kb.learning import learn_question
from kb.live_index import Card
from kb.models import Article, Audience, Door, ErrorCode, EventKind, KnowledgeEvent, QuestionSource
from kb.questions import MAX_QUESTION, without_personal_data
from kb.search.documents import Hit
from kb.search.fold import terms_of
from kb.search.index import THRESHOLD
from kb.search_process import SEARCH, Asked
from kb.selectors import is_recorded

logger = logging.getLogger(__name__)
LIMIT = 3  # more answers than these are work to read
PATIENCE_MS = 100  # a page that people wait for is worth more than one reader in a report
CHECKED_ANSWERS = 10  # as many as the longest list that readers see


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
    text: str,
    *,
    device: str = "",
    locale: str = "",
    audience: str = Audience.PUBLIC,
    limit: int = LIMIT,
    threshold: float = THRESHOLD,
) -> list[Suggestion]:
    """Answers to what somebody wrote, best first; [] means that knowledge has none and a person must be asked.

    device     what it is about, if known (a device family)
    locale     the reader's language, preferred where the answer exists in both
    audience   "public" for everybody, "customer" for who is signed in; "internal" also finds what only staff may read
    threshold  how sure an answer must be; less than the default is for lists in which people look on by themselves
    """
    asked = Asked(text, device, locale, audience, limit, threshold)
    return [_suggestion(hit, card) for hit, card in SEARCH.find(asked)]


async def asuggest(text: str, *, locale: str = "") -> list[Suggestion]:
    """The same for everybody, on the loop."""
    found = await SEARCH.afind(Asked(text, "", locale, Audience.PUBLIC, LIMIT, THRESHOLD))
    return [_suggestion(hit, card) for hit, card in found]


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
    reader: str = "",
    private: Collection[str] = (),
    user: User | None = None,
    at: datetime | None = None,
    waits: bool = True,
) -> bool:
    """Keeps what became of a suggestion, once per `key` (any text up to 64 characters); False when it was known.

    target    the id of a suggestion; a wrong one is ignored rather than refused: the article may be deleted meanwhile
    question  what they asked. With SOLVED it is learnt, see `kb.learning`
    visitor   any id of who asked, the same at every door for a day; kept as a keyed hash only
    reader    what tells one customer from another and is hard to change, such as their network address; else `visitor`
    private   names and numbers of whoever asked, which are not kept
    waits     False for what a page only tells by the way: while others write it is given up, which is False too
    Raises InvalidError for an unknown kind or door, or a key that is empty or too long.
    """
    key, target = storable(key), storable(target)
    if kind not in EventKind.values or door not in Door.values or not 0 < len(key) <= 64:
        raise InvalidError("This can't be recorded.", kind=kind, door=door, key="1 to 64 characters")
    if is_recorded(key):  # before any lock: most events are told again and again
        return False
    moment = at or timezone.now()
    values: dict[str, Any] = {
        "kind": kind,
        "door": door,
        "article": Article.objects.filter(public_id=target).first() if target else None,
        "error_code": ErrorCode.objects.filter(public_id=target).first() if target else None,
        "question": _kept_words(question, private),
        "locale": locale[:8],
        "visitor": _hash(visitor),
        "user": user,
        "at": moment,
        "day": timezone.localdate(moment, timezone.get_default_timezone()),
    }
    keep = partial(_keep, key, values, target, question, _hash(reader or visitor), private)
    return keep() if waits else _without_waiting(keep)


def _without_waiting(keep: Callable[[], bool]) -> bool:
    try:
        with lock_patience(PATIENCE_MS):
            return keep()
    except OperationalError:
        logger.info("An event of knowledge was not counted: the database was busy.")
        return False


@transaction.atomic
def _keep(
    key: str, values: Mapping[str, Any], target: str, question: str, reader: str, private: Collection[str]
) -> bool:
    is_new = KnowledgeEvent.objects.get_or_create(key=key, defaults=values)[1]
    if is_new and values["kind"] == EventKind.ASKED and values["visitor"]:
        solved = KnowledgeEvent.objects.filter(visitor=values["visitor"], kind=EventKind.SOLVED)
        solved.filter(at__lte=values["at"]).update(asked_anyway=True)
    if is_new and values["kind"] == EventKind.SOLVED and target and question:
        learn_question(
            target=target,
            text=question,
            locale=values["locale"],
            source=QuestionSource.SOLVED,
            reader=reader,
            private=private,
            suggested=_is_suggested(target, question, values["locale"]),
        )
    return is_new


def was_shown(*, question: str, door: str, visitor: str) -> bool:
    """Whether this visitor has asked this at this door and was given an answer; a `visitor` lasts a day."""
    asked = KnowledgeEvent.objects.filter(visitor=_hash(visitor), door=door, kind=EventKind.SHOWN)
    return bool(question) and asked.filter(question=_kept_words(question)).exists()


def add_reason(*, key: str, reason: str) -> None:
    """What a reader missed, added to the event that says so; the first reason stays."""
    text = _kept_words(reason)
    if text:
        KnowledgeEvent.objects.filter(key=storable(key), kind=EventKind.UNSOLVED, question="").update(question=text)


def _is_suggested(target: str, question: str, locale: str) -> bool:
    """Whether the search gives this answer to this question, for its code or for half of the words: a few words of
    the answer's own must not carry any others in."""
    found = suggest(question, locale=locale, audience=Audience.CUSTOMER, limit=CHECKED_ANSWERS)
    words = len(terms_of(question))
    return any(one.id == target and (one.code or 2 * len(one.words) >= words) for one in found)


def _hash(visitor: str) -> str:
    return salted_hmac("kb.visitor", visitor).hexdigest()[:32] if visitor else ""


def _kept_words(question: str, private: Collection[str] = ()) -> str:
    """Questions are read by editors: addresses, long numbers (phone, customer) and names are left out."""
    return without_personal_data(" ".join(storable(question[:600]).split()), private)[:MAX_QUESTION]
