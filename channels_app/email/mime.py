"""The tree of a mail: header lines and bodies, split top-down from the raw bytes. Pure.

Not the standard library's parser, for three measured reasons: it builds the whole tree before a bound can be checked
(2,000 nested multiparts end in RecursionError after half a second), an unindented line inside a header makes From and
Subject vanish, and its bodies are no longer the bytes that came. Here a bound is checked before a level is opened.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from channels_app.email import headers

MAX_DEPTH = 50
MAX_PARTS = 1000
MAX_HEADER_BYTES = 1024 * 1024

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_BREAK = re.compile(rb"\r\n|\n|\r")
_FIRST_DELIMITER = re.compile(rb"(?:\A|[\r\n])--([!-~](?:[ -~]{0,68}[!-~])?)[ \t]*[\r\n]")
_TRANSPORT = re.compile(rb"[ \t]*([A-Za-z0-9-]+)")
_UU_BEGIN = re.compile(rb"(?:\A|[\r\n])begin [0-7]{3,4} [^\r\n]*")


class Unreadable(StrEnum):
    """Why a mail is in quarantine. The console says it in the reader's language."""

    TOO_DEEP = "too_deep"
    TOO_MANY_PARTS = "too_many_parts"
    LONG_HEADERS = "long_headers"
    BROKEN = "broken"
    ENDLESS = "endless"
    NOT_PROCESSED = "not_processed"


