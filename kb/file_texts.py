"""The words of an attachment, for the search. Bounded: a manual of a thousand pages is not read to its end.

A file that can't be read has no words, and is kept all the same.
"""

import logging
from collections.abc import Iterator
from io import BytesIO
from time import monotonic

from django.utils.html import strip_tags
from pypdf import PdfReader

from kb.charsets import decoded

MAX_TEXT = 100_000  # characters
MAX_PAGES = 300
MAX_SECONDS = 10.0
_TEXT_TYPES = frozenset({"application/json", "application/csv", "application/xml"})
log = logging.getLogger(__name__)


def text_of(content: bytes, content_type: str) -> str:
    """Of a PDF or a text; "" for everything else. Takes up to MAX_SECONDS and a page: never call it on the loop."""
    if content.startswith(b"%PDF-"):
        return _pdf_text(content)
    if not content_type.startswith("text/") and content_type not in _TEXT_TYPES:
        return ""
    text = (decoded(content[: 4 * MAX_TEXT]) or "")[:MAX_TEXT]
    return _cleaned(strip_tags(text) if content_type == "text/html" else text)


def _pdf_text(content: bytes) -> str:
    parts: list[str] = []
    try:
        for text in _pages(content):
            parts.append(text)
    except Exception as error:  # a broken or locked PDF fails in any way there is; what was read until then counts
        log.info("a PDF could not be read to its end: %s", type(error).__name__)
    return _cleaned("\n".join(parts)[:MAX_TEXT])


def _pages(content: bytes) -> Iterator[str]:
    until, length = monotonic() + MAX_SECONDS, 0
    for number, page in enumerate(PdfReader(BytesIO(content)).pages):
        if number >= MAX_PAGES or length >= MAX_TEXT or monotonic() >= until:
            return
        text = page.extract_text()
        length += len(text)
        yield text


def _cleaned(text: str) -> str:
    """Without what no database keeps: NUL, and halves of characters that a PDF's tables make up."""
    return " ".join(text.replace("\0", " ").encode(errors="ignore").decode().split())
