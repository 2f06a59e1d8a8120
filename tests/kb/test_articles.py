"""What becomes of an article between its first draft and its last reader."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from interaction_center.errors import ConflictError, InvalidError
from kb.articles import (
    ArticleFields,
    Saving,
    content_of,
    delete_draft,
    move_article,
    newest_version,
    publish_due,
    restore_version,
    retire_article,
    update_article,
)
from kb.catalogue import ensure_product, write_category, write_product
from kb.models import Article, ArticleState, SlugRedirect
from kb.policy import COMMANDS, TRANSITIONS
from kb.selectors import article_by_slug, new_slug, outdated
from kb.services import suggest
from tests.kb.builders import draft, published

pytestmark = pytest.mark.django_db


def titles(question: str, audience: str = "public") -> list[str]:
    return [suggestion.title for suggestion in suggest(question, audience=audience)]


def write(article: Article, title: str, saving: Saving | None = None, **fields: str) -> Article:
    values: dict[str, Any] = {"locale": article.locale, "slug": article.slug, "title": title} | fields
    return update_article(article=article, fields=ArticleFields(**values), by=None, saving=saving)


def in_state(state: str) -> Article:
    article = draft()
    path = {"draft": [], "retired": ["retire"], "in_review": ["submit"], "scheduled": ["schedule"]}
    for command in path.get(state, ["publish"]):
        article = move_article(article=article, command=command, by=None, publish_at=tomorrow())
    return article


def tomorrow() -> datetime:
    return timezone.now() + timedelta(days=1)


@pytest.mark.parametrize("state", ArticleState.values)
@pytest.mark.parametrize("command", [*COMMANDS, "burn"])
def test_every_move_that_is_not_in_the_table_is_refused(state: str, command: str) -> None:
    article = in_state(state)
    if (state, command) in TRANSITIONS:
        moved = move_article(article=article, command=command, by=None, publish_at=tomorrow())
        assert moved.state == TRANSITIONS[(state, command)]
    else:
        with pytest.raises(ConflictError):
            move_article(article=article, command=command, by=None)


def test_readers_keep_the_live_version_while_the_next_one_is_written_and_reviewed() -> None:
    article = write(published("Change the paper"), "Fill in the film", Saving(state="draft"))
    assert (article.state, article.live, article.live_version, article.version) == ("draft", True, 1, 2)
    article = move_article(article=article, command="submit", by=None)
    assert titles("change the paper") == ["Change the paper"]
    assert titles("fill in the film") == []
    move_article(article=article, command="publish", by=None)
    assert titles("fill in the film") == ["Fill in the film"]


def test_every_save_of_other_words_is_a_version_and_the_same_words_are_none() -> None:
    article = published("One")
    article = write(article, "Two", Saving(comment="Clearer"))
    article = write(article, "Two")
    assert [(v.number, v.title, v.comment) for v in article.versions.all()] == [(1, "One", ""), (2, "Two", "Clearer")]


def test_a_restored_version_is_a_new_one_and_nothing_is_lost() -> None:
    article = write(published("One", body="first"), "Two", body="second")
    article = restore_version(article=article, number=1, by=None)
    assert (article.title, article.body, article.version, article.live_version) == ("One", "first", 3, 3)
    assert [(version.title, version.comment) for version in article.versions.all()] == [
        ("One", ""),
        ("Two", ""),
        ("One", "Version 1 → Version 3"),
    ]
    with pytest.raises(InvalidError):
        restore_version(article=article, number=9, by=None)


def test_what_somebody_else_has_saved_meanwhile_is_not_overwritten() -> None:
    article = draft("One")
    write(article, "Two", Saving(expected=1))
    with pytest.raises(ConflictError) as caught:
        write(article, "Three", Saving(expected=1))
    assert (caught.value.code, caught.value.details["version"]) == ("article_changed", 2)
    assert newest_version(Article.objects.get()).title == "Two"


def test_a_scheduled_article_is_read_when_its_time_has_come_and_not_before() -> None:
    article = move_article(article=draft("Summer hours"), command="schedule", by=None, publish_at=tomorrow())
    assert (publish_due(), titles("summer hours")) == (0, [])
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        assert (publish_due(), publish_due()) == (1, 0)
    article.refresh_from_db()
    assert (article.state, article.publish_at) == ("published", None)
    assert titles("summer hours") == ["Summer hours"]


def test_nothing_is_scheduled_for_a_time_that_is_over_or_not_told() -> None:
    for at in (None, timezone.now() - timedelta(seconds=1)):
        with pytest.raises(InvalidError) as caught:
            move_article(article=draft(), command="schedule", by=None, publish_at=at)
        assert set(caught.value.details) == {"publish_at"}


def test_a_retired_article_is_gone_and_comes_back_as_a_draft_first() -> None:
    article = retire_article(article=published("Old manual"), by=None)
    assert (article.live, article.live_version, titles("old manual")) == (False, None, [])
    article = move_article(article=article, command="revise", by=None)
    assert (article.state, article.live, titles("old manual")) == ("draft", False, [])


def test_who_may_read_holds_at_once_even_while_the_words_are_a_draft() -> None:
    article = published("Service manual")
    write(article, "Service manual", Saving(state="draft"), audience="internal")
    assert titles("service manual") == titles("service manual", "customer") == []
    assert titles("service manual", "internal") == ["Service manual"]


def test_customers_who_are_signed_in_read_what_is_for_them_and_others_do_not() -> None:
    published("Your contract", audience="customer")
    assert titles("your contract") == []
    assert titles("your contract", "customer") == titles("your contract", "internal") == ["Your contract"]


def test_a_new_address_holds_for_all_translations_and_the_old_ones_lead_there() -> None:
    article = published("Paper", slug="paper")
    published("Papier", slug="paper", locale="de")
    article = write(article, "Paper", slug="film")
    write(article, "Paper", slug="film-2")
    assert set(Article.objects.values_list("slug", flat=True)) == {"film-2"}
    assert new_slug(slug="paper", audience="public") == new_slug(slug="film", audience="public") == "film-2"
    write(article, "Paper", slug="paper")
    assert not SlugRedirect.objects.filter(slug="paper").exists()
    assert new_slug(slug="film-2", audience="public") == "paper"


def test_an_old_address_outlives_the_draft_that_it_was_changed_in() -> None:
    live = published("Paper", slug="paper")
    translation = write(draft("Papier", slug="paper", locale="de"), "Papier", slug="film")
    delete_draft(article=translation)
    live.refresh_from_db()
    assert (live.slug, new_slug(slug="paper", audience="public")) == ("film", "film")


def test_an_old_address_leads_nobody_to_what_they_may_not_read() -> None:
    article = write(published("Paper", slug="paper"), "Paper", slug="film")
    write(article, "Paper", slug="film", audience="internal")
    assert new_slug(slug="paper", audience="public") == ""
    assert new_slug(slug="paper", audience="internal") == "film"


def test_no_other_article_takes_an_address_in_any_language() -> None:
    published("Paper", slug="paper")
    other = published("Film", slug="film", locale="de")
    with pytest.raises(InvalidError) as caught:
        write(other, "Film", slug="paper")
    assert set(caught.value.details) == {"slug"}


def test_a_translation_is_outdated_by_what_its_original_says_anew_and_not_by_a_comma() -> None:
    original = published("Paper", slug="paper")
    translation = published("Papier", slug="paper", locale="de")
    assert translation.original == original
    original = write(original, "Paper,", Saving(minor=True))
    assert outdated([original, translation]) == set()
    original = write(original, "Film", Saving(state="draft"))
    assert outdated([translation]) == set()  # readers do not see it yet
    move_article(article=original, command="publish", by=None)
    assert outdated([original, translation]) == {translation.pk}
    translation = write(translation, "Film", Saving(translated=True))
    assert outdated([translation]) == set()


def test_a_reader_gets_their_language_else_that_of_the_centre_else_any() -> None:
    for locale in ("de", "en"):
        published(locale, slug="paper", locale=locale)
    published("nur", slug="nur", locale="de")
    found = [article_by_slug(slug="paper", locale=locale, audience="public") for locale in ("de-AT", "en", "fr")]
    assert [article.locale for article in found if article] == ["de", "en", "en"]
    only = article_by_slug(slug="nur", locale="en", audience="public")
    assert only is not None
    assert only.locale == "de"


def test_an_article_about_two_devices_answers_for_both_and_not_for_a_third() -> None:
    for name in ("Aurora MR", "Kestrel DX", "Filma P"):
        ensure_product(name)
    published("Clean the cover", products=("aurora-mr", "kestrel-dx"))
    published("Clean the roller", products=("filma-p",))
    assert titles("clean the cover of the Kestrel DX") == titles("clean the cover, Aurora MR") == ["Clean the cover"]
    assert "Clean the cover" not in titles("clean the cover of the Filma P")


def test_unknown_shelves_and_devices_are_refused_by_name() -> None:
    write_category(names={"en": "Account"})
    write_product(name="Aurora MR", models=["Aurora MR 3T"])
    article = draft(category="account", products=("aurora-mr",), models=("aurora-mr/aurora-mr-3t",))
    assert [model.name for model in article.device_models.all()] == ["Aurora MR 3T"]
    with pytest.raises(InvalidError) as caught:
        draft(category="nowhere", products=("nothing",), models=("aurora-mr/1t",))
    assert set(caught.value.details) == {"category", "products", "models"}


def test_the_words_of_a_draft_stay_out_of_a_live_article_for_readers() -> None:
    article = write(published("Open words"), "Secret words", Saving(state="draft"))
    live = article_by_slug(slug=article.slug, locale="en", audience="internal")
    assert live is not None
    assert content_of(live)["title"] == "Open words"
