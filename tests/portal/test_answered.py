"""“That answers it”: one press on a page closes the request, once."""

import pytest
import time_machine
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from interaction_center.queue.answer_links import LINK_AGE, answer_link
from interaction_center.queue.models import Interaction
from interaction_center.queue.services import reopen
from kb.models import KnowledgeEvent, LearnedQuestion
from tests.access.builders import a_user
from tests.console.builders import a_mail
from tests.kb.builders import published

pytestmark = pytest.mark.django_db


def a_link() -> tuple[Interaction, str]:
    article = published("Change the paper")
    interaction = a_mail("How do I change the paper? Yours, Kim")
    return interaction, answer_link(interaction=interaction.public_id, answer=article.public_id)


def press(link: str) -> HttpResponse:
    return Client().post("/answered/", {"token": link})  # type: ignore[return-value]


def state(interaction: Interaction) -> str:
    interaction.refresh_from_db()
    return interaction.state


def test_opening_the_page_alone_closes_nothing() -> None:
    interaction, _ = a_link()
    assert Client().get("/answered/").status_code == 200
    assert state(interaction) == "waiting"


@pytest.mark.parametrize("whole", [True, False])
def test_a_press_closes_the_request_counts_and_teaches(whole: bool) -> None:
    interaction, link = a_link()
    assert b"Your request is closed" in press(link if whole else link.split("#t=")[1]).content
    assert state(interaction) == "closed"
    event = KnowledgeEvent.objects.get()
    assert (event.kind, event.door, event.article) == ("solved", "mail", event.article)
    assert LearnedQuestion.objects.get().text == "How do I change the paper?"


def test_a_link_works_once_even_when_the_request_was_opened_again() -> None:
    interaction, link = a_link()
    press(link)
    reopen(interaction=interaction, user=a_user())
    again = press(link)
    assert (again.status_code, state(interaction)) == (409, "waiting")
    assert b"closed already" in again.content
    assert KnowledgeEvent.objects.count() == 1


def test_what_somebody_has_closed_already_counts_for_no_page() -> None:
    _interaction, link = a_link()
    Interaction.objects.update(state="closed", closed_at=timezone.now())
    assert press(link).status_code == 409
    assert not KnowledgeEvent.objects.exists()


def test_no_link_closes_the_request_of_another() -> None:
    _interaction, link = a_link()
    other = a_mail("Another printer", sender="jo@example.org")
    press(link)
    assert state(other) == "waiting"


FOREIGN = ["", "nonsense", "a:b:c", "\x00", signing.dumps(["x", "y"]), signing.dumps("x")]


@pytest.mark.parametrize("token", FOREIGN, ids=range(len(FOREIGN)))
def test_a_wrong_token_gets_a_sentence_and_closes_nothing(token: str) -> None:
    interaction, _ = a_link()
    response = press(token)
    assert (response.status_code, state(interaction)) == (422, "waiting")
    assert b"Nothing was changed" in response.content


def test_an_old_link_closes_nothing() -> None:
    interaction, link = a_link()
    with time_machine.travel(timezone.now() + LINK_AGE * 1.1):
        assert press(link).status_code == 422
    assert state(interaction) == "waiting"


def test_a_foreign_page_cannot_press() -> None:
    _, link = a_link()
    assert Client(enforce_csrf_checks=True).post("/answered/", {"token": link}).status_code == 403


def test_a_page_opened_from_a_mail_counts_for_the_mail() -> None:
    published("Change the paper", slug="paper")
    Client().get("/help/en/paper?from=mail")
    assert list(KnowledgeEvent.objects.values_list("kind", "door")) == [("opened", "mail")]
