"""What knowledge learns from people whom it has helped: their question, kept with the answer, ranks it next time.

An agent or an editor says so by themselves. A customer does when the search had given this answer anyway; else a second
one must say the same, or an editor accept it: nobody bends the ranking alone.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from interaction_center.errors import ForbiddenError, InvalidError, NotFoundError
from kb.changes import knowledge_changed
from kb.checks import storable
from kb.models import Article, Audience, CodeState, ErrorCode, LearnedQuestion, QuestionSource, QuestionState
from kb.questions import MAX_QUESTION, Remembered, is_telling, question_key, question_of, surplus, without_personal_data
from kb.selectors import page_of

MAX_QUESTIONS = 40  # of one answer and state
Answer = Article | ErrorCode


@transaction.atomic
def learn_question(
    *,
    target: str,
    text: str,
    locale: str,
    source: str,
    reader: str = "",
    private: Collection[str] = (),
    suggested: bool = False,
) -> LearnedQuestion | None:
    """Keeps with an answer what somebody asked whom it has helped; None when there is nothing to learn.

    target     public id of an answer that readers see now: what is a draft or was taken back learns nothing
    text       what they wrote, greeting and all; only the question of it is kept
    reader     who says so if it is a customer, as a keyed hash: it takes two of them where `suggested` is False
    private    names and numbers of whoever asked, which must not be kept
    suggested  the search itself gives this answer to this question
    """
    question = question_of([storable(text)], private)
    answer = _locked_answer(target, shown=True) if question else None
    if answer is None or (source == QuestionSource.SOLVED and answer.audience == Audience.INTERNAL):
        return None
    known = _known(answer, question)
    if known is None:
        state = QuestionState.ACTIVE if suggested or source != QuestionSource.SOLVED else QuestionState.WAITING
        return _told(_new(answer, question, locale, source, state, reader), answer)
    before = known.state
    return _told(_again(known, source, reader, suggested=suggested), answer, before)


@transaction.atomic
def add_question(*, target: str, text: str, locale: str, publisher: bool = True) -> LearnedQuestion:
    """An editor says what else this answer is asked with. Raises InvalidError by field; what was removed comes back.

    `publisher`: whether they may decide what readers find; else it waits for somebody who may.
    """
    question = " ".join(without_personal_data(storable(text)).split())
    answer = _locked_answer(target)
    wrong = {} if answer else {"answer": "choose an article or error code"}
    if not is_telling(question) or len(question) > MAX_QUESTION:
        wrong["text"] = f"a question of two telling words at least and {MAX_QUESTION} characters at most"
    if wrong or answer is None:
        raise InvalidError("Please correct the marked fields.", **wrong)
    known, state = _known(answer, question), QuestionState.ACTIVE if publisher else QuestionState.WAITING
    if known is None:
        return _told(_new(answer, question, locale, QuestionSource.EDITOR, state), answer)
    before = known.state
    state = QuestionState.ACTIVE if before == QuestionState.ACTIVE else state
    return _told(_saved(known, state, QuestionSource.EDITOR), answer, before)


@transaction.atomic
def review_question(*, question: LearnedQuestion, state: str, publisher: bool = True) -> LearnedQuestion:
    """An editor lets a question rank, lets it wait, or removes it for ever. Raises InvalidError.

    `publisher`: whether they may decide what readers find; else ForbiddenError for what ranks now or would then.
    """
    if state not in QuestionState.values:
        raise InvalidError("Please correct the marked fields.", state="one of " + ", ".join(QuestionState.values))
    answer = _locked_answer(answer_behind(question).public_id)
    known = LearnedQuestion.objects.select_for_update().filter(pk=question.pk).first()
    if answer is None or known is None:
        raise NotFoundError("There is no such question any more.")
    before = known.state
    if not publisher and QuestionState.ACTIVE in (before, state):
        words = "Only who may publish decides which questions rank. Leave it waiting, and ask a knowledge editor."
        raise ForbiddenError(words, "needs_publisher", permission="publish_knowledge", state=state)
    source = QuestionSource.EDITOR if state == QuestionState.ACTIVE else QuestionSource.SOLVED
    return _told(_saved(known, state, source), answer, before)


def answer_behind(question: LearnedQuestion) -> Answer:
    """The article or error code that it is kept with; one query unless it was read with the question."""
    answer = question.article or question.error_code
    assert answer is not None  # noqa: S101 - a constraint says so
    return answer


def question_page(
    *, state: str = "", article: str = "", cursor: str = "", limit: int = 50
) -> tuple[list[LearnedQuestion], str | None]:
    """The editors' list, the newest first; `article` is the public id of an article or error code."""
    rows = LearnedQuestion.objects.select_related("article", "error_code__product")
    rows = rows.filter(state=storable(state)) if state else rows
    if article:
        named = storable(article)
        rows = rows.filter(Q(article__public_id=named) | Q(error_code__public_id=named))
    return page_of(rows, cursor, limit)


