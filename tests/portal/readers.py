"""What a reader without scripts does with the help pages: plain functions."""

import json
import re
from typing import Any

from django.test import Client


def page(path: str, *, status: int = 200, client: Client | None = None, language: str = "en") -> str:
    """The page that a reader ends on."""
    response = (client or Client()).get(path, headers={"Accept-Language": language}, follow=True)
    assert response.status_code == status, f"{path}: {response.status_code}"
    return response.content.decode()


def main_part(html: str) -> str:
    """The content of a page, without head and header."""
    return html.partition("<main")[2]


def told_to_machines(html: str) -> list[dict[str, Any]]:
    """The structured data of a page."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return list(json.loads(found[1])) if found else []
