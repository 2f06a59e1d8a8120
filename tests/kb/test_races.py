"""What two people do to the same knowledge at the same moment: nothing of either is lost."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from interaction_center.access.models import Permission
from interaction_center.errors import InvalidError, NotFoundError
from kb import api_error_codes, selectors
from kb.addresses import refuse_taken_slug
from kb.article_fields import CheckedFields, checked_fields
from kb.articles import change_article, delete_draft, retire_article
from kb.catalogue import _refuse_taken, _texts, change_category, change_product, write_category, write_product
from kb.learning import MAX_QUESTIONS, answer_behind, learn_question, review_question
from kb.models import Article, Category, ErrorCode, LearnedQuestion, Product
from kb.questions import question_key, surplus
from tests.kb.api_client import person, send
from tests.kb.builders import draft, error_code, published
from tests.meeting import Meeting, at_once, met


def checked_together_at(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes an article comes there once its lock is theirs."""

    def checked(fields: Mapping[str, Any]) -> CheckedFields:
        meeting.wait()
        return checked_fields(fields)

    monkeypatch.setattr("kb.articles.checked_fields", checked)


@pytest.mark.django_db
def test_a_new_title_does_not_open_again_what_somebody_has_just_restricted(monkeypatch: pytest.MonkeyPatch) -> None:
    article, read = published("Service manual", body="Open the tray."), selectors.article_to_edit

    def restricted_when_read(public_id: str) -> Article | None:
        found = read(public_id)
        Article.objects.filter(version=1).update(audience="internal")
        return found

    monkeypatch.setattr(selectors, "article_to_edit", restricted_when_read)
    editor = person(Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)
    send(editor, "PATCH", f"/kb/articles/{article.public_id}", {"title": "Service handbook"}, 200)
    article.refresh_from_db()
    assert (article.title, article.body, article.audience) == ("Service handbook", "Open the tray.", "internal")


@pytest.mark.django_db
def test_a_new_meaning_does_not_open_again_a_code_that_somebody_has_just_taken_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, read = error_code("E-04", remedy=("Stop.",)), api_error_codes._code

    def taken_back_when_read(public_id: str) -> ErrorCode:
        found = read(public_id)
        ErrorCode.objects.update(audience="internal", state="retired")
        return found

    monkeypatch.setattr(api_error_codes, "_code", taken_back_when_read)
    editor = person(Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)
    send(editor, "PATCH", f"/kb/error-codes/{code.public_id}", {"meaning": "Helium very low"}, 200)
    code.refresh_from_db()
    assert (code.meaning, code.remedy) == ("Helium very low", ["Stop."])
    assert (code.audience, code.state) == ("internal", "retired")


@pytest.mark.django_db(transaction=True)
def test_two_translations_that_are_renamed_at_once_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    english, german = published("Paper", slug="paper"), published("Papier", slug="paper", locale="de")
    checked_together_at(Meeting(), monkeypatch)
    at_once(
        lambda: change_article(article=english, changes={"slug": "film"}, by=None),
        lambda: change_article(article=german, changes={"slug": "film-rolle"}, by=None),
    )
    slugs = set(Article.objects.values_list("slug", flat=True))
    assert slugs in ({"film"}, {"film-rolle"})


@pytest.mark.django_db
def test_whoever_saves_what_was_just_deleted_is_told_so() -> None:
    gone = draft()
    delete_draft(article=Article.objects.get())
    with pytest.raises(NotFoundError):
        retire_article(article=gone, by=None)


def asked(number: int) -> str:
    return f"where goes the {chr(97 + number % 26) * 4}{chr(97 + number // 26) * 3} magazine"


@pytest.mark.django_db(transaction=True)
def test_a_question_is_reviewed_while_another_one_pushes_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    article = published("Change the paper")
    for number in range(MAX_QUESTIONS):
        LearnedQuestion.objects.create(
            article=article,
            text=asked(number),
            key=question_key(asked(number)),
            source="inserted",
            last_at=timezone.now(),
        )
    pushed_out, meeting = LearnedQuestion.objects.get(text=asked(MAX_QUESTIONS - 1)), Meeting()
    monkeypatch.setattr("kb.learning.surplus", met(meeting, surplus))
    monkeypatch.setattr("kb.learning.answer_behind", met(meeting, answer_behind))

    def review() -> None:
        with suppress(NotFoundError):  # it has been pushed out before
            review_question(question=pushed_out, state="removed")

    new = asked(MAX_QUESTIONS)
    at_once(review, lambda: learn_question(target=article.public_id, text=new, locale="en", source="inserted"))
    active = set(LearnedQuestion.objects.filter(state="active").values_list("text", flat=True))
    assert active == {asked(number) for number in range(MAX_QUESTIONS + 1)} - {pushed_out.text}


@pytest.mark.django_db(transaction=True)
def test_an_article_is_written_while_an_error_code_is_linked_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    article, meeting = published("Fill up helium", slug="helium"), Meeting()
    checked_together_at(meeting, monkeypatch)

    def link() -> None:
        with transaction.atomic():
            error_code("E-04", articles=("helium",))
            meeting.wait()

    at_once(link, lambda: change_article(article=article, changes={"title": "Top up helium"}, by=None))
    assert ErrorCode.objects.get().articles.get().title == "Top up helium"


@pytest.mark.django_db(transaction=True)
def test_a_translation_that_two_write_at_once_is_there_once(monkeypatch: pytest.MonkeyPatch) -> None:
    original = published("Paper", slug="paper")
    monkeypatch.setattr("kb.articles.refuse_taken_slug", met(Meeting(), refuse_taken_slug))

    def translate(title: str) -> str:
        try:
            return draft(title, slug="paper", locale="de").title
        except InvalidError as error:
            return str(error.details["slug"])

    said = set(at_once(lambda: translate("Papier"), lambda: translate("Film")))
    translation = original.translations.get()
    assert said == {translation.title, "already taken"}


@pytest.mark.django_db(transaction=True)
def test_two_who_change_a_category_at_once_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    category = write_category(names={"en": "Paper"})
    monkeypatch.setattr("kb.catalogue._texts", met(Meeting(), _texts))
    at_once(
        lambda: change_category(category=category, changes={"position": 3}),
        lambda: change_category(category=category, changes={"names": {"en": "Film"}}),
    )
    now = Category.objects.get()
    assert (now.position, now.names) == (3, {"en": "Film"})


@pytest.mark.django_db(transaction=True)
def test_two_who_change_a_product_at_once_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    product = write_product(name="Aurora MR", models=["3T"])
    monkeypatch.setattr("kb.catalogue._refuse_taken", met(Meeting(), _refuse_taken))
    at_once(
        lambda: change_product(product=product, changes={"models": ["3T", "7T"]}),
        lambda: change_product(product=product, changes={"name": "Borealis MR"}),
    )
    now = Product.objects.get()
    assert (now.name, [model.name for model in now.models.all()]) == ("Borealis MR", ["3T", "7T"])


@pytest.mark.django_db
def test_whoever_changes_what_was_just_deleted_is_told_so() -> None:
    category, product = write_category(names={"en": "Paper"}), write_product(name="Aurora MR")
    type(category).objects.all().delete()
    type(product).objects.all().delete()
    with pytest.raises(NotFoundError):
        change_category(category=category, changes={})
    with pytest.raises(NotFoundError):
        change_product(product=product, changes={})
