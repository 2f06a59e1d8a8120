"""Text from bytes whose encoding nobody has said. Pure."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content: bytes) -> str | None:
    """As UTF-8 or UTF-16 (with or without their mark), else as Windows-1252; None when it is no text."""
    encodings = [name for mark, name in _MARKS if content.startswith(mark)] or _guesses(content)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _guesses(content: bytes) -> list[str]:
    """In UTF-16 every other byte of western text is zero; no other text has zeros."""
    start = content[:400]
    if 0 in start:
        return ["utf-16-be" if start[::2].count(0) > start[1::2].count(0) else "utf-16-le"]
    return ["utf-8", "cp1252"]
