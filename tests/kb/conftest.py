from collections.abc import Iterator

import pytest

from kb.live_index import LIVE_INDEX


@pytest.fixture(autouse=True)
def fresh_index(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each question looks at the stamp: a test's rows are rolled back without a commit that could announce it."""
    monkeypatch.setattr(LIVE_INDEX, "check_every", 0.0)
    LIVE_INDEX.forget()
    yield
    LIVE_INDEX.forget()
