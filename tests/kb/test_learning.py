"""What was asked ranks the answer that helped, and nobody bends that alone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interaction_center.errors import InvalidError
from kb import live_index
from kb.articles import retire_article
from kb.learning import MAX_QUESTIONS, add_question, learn_question, question_page, review_question
from kb.live_index import LiveIndex
from kb.models import Article, ErrorCode, LearnedQuestion
from kb.selectors import newest_change
from kb.services import record_event, suggest
from tests.kb.builders import draft, error_code, published

pytestmark = pytest.mark.django_db
ASKED = "Where does the magazine of the dry laser go?"  # shares no word with the article


def learn(target: Article | ErrorCode, text: str = ASKED, **values: Any) -> LearnedQuestion | None:
    return learn_question(target=target.public_id, text=text, locale="en", **{"source": "inserted"} | values)


def solved(target: Article | ErrorCode, text: str = ASKED, *, reader: str, number: int = 0) -> None:
    record_event(
        kind="solved", door="widget", key=f"{reader}{number}", target=target.public_id, question=text, reader=reader
    )


def titles(question: str = ASKED, audience: str = "public") -> list[str]:
    return [suggestion.title for suggestion in suggest(question, audience=audience)]


def states() -> list[str]:
    return list(LearnedQuestion.objects.order_by("pk").values_list("state", flat=True))


def test_what_an_agent_answered_with_an_article_finds_it_next_time() -> None:
    article = published("Change the paper")
    assert titles() == []
    learn(article)
    assert titles() == titles("where does a dry laser have its magazine") == ["Change the paper"]


def test_an_error_code_learns_too() -> None:
    code = error_code("E-04")
    learn(code)
    assert [found.id for found in suggest(ASKED)] == [code.public_id]


def test_other_processes_learn_by_reading_only_what_was_taught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_index, "FEW_DOCUMENTS", 1)
    for title in ("Change the paper", "Order film", "Clean the probe"):
        published(title)
    elsewhere = LiveIndex(check_every=0.0)
    base = elsewhere.library("public").index
    assert base.search(ASKED) == []
    learn(Article.objects.get(title="Order film"))
    index = elsewhere.library("public").index
    assert [index.changes, len(index.search(ASKED))] == [2, 1]


def test_the_same_question_is_kept_once_and_counted() -> None:
    article = published()
    for text in (ASKED, "Hello, where does the magazine of the dry laser go? Thanks"):
        learn(article, text)
    learned = LearnedQuestion.objects.get()
    assert (learned.text, learned.times) == (ASKED, 2)


def test_what_is_known_already_makes_nobody_read_again() -> None:
    article = published()
    learn(article)
    changes = newest_change()
    learn(article)
    assert newest_change() == changes


def test_an_answer_that_the_search_gives_itself_learns_from_one_customer() -> None:
    article = published("Change the paper")
    solved(article, "How can I change the paper?", reader="a")
    assert states() == ["active"]


def test_a_customer_alone_bends_no_ranking_however_often_they_say_so() -> None:
    article = published("Change the paper")
    for number in range(3):
        solved(article, reader="a", number=number)
    assert (states(), titles()) == (["waiting"], [])
    solved(article, reader="b")
    assert (states(), titles()) == (["active"], ["Change the paper"])


def test_a_few_words_of_the_answer_carry_no_others_in() -> None:
    article = published("Change the paper")
    solved(article, "How do I change paper and cancel contract warranty insurance invoice refund?", reader="a")
    assert states() == ["waiting"]


def test_an_agent_settles_what_waits_for_a_second_reader() -> None:
    article = published("Change the paper")
    solved(article, reader="a")
    learn(article)
    learned = LearnedQuestion.objects.get()
    assert (learned.state, learned.source, learned.last_visitor) == ("active", "inserted", "")


def test_what_an_editor_confirms_is_theirs_and_no_customer_pushes_it_out() -> None:
    article = published("Change the paper")
    first, second = (
        learn(article, f"where goes the {word} magazine", source="solved", reader="a") for word in ("film", "plate")
    )
    assert first
    assert second
    review_question(question=first, state="active")
    add_question(target=article.public_id, text=second.text, locale="en")
    assert list(LearnedQuestion.objects.values_list("state", "source")) == [("active", "editor")] * 2


def test_what_two_customers_say_stays_theirs() -> None:
    article = published("Change the paper")
    for reader in ("a", "b"):
        solved(article, reader=reader)
    assert LearnedQuestion.objects.get().source == "solved"


def test_what_was_removed_is_never_learnt_again() -> None:
    article = published("Change the paper")
    learned = learn(article)
    assert learned is not None
    review_question(question=learned, state="removed")
    assert titles() == []
    for reader in ("a", "b"):
        solved(article, reader=reader)
    learn(article)
    assert (states(), titles()) == (["removed"], [])


def test_an_editor_takes_back_what_was_removed_by_adding_it() -> None:
    article = published("Change the paper")
    learned = learn(article)
    assert learned is not None
    review_question(question=learned, state="removed")
    add_question(target=article.public_id, text=ASKED, locale="en")
    assert (states(), titles()) == (["active"], ["Change the paper"])


def test_each_answer_keeps_so_many_questions_and_no_more() -> None:
    article = published("Change the paper")
    for number in range(MAX_QUESTIONS + 3):
        text = f"where goes the {chr(97 + number % 26) * 4}{chr(97 + number // 26) * 3} magazine"
        learn(article, text, suggested=True, source="solved")
        learn(article, f"{text} waiting", source="solved", reader=str(number))
    assert sorted(states()) == ["active"] * MAX_QUESTIONS + ["waiting"] * MAX_QUESTIONS


@pytest.mark.parametrize("audience", ["public", "customer"])
def test_no_question_makes_a_draft_or_retired_or_internal_article_findable(audience: str) -> None:
    hidden, old, internal = draft("Draft one"), published("Retired one"), published("Staff only", audience="internal")
    learn(old)
    retire_article(article=old, by=None)
    for article in (hidden, old, internal):
        learn(article)
        for reader in ("a", "b"):
            solved(article, reader=f"{article.pk}{reader}")
    assert titles(audience=audience) == []
    assert titles(audience="internal") == ["Staff only"]


def test_a_customer_teaches_an_internal_article_nothing() -> None:
    internal = published("Staff only", audience="internal")
    for reader in ("a", "b"):
        solved(internal, reader=reader)
    assert not LearnedQuestion.objects.exists()


def test_readers_never_see_what_others_asked() -> None:
    learn(published("Change the paper", body="Open the tray."))
    shown = str([found.wire() for found in suggest("magazine of the dry laser", audience="internal")])
    assert "Change the paper" in shown
    assert "Where does" not in shown


def test_what_tells_nothing_is_not_learnt() -> None:
    article = published()
    for text in ("E-04", "Hello", "thanks!", ""):
        assert learn(article, text) is None


def test_names_and_numbers_of_the_customer_are_not_learnt() -> None:
    learned = learn(
        published(), "Where does the Oakfield film magazine of KDX-20417 go?", private=["Liam Oakfield", "KDX-20417"]
    )
    assert learned is not None
    assert learned.text == "Where does the … film magazine of … go?"


def test_a_question_of_an_editor_must_say_enough() -> None:
    with pytest.raises(InvalidError) as caught:
        add_question(target="nothing", text="E-04", locale="en")
    assert set(caught.value.details) == {"answer", "text"}


def test_the_index_reads_all_questions_at_once() -> None:
    costs = []
    for number in range(6):
        learn(published(f"Article {number}"), f"where goes magazine number {chr(97 + number) * 3}")
        with CaptureQueriesContext(connection) as queries:
            LiveIndex().library("public")
        costs.append(len(queries))
    assert len(set(costs)) == 1


def test_the_list_goes_on_where_it_ended() -> None:
    article = published()
    for number in range(5):
        learn(article, f"where goes the magazine {chr(97 + number) * 4}")
    first, following = question_page(limit=3, article=article.public_id, state="active")
    second, end = question_page(limit=3, cursor=str(following))
    assert [len(first), len(second), end] == [3, 2, None]
