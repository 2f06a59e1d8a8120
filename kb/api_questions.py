"""Learned questions over HTTP, for editors: see them, let them rank, remove them, add one."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from interaction_center.access.doors import require
from interaction_center.access.models import Permission
from interaction_center.errors import NotFoundError
from kb import learning
from kb.models import Article, LearnedQuestion

router = Router(tags=["knowledge"])


class AnswerOut(Schema):
    """The article or error code that a question is kept with."""

    id: str
    kind: str
    title: str


class QuestionOut(Schema):
    """`state`: active ones rank, waiting ones need a second reader or an editor, removed ones stay so."""

    id: str
    text: str
    locale: str
    source: str
    state: str
    times: int
    last_at: datetime
    answer: AnswerOut


class QuestionList(Schema):
    items: list[QuestionOut]
    next: str | None


class QuestionIn(Schema):
    """A question that an article or error code (`answer`: its id) answers."""

    text: str
    answer: str
    locale: str = ""


class QuestionPatch(Schema):
    state: str


@router.get("/kb/questions", response=QuestionList)
def list_questions(
    request: HttpRequest, state: str = "", article: str = "", cursor: str = "", limit: int = 50
) -> dict[str, Any]:
    """What was learnt, the newest first. `article` is the id of an article or error code."""
    require(request, Permission.EDIT_KNOWLEDGE)
    rows, following = learning.question_page(state=state, article=article, cursor=cursor, limit=limit)
    return {"items": [_wire(question) for question in rows], "next": following}


@router.post("/kb/questions", response={201: QuestionOut})
def add_question(request: HttpRequest, data: QuestionIn) -> Status[dict[str, Any]]:
    """A question of an editor; it ranks at once. Without `publish_knowledge` it waits for somebody who has it."""
    publisher = require(request, Permission.EDIT_KNOWLEDGE).can(Permission.PUBLISH_KNOWLEDGE)
    added = learning.add_question(target=data.answer, text=data.text, locale=data.locale, publisher=publisher)
    return Status(201, _wire(added))


@router.patch("/kb/questions/{question_id}", response=QuestionOut)
def review_question(request: HttpRequest, question_id: str, data: QuestionPatch) -> dict[str, Any]:
    """Let it rank (active), wait (waiting), or never come back (removed). What ranks now, or would then, needs
    `publish_knowledge`."""
    publisher = require(request, Permission.EDIT_KNOWLEDGE).can(Permission.PUBLISH_KNOWLEDGE)
    found = LearnedQuestion.objects.filter(public_id=question_id).first()
    if found is None:
        raise NotFoundError("There is no such question.")
    return _wire(learning.review_question(question=found, state=data.state, publisher=publisher))


def _wire(question: LearnedQuestion) -> dict[str, Any]:
    answer = learning.answer_behind(question)
    kind, title = ("article", answer.title) if isinstance(answer, Article) else ("code", f"{answer.code} · {answer}")
    names = ("text", "locale", "source", "state", "times", "last_at")
    return {name: getattr(question, name) for name in names} | {
        "id": question.public_id,
        "answer": {"id": answer.public_id, "kind": kind, "title": title},
    }
