"""Articles and error codes as editors write them and as readers find them."""

import time
from collections.abc import Callable
from functools import partial

import pytest

from interaction_center.errors import InvalidError
from kb.articles import ArticleFields, publish_article, retire_article, update_article
from kb.live_index import LIVE_INDEX, LiveIndex
from kb.models import Article, ErrorCode, KnowledgeChange, KnowledgeEvent
from kb.services import record_event, suggest
from kb.starters import readable_by_widget
from tests.kb.builders import draft, error_code, published

pytestmark = pytest.mark.django_db


def titles(question: str, audience: str = "public") -> list[str]:
    return [suggestion.title for suggestion in suggest(question, audience=audience)]


def test_a_published_article_is_found_at_the_next_question() -> None:
    assert titles("change the paper") == []
    published("Change the paper")
    assert titles("change the paper") == ["Change the paper"]


def test_an_edited_article_is_found_by_its_new_words_only() -> None:
    article = published("Change the paper")
    assert titles("paper")
    update_article(article=article, fields=ArticleFields(locale="en", title="Clean the window"), by=None)
    assert titles("window") == ["Clean the window"]
    assert titles("paper") == []


@pytest.mark.django_db(transaction=True)
def test_a_change_is_found_at_once_here_and_within_a_second_in_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LIVE_INDEX, "check_every", 3600.0)
    elsewhere = LiveIndex()
    assert not titles("change the paper")
    assert not elsewhere.library("public").index.search("change the paper")
    published("Change the paper")
    assert titles("change the paper") == ["Change the paper"]
    time.sleep(elsewhere.check_every)
    assert elsewhere.library("public").index.search("change the paper")


def test_a_draft_a_retired_and_an_internal_article_are_never_suggested_to_customers() -> None:
    draft("Secret draft of the manual")
    retire_article(article=published("Retired manual"), by=None)
    published("Internal manual", audience="internal")
    assert titles("manual draft retired internal") == []
    assert titles("manual", audience="internal") == ["Internal manual"]


def test_an_internal_word_does_not_even_help_the_spelling() -> None:
    published("Open the cover")
    asked = ("xylophon cover", "xylophone", "service pasword cover")
    before = [suggest(question) for question in asked]
    published("Service password xylophone", audience="internal")
    assert [suggest(question) for question in asked] == before


def test_an_unpublished_or_internal_error_code_is_never_suggested_to_customers() -> None:
    error_code("E-04", state="draft")
    error_code("E-05", audience="internal")
    assert titles("E-04") == []
    assert titles("E-05") == []
    assert titles("E-05", audience="internal") == ["E-05 · Helium level low (Aurora MR)"]


def test_a_suggestion_on_the_wire_says_why_and_what_to_insert() -> None:
    code = error_code("E-04", "Aurora MR")
    wire = suggest("e 04 aurora")[0].wire()
    assert wire["id"] == code.public_id
    assert wire["kind"] == "code"
    assert wire["reason"] == {"code": "E-04"}
    assert wire["url"].endswith("/help/en/code/aurora-mr/e04")
    assert wire["audience"] == "public"
    assert wire["text"] == (
        "E-04 (Aurora MR): Helium level low\n"
        "Fault: the device can't work until this is solved.\n\n"
        "What to do now:\n1. Stop scanning.\n2. Call service.\n\n"
        "When to stop and call:\nIf the code comes back twice on the same day."
    )


def test_whoever_gets_a_dangerous_code_is_told_to_stop_and_call_at_once_wherever_it_is_read() -> None:
    code = error_code("D-500", "Aurora MR", severity="danger", locale="de", meaning="Quench", cause="Warm.")
    text = suggest("D-500")[0].text
    page = readable_by_widget(public_id=code.public_id)
    assert page is not None
    words = ["Gefahr: Gerät jetzt nicht weiter benutzen.", "Wann Sie aufhören und anrufen sollten", "Sofort: Schalten"]
    for read in (text, "\n".join(block["text"] for block in page["blocks"])):
        assert all(word in read for word in words)
    assert [block["t"] for block in page["blocks"]] == ["p", "h", "ol", "ol", "h", "p", "h", "p"]


def test_an_internal_suggestion_is_marked() -> None:
    published("Service manual", audience="internal")
    assert suggest("service manual", audience="internal")[0].wire()["audience"] == "internal"


