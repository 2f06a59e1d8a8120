"""The words of an attachment, for the search. Bounded: a manual of a thousand pages is not read to its end.

A file that can't be read has no words, and is kept all the same.
"""

import logging
import subprocess
import sys

from django.utils.html import strip_tags

from kb.charsets import decoded

MAX_TEXT = 100_000  # characters
MAX_PAGES = 300
MAX_SECONDS = 10  # of work on one PDF
MAX_WAIT = 60.0  # seconds, when there is much else to do
_TEXT_TYPES = frozenset({"application/json", "application/csv", "application/xml"})
log = logging.getLogger(__name__)


def text_of(content: bytes, content_type: str) -> str:
    """Of a PDF or a text; "" for everything else. Takes up to MAX_WAIT: never call it on the loop."""
    if content.startswith(b"%PDF-"):
        return _pdf_text(content)
    if not content_type.startswith("text/") and content_type not in _TEXT_TYPES:
        return ""
    text = (decoded(content[: 4 * MAX_TEXT]) or "")[:MAX_TEXT]
    return _cleaned(strip_tags(text) if content_type == "text/html" else text)


def _pdf_text(content: bytes) -> str:
    """A broken, locked or endless PDF ends its reader in any way there is; what was read until then counts."""
    words = [sys.executable, "-m", "kb.pdf_reader", str(MAX_PAGES), str(MAX_TEXT), str(MAX_SECONDS)]
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            words, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=MAX_WAIT, check=True
        )
        read = done.stdout
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        log.info("a PDF could not be read to its end: %s", type(error).__name__)
        read = error.output or b""
    return _cleaned(read.decode(errors="ignore")[:MAX_TEXT])


def _cleaned(text: str) -> str:
    """Without what no database keeps: NUL, and halves of characters that a PDF's tables make up."""
    return " ".join(text.replace("\0", " ").encode(errors="ignore").decode().split())
