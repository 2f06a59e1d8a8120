"""Learned questions over HTTP: editors only."""

import pytest
from django.test import Client

from interaction_center.access.models import Permission
from kb.learning import learn_question
from kb.models import LearnedQuestion
from kb.services import suggest
from tests.kb.api_client import person, send
from tests.kb.builders import error_code, published

pytestmark = pytest.mark.django_db
ASKED = "Where does the magazine of the dry laser go?"


@pytest.fixture
def editor() -> Client:
    return person(Permission.WORK_QUEUE, Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)


def test_an_editor_sees_accepts_and_removes_what_was_learnt(editor: Client) -> None:
    article = published("Change the paper")
    learn_question(target=article.public_id, text=ASKED, locale="en", source="solved", reader="a")
    item = send(editor, "GET", "/kb/questions?state=waiting", {}, 200)["items"][0]
    assert {name: item[name] for name in ("text", "source", "state", "times", "answer")} == {
        "text": ASKED,
        "source": "solved",
        "state": "waiting",
        "times": 1,
        "answer": {"id": article.public_id, "kind": "article", "title": "Change the paper"},
    }
    assert send(editor, "PATCH", f"/kb/questions/{item['id']}", {"state": "active"}, 200)["state"] == "active"
    assert [found.id for found in suggest(ASKED)] == [article.public_id]
    send(editor, "PATCH", f"/kb/questions/{item['id']}", {"state": "removed"}, 200)
    assert suggest(ASKED) == []


def test_an_editor_adds_a_question_to_an_article_or_code(editor: Client) -> None:
    code = error_code("E-04")
    added = send(editor, "POST", "/kb/questions", {"text": ASKED, "answer": code.public_id, "locale": "en"}, 201)
    assert (added["source"], added["state"], added["answer"]["kind"]) == ("editor", "active", "code")
    assert [found.id for found in suggest(ASKED)] == [code.public_id]
    listed = send(editor, "GET", f"/kb/questions?article={code.public_id}", {}, 200)
    assert [item["id"] for item in listed["items"]] == [added["id"]]


def test_what_is_wrong_is_said_by_field(editor: Client) -> None:
    wrong = send(editor, "POST", "/kb/questions", {"text": "E-04", "answer": "nothing"}, 422)
    assert set(wrong["details"]) == {"text", "answer"}
    learn_question(target=published().public_id, text=ASKED, locale="en", source="inserted")
    question = LearnedQuestion.objects.get().public_id
    assert set(send(editor, "PATCH", f"/kb/questions/{question}", {"state": "shiny"}, 422)["details"]) == {"state"}
    send(editor, "PATCH", "/kb/questions/nothing", {"state": "active"}, 404)


def test_nobody_but_editors_reads_what_others_asked() -> None:
    agent = person(Permission.WORK_QUEUE, Permission.SUPERVISE, Permission.MANAGE_SETTINGS)
    learn_question(target=published().public_id, text=ASKED, locale="en", source="inserted")
    path = f"/kb/questions/{LearnedQuestion.objects.get().public_id}"
    for client, status in ((agent, 403), (Client(), 401)):
        send(client, "GET", "/kb/questions", {}, status)
        send(client, "POST", "/kb/questions", {"text": ASKED, "answer": "x"}, status)
        send(client, "PATCH", path, {"state": "removed"}, status)
    assert LearnedQuestion.objects.get().state == "active"


def test_what_readers_asked_and_missed_is_told_to_nobody_outside() -> None:
    editor_only = person(Permission.EDIT_KNOWLEDGE)
    for client, status in ((Client(), 401), (editor_only, 403)):
        assert "counts" not in send(client, "GET", "/reports/deflection", {}, status)
