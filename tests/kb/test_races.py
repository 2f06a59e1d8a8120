"""What two people do to the same knowledge at the same moment: nothing of either is lost."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection

from interaction_center.access.models import Permission
from interaction_center.errors import NotFoundError
from kb import api_error_codes, selectors
from kb.article_fields import checked_fields
from kb.articles import change_article, delete_draft, retire_article
from kb.models import Article, ErrorCode
from tests.kb.api_client import person, send
from tests.kb.builders import draft, error_code, published


def at_once(*acts: Callable[[], Any]) -> Sequence[Any]:
    """Each in a thread and with a connection of its own. Raises what one of them raises."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class Meeting:
    """Where two wait for each other, once, as long as both can come: a lock may keep one away."""

    def __init__(self) -> None:
        self.barrier = Barrier(2)

    def wait(self) -> None:
        with suppress(BrokenBarrierError):
            self.barrier.wait(timeout=1)


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
    meeting = Meeting()

    def checked_together(fields: Mapping[str, Any]) -> Any:
        meeting.wait()
        return checked_fields(fields)

    monkeypatch.setattr("kb.articles.checked_fields", checked_together)
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
