"""What the log makes of addresses: they tell which page it was, and nothing of anybody."""

import logging

import pytest

from interaction_center.log_secrets import HideSecrets

TOKEN = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"Not Found: /callback/en/m/{TOKEN}/", "Not Found: /callback/en/m/…/"),
        (f"Forbidden: /cb/s/{TOKEN}", "Forbidden: /cb/s/…"),
        ("Forbidden: /demo/phone/+4915228817386/answer", "Forbidden: /demo/phone/…/answer"),
        ("/api/interactions/8y67r68bzqcdn2kg", "/api/interactions/8y67r68bzqcdn2kg"),
        (f"/files/{TOKEN}more", f"/files/{TOKEN}more"),
    ],
)
def test_a_path_is_logged_without_tokens_and_numbers(said: str, shown: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: seen", (said,), None)
    assert HideSecrets().filter(record)
    assert record.getMessage() == f"{shown}: seen"
