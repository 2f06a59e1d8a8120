"""What knowledge says beside a conversation is counted once and learnt from."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interaction_center.access.models import User
from interaction_center.queue.models import Interaction
from interaction_center.queue.services import reply
from interaction_center.routing.services import take_interaction
from kb.models import KnowledgeEvent, LearnedQuestion
from kb.services import suggest
from tests.access.builders import a_user, an_api_key, signed_in, with_key
from tests.console.builders import a_mail, get, post
from tests.kb.builders import published
from tests.kb.conftest import fresh_index

__all__ = ["fresh_index"]

pytestmark = pytest.mark.django_db
ASKED = "Hello,\nwhere does the magazine of the dry laser go?\nKind regards\nKim Customer"


@pytest.fixture
def anna() -> User:
    return a_user()


@pytest.fixture
def client(anna: User) -> Client:
    return signed_in(anna)


def suggestions(client: Client, interaction: Interaction) -> list[str]:
    found = get(client, f"/interactions/{interaction.public_id}/suggestions")
    return [item["title"] for item in found["items"]]


def insert(client: Client, interaction: Interaction, target: str) -> None:
    post(client, f"/interactions/{interaction.public_id}/suggestions/{target}/inserted")


def events() -> list[tuple[str, str, str]]:
    return list(KnowledgeEvent.objects.order_by("pk").values_list("kind", "door", "question"))


def test_the_question_of_an_inserted_answer_ranks_it_next_time(client: Client) -> None:
    article = published("Change the paper")
    interaction = a_mail(ASKED, subject="A question")
    insert(client, interaction, article.public_id)
    learned = LearnedQuestion.objects.get()
    assert (learned.text, learned.source) == ("where does the magazine of the dry laser go?", "inserted")
    assert [found.title for found in suggest("magazine of a dry laser")] == ["Change the paper"]


def test_inserting_it_twice_teaches_it_once(client: Client) -> None:
    article = published("Change the paper")
    interaction = a_mail(ASKED)
    for _ in range(2):
        insert(client, interaction, article.public_id)
    assert LearnedQuestion.objects.get().times == 1


def test_the_name_of_the_customer_is_not_learnt(client: Client) -> None:
    article = published("Change the paper")
    insert(client, a_mail("Can Customer order film for Kim at the clinic?"), article.public_id)
    assert LearnedQuestion.objects.get().text == "Can … order film for … at the clinic?"


def test_the_newest_message_that_asks_is_what_was_answered(client: Client) -> None:
    article = published("Change the paper")
    interaction = a_mail("How do I order more film?")
    a_mail(ASKED, thread=(interaction.public_id,))
    a_mail("Hello?", thread=(interaction.public_id,))
    insert(client, interaction, article.public_id)
    assert LearnedQuestion.objects.get().text == "where does the magazine of the dry laser go?"


def test_what_an_agent_is_shown_counts_once_for_each_question(client: Client) -> None:
    published("Change the paper of the printer")
    interaction = a_mail("How do I change the paper?")
    for _ in range(3):
        assert suggestions(client, interaction) == ["Change the paper of the printer"]
    assert events() == [("shown", "console", "How do I change the paper?")]
    a_mail("And how do I change the paper of the printer?", thread=(interaction.public_id,))
    suggestions(client, interaction)
    assert [kind for kind, *_ in events()] == ["shown", "shown"]


def test_a_question_without_an_answer_is_told_to_the_editors_without_names(client: Client) -> None:
    interaction = a_mail("How can Kim Customer connect a unicorn saddle?", subject="")
    for _ in range(2):
        assert suggestions(client, interaction) == []
    assert events() == [("zero_hit", "console", "How can … connect a unicorn saddle?")]


def test_a_greeting_is_no_missing_article(client: Client) -> None:
    suggestions(client, a_mail("Hello!", subject=""))
    assert events() == []


def test_a_program_that_reads_suggestions_is_not_counted_as_an_agent() -> None:
    published("Change the paper of the printer")
    interaction = a_mail("How do I change the paper?")
    _key, token = an_api_key()
    assert suggestions(with_key(token), interaction) == ["Change the paper of the printer"]
    assert events() == []


def test_looking_again_costs_the_same_for_a_long_conversation(client: Client, anna: User) -> None:
    published("Change the paper of the printer")
    interaction = a_mail("How do I change the paper?")
    costs = []
    for number in range(3):
        suggestions(client, interaction)
        with CaptureQueriesContext(connection) as queries:
            suggestions(client, interaction)
        costs.append(len(queries))
        interaction.refresh_from_db()
        take_interaction(interaction=interaction, user=anna)
        reply(interaction=interaction, user=anna, body="Like this.", client_id=f"c{number}")
        a_mail("How do I change the paper?", thread=(interaction.public_id,))
    assert len(set(costs)) == 1
