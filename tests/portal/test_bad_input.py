"""Null bytes at the doors of the help pages: PostgreSQL takes none, and nobody means them."""

import pytest
from django.test import Client

from tests.kb.builders import error_code

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/help/en/?q=%00",
        "/help/en/%00",
        "/help/en/code/?device=%00&code=E-04",
        "/help/en/code/?device=aurora-mr%00&code=%00",
        "/help/en/code/aurora-mr/%00",
        "/help/en/code/aurora-mr/?find=%00",
        "/help/write/?q=%00",
        "/help/write/sent/?request=%00",
    ],
)
def test_an_address_with_a_null_byte_is_answered(path: str) -> None:
    error_code("E-04", "Aurora MR")
    assert Client().get(path, follow=True).status_code in (200, 404)


def test_a_form_with_null_bytes_is_answered() -> None:
    posted = dict.fromkeys(("target", "reason", "back", "q", "question", "why"), "\x00")
    for helped in ("yes", "no"):
        assert Client().post("/help/en/feedback/", posted | {"helped": helped}).status_code == 302
    assert Client().post("/help/en/asked/", posted).status_code == 204
