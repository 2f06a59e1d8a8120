import pytest
from pytest_django import Settings

from tests.kb.conftest import fresh_index

__all__ = ["fresh_index"]


@pytest.fixture(autouse=True)
def portal_alone(settings: Settings) -> None:
    """Only the pages of this folder are mounted."""
    settings.ROOT_URLCONF = "tests.portal.urls"