def _locked_answer(public_id: str, *, shown: bool = False) -> Answer | None:
    """Locked by everybody before its questions: two who teach it at once are counted one after the other, and nobody
    waits crosswise. `no_key` as in `kb.articles`.

    shown  only if readers see it now
    """
    articles = Article.objects.select_for_update(no_key=True).filter(public_id=storable(public_id))
    codes = ErrorCode.objects.select_for_update(no_key=True).filter(public_id=storable(public_id))
    if shown:
        articles, codes = articles.filter(live=True), codes.filter(state=CodeState.PUBLISHED)
    return articles.first() or codes.first()


def _kept_with(answer: Answer) -> Mapping[str, Any]:
    return {"article": answer} if isinstance(answer, Article) else {"error_code": answer}


def _known(answer: Answer, question: str) -> LearnedQuestion | None:
    kept = LearnedQuestion.objects.select_for_update().filter(key=question_key(question), **_kept_with(answer))
    return kept.first()


def _new(answer: Answer, question: str, locale: str, source: str, state: str, reader: str = "") -> LearnedQuestion:
    return LearnedQuestion.objects.create(
        text=question,
        key=question_key(question),
        locale=locale[:8],
        source=source,
        state=state,
        last_visitor=reader if state == QuestionState.WAITING else "",
        last_at=timezone.now(),
        **_kept_with(answer),
    )


def _again(known: LearnedQuestion, source: str, reader: str, *, suggested: bool) -> LearnedQuestion:
    """Counted. One that waits has found its second reader, or somebody who need not wait; a removed one stays so."""
    known.times += 1
    known.last_at = timezone.now()
    second = bool(reader and known.last_visitor and known.last_visitor != reader)
    is_confirmed = suggested or second or source != QuestionSource.SOLVED
    if known.state == QuestionState.REMOVED or not is_confirmed:
        return _saved(known, known.state)
    return _saved(known, QuestionState.ACTIVE, source)


def _saved(known: LearnedQuestion, state: str, source: str = QuestionSource.SOLVED) -> LearnedQuestion:
    """What a customer said and somebody of the staff confirms is theirs from then on. Once it is settled, nobody need
    know any more who said it first."""
    known.state = state
    if known.source == QuestionSource.SOLVED:
        known.source = source
    if state != QuestionState.WAITING:
        known.last_visitor = ""
    known.save()
    return known


def _told(learned: LearnedQuestion, answer: Answer, before: str = "") -> LearnedQuestion:
    """Where it ranks now and did not, or the other way round. The counter of changes is moved last: all wait there."""
    _give_up_surplus(answer, learned.state)
    if QuestionState.ACTIVE in (before, learned.state) and before != learned.state:
        knowledge_changed(answer)
    return learned


def _give_up_surplus(answer: Answer, state: str) -> None:
    """What was removed is kept without end: else it could be learnt again."""
    if state == QuestionState.REMOVED:
        return
    kept = LearnedQuestion.objects.filter(state=state, **_kept_with(answer)).order_by("-last_at", "-pk")
    gone = surplus(_remembered(kept), MAX_QUESTIONS)
    if gone:
        LearnedQuestion.objects.filter(pk__in=[question.id for question in gone]).delete()


def _remembered(rows: QuerySet[LearnedQuestion]) -> Sequence[Remembered]:
    found = rows.values_list("pk", "text", "source")
    return [Remembered(pk, text, source != QuestionSource.SOLVED) for pk, text, source in found]
