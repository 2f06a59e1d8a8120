"""The answers of one audience's library."""

import pytest

from kb.live_index import Card, Library
from kb.search.index import Index
from tests.kb.builders import small_index

CARD = Card("login", "article", "Reset your password", "", "/help/login", "Use the link.", "public")


def test_what_was_asked_before_is_not_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(small_index(), {"login": CARD})
    first = library.find("forgot my password", device="", locale="", limit=1, threshold=0.5)
    assert [card for _, card in first] == [CARD]
    monkeypatch.setattr(Index, "search", None)
    assert library.find("forgot my password ", device="", locale="", limit=1, threshold=0.5) == first


def test_a_long_mail_is_not_kept() -> None:
    library = Library(small_index(), {"login": CARD})
    library.find("forgot my password " * 100, device="", locale="", limit=1, threshold=0.5)
    library.find("forgot my password", device="", locale="", limit=1, threshold=0.5)
    assert len(library._answers) == 1
