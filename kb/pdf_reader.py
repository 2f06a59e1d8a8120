"""The process that reads one PDF: `python -m kb.pdf_reader PAGES CHARACTERS SECONDS`, started by `kb.file_texts`.

Somebody else's file decides how much work a page is: a few kilobytes may stand for hours or for all memory. So it is
read where the system can end it. What was read until then has been written already.
"""

import contextlib
import os
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from math import ceil

from pypdf import PdfReader

MAX_BYTES = 2**30  # of memory


def main() -> None:
    """From standard input to standard output, page by page."""
    pages, characters, seconds = (int(word) for word in sys.argv[1:])
    bound(seconds)
    for text in texts(sys.stdin.buffer.read(), pages, characters):
        sys.stdout.buffer.write(text.encode(errors="ignore") + b"\n")
        sys.stdout.buffer.flush()


def bound(seconds: int) -> None:
    """Chats and mails go first, and the system ends us when it has become too much."""
    os.nice(10)
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = ceil(used.ru_utime + used.ru_stime) + seconds
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, until), (resource.RLIMIT_AS, MAX_BYTES)):
        with contextlib.suppress(ValueError, OSError):  # a system that knows no such limit, or has a lower one
            resource.setrlimit(kind, (most, most))


def texts(content: bytes, pages: int, characters: int) -> Iterator[str]:
    """The text of each page, until there are enough."""
    for number, page in enumerate(PdfReader(BytesIO(content)).pages):
        if number >= pages or characters <= 0:
            return
        text = page.extract_text()[:characters]
        characters -= len(text)
        yield text


if __name__ == "__main__":
    main()
