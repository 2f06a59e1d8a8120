"""Bytes to text, whatever the label says. Nothing here raises, and nothing it returns can upset a database.

Real mail names charsets that no codec has (`ansi`, `x-unknown`), narrower ones than it uses (`gb2312` for gb18030) or
none at all. Lone surrogates (utf-7 can make them) can't be encoded and PostgreSQL text refuses NUL: both are replaced.
"""

import re

from charset_normalizer import from_bytes

_ALIASES = {
    "ansi": "",
    "default": "",
    "unknown": "",
    "unknown-8bit": "",
    "x-unknown": "",
    "x-user-defined": "",
    "8bit": "",
    "binary": "",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "hz-gb-2312": "hz",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "x-windows-949": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "big5": "cp950",
    "x-x-big5": "cp950",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "iso-8859-11": "cp874",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-10646-ucs-2": "utf-16-be",
    "unicode": "utf-16",
    "utf8mb4": "utf-8",
    "x-mac-roman": "mac_roman",
    "win-1250": "cp1250",
    "win-1251": "cp1251",
    "win-1252": "cp1252",
}
_ASCII = {"", "us-ascii", "ascii", "ansi_x3.4-1968"}
_LONG_ENOUGH_TO_GUESS = 120  # charset-normalizer guesses wrong on short text such as header values
_GUESS_BYTES = 20_000
_JIS_ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BJI])")


def decode(raw: bytes, label: str = "", hint: str = "") -> str:
    """`raw` as text by its declared charset `label`; `hint` is that of its surroundings, if it has none."""
    name = canonical(label)
    if name in _ASCII:
        return clean(_undeclared(raw, canonical(hint)))
    text = _strict(raw, name)
    if text is None and name.startswith("iso-2022-jp"):
        text = _jis_by_cp932(raw)
    return clean(text if text is not None else _mislabelled(raw, name))


def encode(text: str, label: str) -> bytes:
    """The bytes that `text` was before it was read, if it was written in `label`; else its UTF-8."""
    try:
        return text.encode(canonical(label))
    except (LookupError, ValueError):
        return text.encode("utf-8", "replace")


def canonical(label: str) -> str:
    """The codec that readers really use for this charset label, lower case; "" when the label says nothing."""
    name = label.strip().strip("\"'").lower().partition(";")[0].strip()
    return _ALIASES.get(name, name)


def clean(text: str) -> str:
    """The text without lone surrogates and NUL."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\x00", "\ufffd")


def _undeclared(raw: bytes, hint: str) -> str:
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    for name in ("iso-2022-jp", "utf-8") if b"\x1b$" in raw else ("utf-8",):
        if (text := _strict(raw, name)) is not None:
            return text
    if hint and hint not in _ASCII and (text := _strict(raw, hint)) is not None:
        return text
    return _guessed(raw)


def _mislabelled(raw: bytes, name: str) -> str:
    """A wrong label: UTF-8 when it is valid UTF-8, else by the label with what does not fit replaced."""
    if (text := _strict(raw, "utf-8")) is not None:
        return text
    try:
        return raw.decode(name, "replace")
    except (LookupError, ValueError):
        return _guessed(raw)


def _guessed(raw: bytes) -> str:
    if len(raw) >= _LONG_ENOUGH_TO_GUESS:
        best = from_bytes(raw[:_GUESS_BYTES]).best()
        if best is not None and (text := _strict(raw, best.encoding)) is not None:
            return text
    return raw.decode("cp1252", "replace")


def _strict(raw: bytes, name: str) -> str | None:
    """None when there is no such text codec or the bytes do not fit it."""
    try:
        return raw.decode(name)
    except (LookupError, ValueError):
        return None


def _jis_by_cp932(raw: bytes) -> str:
    """ISO-2022-JP with the NEC and IBM characters that Windows writes and no codec of ours has: by way of Shift-JIS."""
    out, double = [], False
    for index, piece in enumerate(_JIS_ESCAPE.split(raw)):
        if index % 2:
            double = piece.startswith(b"$")
        elif double:
            pairs = zip(piece[::2], piece[1::2], strict=False)
            out.append(b"".join(_shift_jis(row, cell) for row, cell in pairs).decode("cp932", "replace"))
        else:
            out.append(piece.decode("cp932", "replace"))
    return "".join(out)


def _shift_jis(row: int, cell: int) -> bytes:
    """One JIS X 0208 pair in Shift-JIS."""
    lead = ((row - 0x21) >> 1) + 0x81
    lead += 0x40 if lead > 0x9F else 0
    trail = cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E
    return bytes((lead & 0xFF, trail & 0xFF))
