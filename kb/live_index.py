"""The search index of this process: made from what is published, kept up with what is written.

Readers of the public index can find nothing internal, not even by a spelling guess: it never held the words.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

from django.db import connections
from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from kb.advice import TO_CALL, TO_DO, in_language, severity_words, when_to_call
from kb.models import Article, ErrorCode, KnowledgeFile, LearnedQuestion, QuestionState
from kb.policy import READERS, audiences_of
from kb.rendering import plain_text
from kb.search.codes import fold_code, is_strong
from kb.search.documents import Document, Hit
from kb.search.index import Index
from kb.selectors import Changes, Mark, changes_since, newest_change, readable_articles, readable_codes

log = logging.getLogger(__name__)

FEW_DOCUMENTS = 1_000  # are indexed anew at once, which is exact: what is hidden in a base still counts for rarity
MANY_CHANGES = 200
MAX_ANSWERS, LONGEST_KEPT = 5_000, 200  # answers, and characters of their questions: a mail is asked once
MAX_FILE_CODES = 50  # they stand beside the title, and must not drown it
_CODE = re.compile(r"\b[A-Z]{1,4}[-_.]?\d{1,6}[A-Z]?\b")
MAX_FILE_WORDS = 20_000  # characters: more of a text is not read by the index
_Row = TypeVar("_Row", Article, ErrorCode)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Card:
    """What a hit is shown as. `path` is below the public address of the centre."""

    id: str
    kind: str
    title: str
    snippet: str
    path: str
    text: str
    audience: str


Found = list[tuple[Hit, Card]]
Entry = tuple[Document, Card]


@dataclass(frozen=True, slots=True)
class Library:
    """One audience's index with the cards of its documents; never changed, so an answer that was given stays right."""

    index: Index
    cards: Mapping[str, Card]
    _answers: dict[tuple[str, str, str, int, float], Found] = field(default_factory=dict)

    def find(self, text: str, *, device: str, locale: str, limit: int, threshold: float) -> Found:
        """The answers, best first. People begin alike ("how do I"), and ask again by sending what they typed."""
        asked = (text.strip(), device, locale, limit, threshold)
        found = self._answers.get(asked)
        if found is None:
            hits = self.index.search(text, device=device, locale=locale, limit=limit, threshold=threshold)
            found = [(hit, self.cards[hit.id]) for hit in hits]
            if len(self._answers) >= MAX_ANSWERS:
                self._answers.clear()
            if len(text) <= LONGEST_KEPT:
                self._answers[asked] = found
        return found


def in_a_thread(make: Callable[[], None]) -> None:
    """Beside the questions that come in; its database connection ends with it."""

    def run() -> None:
        try:
            make()
        except Exception:
            log.exception("A new search index could not be made; the next question tries again")
        finally:
            connections.close_all()

    Thread(target=run, name="search-index", daemon=True).start()


