import pytest

from interaction_center.envelope import OutboundMessage
from tests.kb.conftest import fresh_index
from tests.mails import caught
from tests.portal.builders import fresh_limits

__all__ = ["fresh_index"]


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has been here before."""
    fresh_limits(monkeypatch)


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[OutboundMessage]:
    """What leaves by mail."""
    return caught(monkeypatch)