class MailUnreadableError(Exception):
    """The mail breaks a bound of what is read at all; `reason` says which."""

    def __init__(self, reason: Unreadable) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Budget:
    """What one mail may still cost."""

    parts: int = MAX_PARTS
    header_bytes: int = MAX_HEADER_BYTES


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the tree. `body` is still transfer-encoded; `children` are the parts of a multipart."""

    fields: tuple[tuple[str, bytes], ...]
    body: bytes
    content_type: str
    parameters: dict[str, str]
    children: tuple["Part", ...] = field(default=())

    def first(self, name: str) -> bytes:
        """The raw value of the first header of that lower-case name, b"" if there is none."""
        return next((value for key, value in self.fields if key == name), b"")

    def all(self, name: str) -> list[bytes]:
        """The raw values of all headers of that lower-case name."""
        return [value for key, value in self.fields if key == name]

    @property
    def disposition(self) -> tuple[str, dict[str, str]]:
        """`attachment`, `inline` or "", and its parameters."""
        return headers.parameters(headers.unfold(self.first("content-disposition")))

    @property
    def filename(self) -> str:
        """The name that the sender gave, without folders; "" if none."""
        name = self.disposition[1].get("filename") or self.parameters.get("name", "")
        return re.split(r"[\\/]", name.strip())[-1] or name.strip("\\/ ")

    def content(self) -> bytes:
        """The body with its transfer encoding undone, as far as it can be."""
        match = _TRANSPORT.match(self.first("content-transfer-encoding"))
        encoding = match[1].lower() if match else b""
        if encoding == b"base64":
            return headers.decode_base64(self.body)
        if encoding == b"quoted-printable":
            return binascii.a2b_qp(self.body)
        if encoding in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
            return decode_uu(self.body)
        return self.body


def parse(raw: bytes, *, budget: Budget | None = None, depth: int = 0, default: str = "text/plain") -> Part:
    """The tree of `raw`. Raises MailUnreadableError when a bound is broken."""
    budget = budget or Budget()
    _spend(budget, depth)
    fields, body = split_head(raw, budget)
    content_type, parameters = _content_type(fields, default)
    if not content_type.startswith("multipart/"):
        return Part(fields, body, content_type, parameters)
    child_default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
    children = tuple(
        parse(piece, budget=budget, depth=depth + 1, default=child_default)
        for piece in _pieces(body, parameters.get("boundary", ""), budget)
    )
    if not children:  # a multipart without parts: what is there is shown as text
        return Part(fields, body, "text/plain", parameters)
    return Part(fields, body, content_type, parameters, children)


def _spend(budget: Budget, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise MailUnreadableError(Unreadable.TOO_DEEP)
    budget.parts -= 1
    if budget.parts < 0:
        raise MailUnreadableError(Unreadable.TOO_MANY_PARTS)


def _content_type(fields: tuple[tuple[str, bytes], ...], default: str) -> tuple[str, dict[str, str]]:
    value = next((value for key, value in fields if key == "content-type"), b"")
    content_type, parameters = headers.parameters(headers.unfold(value))
    known = re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+*-]+", content_type)
    return (content_type if known else _mended_type(content_type, default)), parameters


def _mended_type(content_type: str, default: str) -> str:
    """`text` alone, `text/plain charset=x` without a semicolon, or nothing that can be read."""
    match = re.match(r"[a-z0-9.+-]+/[a-z0-9.+-]+", content_type)
    if match:
        return match[0]
    return "application/octet-stream" if content_type and content_type != "text" else default


def split_head(raw: bytes, budget: Budget) -> tuple[tuple[tuple[str, bytes], ...], bytes]:
    """Header fields and body. A line among headers that is none is repaired: it belongs to the field before it."""
    found: list[tuple[str, bytearray]] = []
    position, size = 0, len(raw)
    while position < size:
        end = _LINE.match(raw, position).end()  # type: ignore[union-attr]  # the pattern matches the empty line too
        line = raw[position:end]
        if not line.strip(b"\r\n"):
            return _fields(found), raw[end:]
        budget.header_bytes -= len(line)
        if budget.header_bytes < 0:
            raise MailUnreadableError(Unreadable.LONG_HEADERS)
        if not _take_line(line, found):
            if not _header_goes_on(raw, end):
                return _fields(found), raw[position:]
            if found:
                found[-1][1].extend(b" " + line)
        position = end
    return _fields(found), b""


def _take_line(line: bytes, found: list[tuple[str, bytearray]]) -> bool:
    """Adds the line to the fields; False when it looks like no header line at all."""
    if line[:1] in b" \t" and found:
        found[-1][1].extend(line)
        return True
    match = _FIELD.match(line.lstrip() if not found else line)
    if match and not line.startswith(b"From "):
        text = line.lstrip() if not found else line
        found.append((match[1].decode("ascii").lower(), bytearray(text[match.end() :])))
        return True
    return not found and line.startswith((b"From ", b">From "))  # the envelope line of an mbox


def _header_goes_on(raw: bytes, position: int) -> bool:
    """Whether real header fields follow before the next empty line; looked for in the next 20 lines only."""
    fields = 0
    for _ in range(20):
        end = _LINE.match(raw, position).end()  # type: ignore[union-attr]  # the pattern matches the empty line too
        line = raw[position:end].strip(b"\r\n")
        if not line:
            return fields > 0 and end > position
        match = _FIELD.match(line)
        fields += bool(match and match[1].lower() in _COMMON)
        position = end
    return fields > 0


_COMMON = set(
    b"from to cc subject date message-id mime-version content-type content-transfer-encoding received reply-to "
    b"return-path sender references in-reply-to x-mailer dkim-signature".split()
)


def _fields(found: list[tuple[str, bytearray]]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, bytes(value).strip()) for name, value in found)


def _pieces(body: bytes, boundary: str, budget: Budget) -> Iterator[bytes]:
    """The raw parts between the delimiter lines; the last one may be unclosed."""
    name = boundary.rstrip().encode("latin-1", "replace") or _guessed_boundary(body)
    if not name:
        return
    delimiter = re.compile(rb"(?:\A|\r\n|\n|\r)--" + re.escape(name) + rb"(--)?[ \t]*(?=\r|\n|\Z)")
    start = -1
    for match in delimiter.finditer(body):
        if start >= 0:
            yield body[start : match.start()]
        if match[1]:
            return
        end = _BREAK.match(body, match.end())
        start = end.end() if end else len(body)
    if 0 <= start < len(body):
        yield body[start:]


def _guessed_boundary(body: bytes) -> bytes:
    match = _FIRST_DELIMITER.search(body, 0, 100_000)
    return match[1] if match else b""


def decode_uu(body: bytes) -> bytes:
    """The file inside `begin` … `end`; lines that can't be read are left out."""
    begin = _UU_BEGIN.search(body)
    out = bytearray()
    for line in _BREAK.split(body[begin.end() :] if begin else body):
        if line.strip() == b"end":
            break
        out += _uu_line(line)
    return bytes(out)


def _uu_line(line: bytes) -> bytes:
    if not line.strip():
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # too long: some encoders pad the line; take as much as its first letter says
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:wanted])
        except binascii.Error:
            return b""