class LiveIndex:
    """Holds a library per audience. `check_every` is in seconds: how long a change elsewhere may stay unseen.

    What was written is put beside the index that is there. When that has become much, or cannot be told any more, a new
    one is made by `aside`, and what is there answers until then: a hundred thousand documents take many seconds.
    """

    def __init__(self, *, check_every: float = 0.5, aside: Callable[[Callable[[], None]], None] = in_a_thread) -> None:
        self.check_every = check_every
        self._libraries: dict[str, Library] = {}
        self._mark = Mark()
        self._checked_at = float("-inf")
        self._lock = Lock()
        self._aside, self._is_making = aside, False
        self._made: tuple[Mark, dict[str, Library]] | None = None

    def library(self, audience: str) -> Library:
        """The library for these readers, not older than `check_every`. While one loads, others use the old one."""
        if not self._libraries:
            with self._lock:
                self._refresh()
        elif monotonic() - self._checked_at >= self.check_every and self._lock.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._lock.release()
        return self._libraries[audiences_of(audience)[-1]]

    def forget(self) -> None:
        """Looks for changes again at the next question: something was changed in this process."""
        self._checked_at = float("-inf")

    def _refresh(self) -> None:
        checked_at = monotonic()
        self._take_made()
        if not self._libraries or len(self) < FEW_DOCUMENTS:
            self._keep_few()
        else:
            self._keep_many(changes_since(self._mark))
        self._checked_at = checked_at

    def _keep_few(self) -> None:
        mark = newest_change()
        if not self._libraries or mark != self._mark:
            self._libraries, self._mark = _load_all(), mark

    def _keep_many(self, changes: Changes) -> None:
        if not changes.is_known:
            self._libraries, self._mark = _load_all(), changes.newest
        elif changes.written is not None:
            self._libraries = _renew_all(self._libraries, changes.written) if changes.written else self._libraries
            self._mark = changes.newest
        if (changes.written is None or self._is_worn()) and changes.is_known and not self._is_making:
            self._is_making = True
            self._aside(self._make)
            self._take_made()

    def __len__(self) -> int:
        return max((len(library.index) for library in self._libraries.values()), default=0)

    def _is_worn(self) -> bool:
        changes = max(library.index.changes for library in self._libraries.values())
        return changes > max(MANY_CHANGES, len(self) // 20)

    def _make(self) -> None:
        """The mark first: what is written while it loads is read again afterwards."""
        try:
            mark = newest_change()
            self._made = mark, _load_all()
        finally:
            self._is_making = False

    def _take_made(self) -> None:
        if self._made and not self._is_making:
            (self._mark, self._libraries), self._made = self._made, None


def _load_all() -> dict[str, Library]:
    """One for each audience; those that may read the same share it, for an index is large."""
    return _for_all(_load)


def _renew_all(libraries: Mapping[str, Library], written: Set[str]) -> dict[str, Library]:
    """With what was written read again. Even a library that was shared so far becomes an own one by it."""
    return _for_all(lambda audience: _renewed(libraries[audience], audience, written))


def _for_all(make: Callable[[str], Library]) -> dict[str, Library]:
    libraries: dict[str, Library] = {}
    narrower = ""
    for audience in READERS:
        is_same = narrower and not _has_own(audience)
        libraries[audience] = libraries[narrower] if is_same else make(audience)
        narrower = audience
    return libraries


def _has_own(audience: str) -> bool:
    """Whether there is something that these readers may see and narrower ones may not."""
    articles, codes = (
        rows.filter(audience=audience) for rows in (readable_articles(audience), readable_codes(audience))
    )
    return articles.exists() or codes.exists()


def _load(audience: str) -> Library:
    documents, cards = _entries(readable_articles(audience), readable_codes(audience))
    return Library(Index(documents), cards)


def _renewed(library: Library, audience: str, written: Set[str]) -> Library:
    """With what was written read again: what is not readable any more is gone."""
    articles = readable_articles(audience).filter(public_id__in=written)
    documents, cards = _entries(articles, readable_codes(audience).filter(public_id__in=written))
    kept = {name: card for name, card in library.cards.items() if name not in written}
    index = library.index.changed(documents, removed=written - set(cards))
    return Library(index, kept | cards)


def _entries(rows: QuerySet[Article], codes: QuerySet[ErrorCode]) -> tuple[list[Document], dict[str, Card]]:
    articles = list(rows)
    prefetch_related_objects(articles, Prefetch("files", KnowledgeFile.objects.exclude(text="")))
    asked, reported = _learned(rows, "article"), _learned(codes, "error_code")
    built = [_built(article_entry, one, asked.get(one.pk, ())) for one in articles]
    built += [_built(code_entry, one, reported.get(one.pk, ())) for one in codes]
    entries = [entry for entry in built if entry]
    return [document for document, _ in entries], {card.id: card for _, card in entries}


def _built(make: Callable[[_Row, Sequence[str]], Entry], row: _Row, questions: Sequence[str]) -> Entry | None:
    """None when it can't be: one bad text must not take the search of all others down."""
    try:
        return make(row, questions)
    except Exception:
        log.exception("%s %s is left out of the search: it can't be read", row._meta.label, row.public_id)
        return None


def _learned(rows: QuerySet[Any], answer: str) -> dict[int, list[str]]:
    """The questions that were learnt for these answers, by primary key: one query. They are searched, never shown."""
    ranking = LearnedQuestion.objects.filter(state=QuestionState.ACTIVE, **{f"{answer}__in": rows.values("pk")})
    found: dict[int, list[str]] = {}
    for key, text in ranking.order_by("-last_at", "-pk").values_list(answer, "text"):
        found.setdefault(key, []).append(text)
    return found


def article_entry(article: Article, questions: Sequence[str]) -> Entry:
    """What is searched and what is shown; its Markdown is read once for both."""
    text = plain_text(article.body)
    return article_document(article, text, questions), article_card(article, text)


def code_entry(code: ErrorCode, questions: Sequence[str]) -> Entry:
    return code_document(code, questions), code_card(code)


def article_document(article: Article, text: str, questions: Sequence[str] = ()) -> Document:
    """With the words of the files that its text shows: what else is there may belong to its next version."""
    files = "\n".join(file.text for file in article.files.all() if file.public_id in article.body)
    category = article.category.name_in(article.locale) if article.category else ""
    return Document(
        id=article.public_id,
        group=f"article:{article.slug}",
        title=article.title,
        body=f"{article.summary}\n{text}\n{files[:MAX_FILE_WORDS]}",
        locale=article.locale,
        keywords=" ".join([article.keywords, category, *_codes_in(files)]),
        devices=devices_of(article),
        questions=tuple(questions),
    )


def code_document(code: ErrorCode, questions: Sequence[str] = ()) -> Document:
    return Document(
        id=code.public_id,
        group=f"code:{code.product.key}:{code.code_key}",
        title=code.meaning,
        body=f"{code.cause}\n" + "\n".join(code.remedy),
        locale=code.locale,
        codes=(code.code,),
        devices=(code.product.name,),
        questions=tuple(questions),
    )


def article_card(article: Article, text: str) -> Card:
    """`text` is its body as plain text."""
    return Card(
        id=article.public_id,
        kind="article",
        title=article.title,
        snippet=article.summary or _first_words(text),
        path=article_path(article),
        text=text,
        audience=article.audience,
    )


def code_card(code: ErrorCode) -> Card:
    return Card(
        id=code.public_id,
        kind="code",
        title=f"{code.code} · {code.meaning} ({code.product})",
        snippet=_first_words(" ".join(code.remedy) or code.cause),
        path=code_path(code),
        text=_code_text(code),
        audience=code.audience,
    )


def _code_text(code: ErrorCode) -> str:
    """All that somebody in front of the device must know: meaning, how bad it is, steps, when to stop and call."""
    to_do, to_call = (in_language(words, code.locale) for words in (TO_DO, TO_CALL))
    lines = [f"{code.code} ({code.product}): {code.meaning}", f"{severity_words(code)}."]
    steps = ["", f"{to_do}:", *_numbered(code.remedy)] if code.remedy else []
    return "\n".join([*lines, *steps, "", f"{to_call}:", when_to_call(code)])


def devices_of(article: Article) -> tuple[str, ...]:
    """The names of the device families and models that it is about."""
    return (
        *(product.name for product in article.products.all()),
        *(model.name for model in article.device_models.all()),
    )


def article_path(article: Article) -> str:
    """Where the portal shows it."""
    return f"/help/{article.locale}/{article.slug}"


def code_path(code: ErrorCode) -> str:
    """Where the portal shows it."""
    return f"/help/{code.locale}/code/{code.product.key}/{code.code_key}"


def _numbered(steps: list[str]) -> list[str]:
    return [f"{number}. {step}" for number, step in enumerate(steps, 1)]


def _codes_in(text: str) -> list[str]:
    """The first codes that an attached text writes as devices do, such as “QX-4711”: letters, then a number."""
    found = dict.fromkeys(code for code in _CODE.findall(text) if is_strong(fold_code(code)))
    return list(found)[:MAX_FILE_CODES]


def _first_words(text: str, limit: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"


LIVE_INDEX = LiveIndex()
