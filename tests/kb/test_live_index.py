"""The index of a process: what it makes of the rows that are published."""

import pytest

from kb import live_index
from kb.rendering import plain_text
from kb.services import suggest
from tests.kb.builders import published

pytestmark = pytest.mark.django_db


def test_an_article_that_cannot_be_read_takes_no_other_out_of_the_search(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fragile(markdown: str) -> str:
        if "broken" in markdown:
            raise IndexError
        return plain_text(markdown)

    monkeypatch.setattr(live_index, "plain_text", fragile)
    bad = published("Order a lamp", body="broken")
    published("Change the paper", body="Open the tray.")
    assert [one.title for one in suggest("change the paper")] == ["Change the paper"]
    assert suggest("order a lamp") == []
    assert bad.public_id in caplog.text


def test_an_article_that_begins_with_a_link_without_words_is_found() -> None:
    published("Change the paper", body="[](https://shop.example)")
    assert [one.text for one in suggest("change the paper")] == ["https://shop.example"]
