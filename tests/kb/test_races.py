"""What two people do to the same knowledge at the same moment: nothing of either is lost."""

import pytest

from interaction_center.access.models import Permission
from kb import api_error_codes, selectors
from kb.models import Article, ErrorCode
from tests.kb.api_client import person, send
from tests.kb.builders import error_code, published


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