def test_an_error_code_is_written_once_per_device_and_language_in_any_writing() -> None:
    error_code("E-04", meaning="Old")
    error_code("e04", meaning="New")
    error_code("E 04", meaning="Neu", locale="de")
    assert list(ErrorCode.objects.order_by("locale").values_list("meaning", flat=True)) == ["Neu", "New"]


def test_equal_titles_get_different_slugs() -> None:
    assert [draft("Über Größe").slug for _ in range(3)] == ["ueber-groesse", "ueber-groesse-2", "ueber-groesse-3"]


def test_a_translation_shares_the_slug_and_only_one_is_suggested() -> None:
    published("Change the paper", slug="paper")
    published("Papier wechseln", slug="paper", locale="de", keywords="paper")
    assert len(titles("paper")) == 1
    with pytest.raises(InvalidError):
        draft("Other", slug="paper")


@pytest.mark.parametrize(
    "fields", [{"title": " "}, {"title": "x" * 201}, {"slug": "No Slug"}, {"locale": "tlh"}, {"audience": "all"}]
)
def test_wrong_fields_are_refused_by_name(fields: dict[str, str]) -> None:
    with pytest.raises(InvalidError) as caught:
        draft(**fields)
    assert set(caught.value.details) == set(fields)


def test_an_event_is_kept_once_and_without_personal_data() -> None:
    article = publish_article(article=draft(), by=None)
    solved = partial(record_event, kind="solved", door="widget", key="v1:solved", target=article.public_id)
    question = "I am eva@example.org, +49 40 1234567, paper jam"
    assert solved(question=question, visitor="visitor-1")
    assert not solved(question="again")
    kept = KnowledgeEvent.objects.get()
    assert kept.question == "I am …, paper jam"
    assert "visitor-1" not in kept.visitor
    assert kept.article == article


def test_an_event_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InvalidError):
        record_event(kind="bought", door="widget", key="k")


def test_edits_are_put_beside_the_index_and_many_make_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.live_index.FEW_DOCUMENTS", 0)
    monkeypatch.setattr("kb.live_index.MANY_CHANGES", 3)
    live = LiveIndex(check_every=0.0, aside=lambda make: make())
    first = published("Change the paper")
    live.library("public")
    seen = []
    for number in range(5):
        update_article(article=first, fields=ArticleFields(locale="en", title=f"Clean window {number}"), by=None)
        published(f"Fill the tank {number}")
        index = live.library("public").index
        seen.append(index.changes)
        assert [hit.id for hit in index.search(f"clean window {number}", limit=1)] == [first.public_id]
        assert not index.search("change the paper")
    assert max(seen) > 1
    assert 0 in seen[1:]


def test_a_restored_database_is_read_anew() -> None:
    live = LiveIndex(check_every=0.0)
    gone = published("Change the paper")
    assert live.library("public").index.search("change the paper")
    KnowledgeChange.objects.all().delete()
    Article.objects.filter(pk=gone.pk).delete()
    assert not live.library("public").index.search("change the paper")
    published("Fill the tank")
    assert live.library("public").index.search("fill the tank")


def test_who_has_slept_too_long_reads_everything_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.changes.KEPT_CHANGES", 2)
    live = LiveIndex(check_every=0.0)
    live.library("public")
    for number in range(5):
        published(f"Fill the tank {number}")
    assert live.library("public").index.search("fill the tank 1")
    assert KnowledgeChange.objects.count() <= 2


def test_while_a_new_index_is_made_what_is_there_answers_and_nothing_written_meanwhile_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kb.live_index.FEW_DOCUMENTS", 0)
    monkeypatch.setattr("kb.selectors.MAX_WRITTEN", 1)
    put_aside: list[Callable[[], None]] = []
    live = LiveIndex(check_every=0.0, aside=put_aside.append)
    published("Change the paper")

    def found(words: str) -> bool:
        return bool(live.library("public").index.search(words))

    assert found("change the paper")
    for title in ("Fill the tank", "Clean the window"):  # more than is read again one by one
        published(title)
    assert (found("change the paper"), found("fill the tank"), len(put_aside)) == (True, False, 1)
    put_aside[0]()
    published("Order film")
    assert all(found(words) for words in ("change the paper", "fill the tank", "clean the window", "order film"))
    assert len(put_aside) == 1
