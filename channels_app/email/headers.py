"""Header values to text: RFC 2047 words, RFC 2231 parameters, addresses, ids, dates. Pure, and nothing here raises."""

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from channels_app.email import charsets

MAX_VALUE = 256 * 1024  # characters of one value that are looked at; keeps every pattern below in bounded time
MAX_WORDS = 64 * 1024  # characters in which encoded words are looked for
MAX_IDS = 64 * 1024  # characters of a value in which message ids are looked for
MAX_ADDRESSES = 1000
MAX_PARAMETERS = 200

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?]|\?(?!=)){0,1000})\?=")
_FOLD = re.compile(r"\r\n(?=[ \t])|\r(?=[ \t])|\n(?=[ \t])")
_BREAKS = re.compile(r"[\r\n]+")
_ANGLE_ID = re.compile(r"<([^<>\s]{1,998})>")
_ID_ENDS = re.compile(r"[<>\s,;]+")
# Tried at the start of a word only: from each of its letters a word without an @ would take quadratic time.
_BARE_ADDRESS = re.compile(r"(?<![^\s<>()\",;:\[\]])[^\s<>()\",;:\[\]]+@[^\s<>()\",;:\[\]]+")
_PADDED_INSIDE = re.compile(rb"=+(?=[^=\s])")
_FOREIGN_TO_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_SECTION = re.compile(r"^([^*]+)(?:\*(\d{1,3}))?(\*)?$")


class _Section(NamedTuple):
    number: int
    extended: bool
    text: str


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A bare `local@domain` and the name shown for it ("" if none)."""

    address: str
    name: str = ""


def unfold(raw: bytes, hint: str = "") -> str:
    """A raw header value as one line of text; 8-bit bytes by `hint`, the charset of the body."""
    text = charsets.decode(raw[:MAX_VALUE], "", hint)
    return _BREAKS.sub(" ", _FOLD.sub("", text)).strip()


def decode_words(value: str) -> str:
    """RFC 2047: encoded words become text. Neighbours of one charset are joined first: some are cut inside a letter."""
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for match in _WORD.finditer(value, 0, MAX_WORDS):
        between = value[end : match.start()]
        label = match[1].partition("*")[0]
        if charset and not between.strip() and label.lower() == charset.lower():
            pending += _word_bytes(match[2], match[3], label)
        else:
            out.append(charsets.decode(pending, charset))
            out.append("" if charset and not between.strip() else between)
            pending = _word_bytes(match[2], match[3], label)
        charset, end = label, match.end()
    out += [charsets.decode(pending, charset), value[end:]]
    return charsets.clean("".join(out))


def _word_bytes(encoding: str, text: str, label: str) -> bytes:
    raw = charsets.encode(text, "ascii" if text.isascii() else label)  # some put raw 8-bit letters into a word
    if encoding in "bB":
        return decode_base64(raw)
    return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)


def decode_base64(raw: bytes) -> bytes:
    """Base64 with best effort: foreign letters skipped, padding mended, pieces padded one by one joined."""
    pieces = [piece for piece in _PADDED_INSIDE.split(raw) if piece.strip()]
    return b"".join(_decode_base64_piece(piece) for piece in pieces)


def _decode_base64_piece(raw: bytes) -> bytes:
    letters = raw.translate(None, _FOREIGN_TO_BASE64)
    end = len(letters) // 4 * 4  # the odd rest apart: a copy with padding would be a large one
    rest = letters[end:] if len(letters) - end > 1 else b""
    return binascii.a2b_base64(memoryview(letters)[:end]) + binascii.a2b_base64(rest + b"=" * (-len(rest) % 4))


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=x; name*=utf-8''…` as (`text/plain`, {"charset": …, "name": …}), all decoded (RFC 2231)."""
    head, *rest = _split(value[:MAX_VALUE], ";")
    sections: dict[str, list[_Section]] = {}
    for item in rest[:MAX_PARAMETERS]:
        key, equals, text = item.partition("=")
        match = _SECTION.match(key.strip().lower())
        if equals and match:
            section = _Section(int(match[2] or 0), bool(match[3]), _unquoted(text.strip()))
            sections.setdefault(match[1], []).append(section)
    return _strip_comments(head).strip().lower(), {key: _joined(found) for key, found in sections.items()}


def _joined(sections: list[_Section]) -> str:
    """The sections of one parameter in order; an extended one (RFC 2231) wins over a plain one beside it."""
    ordered = sorted(sections, key=lambda section: section.number)
    if any(section.extended for section in ordered):
        return _extended([section for section in ordered if section.extended or section.number])
    repeated = len({section.number for section in ordered}) < len(ordered)
    return decode_words("".join(section.text for section in (ordered[:1] if repeated else ordered)))


def _extended(sections: list[_Section]) -> str:
    """`charset'language'per%20cent` of the first section gives the charset of all."""
    charset, first = "", sections[0].text
    if first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
    texts = [first, *(section.text for section in sections[1:])]
    raw = (
        unquote_to_bytes(text) if section.extended else text.encode("utf-8", "replace")
        for section, text in zip(sections, texts, strict=True)
    )
    return charsets.decode(b"".join(raw), charset)


def addresses(value: str) -> tuple[MailAddress, ...]:
    """All addresses of a To, Cc or From value in order, names decoded; at most MAX_ADDRESSES."""
    found: list[MailAddress] = []
    for item in _split(value[:MAX_VALUE], ",;"):
        if len(found) >= MAX_ADDRESSES:
            break
        if (address := _address(item)) is not None:
            found.append(address)
    return tuple(found)


def _address(item: str) -> MailAddress | None:
    item = _without_group(item).strip()
    if not item:
        return None
    found = _structured(item)
    if found is None and "=?" in item:  # some put name and address together into one encoded word
        found = _structured(decode_words(item))
    return found


def _structured(item: str) -> MailAddress | None:
    opened = _angle(item)
    if opened >= 0:
        inner = _strip_comments(item[opened + 1 :].partition(">")[0]).strip().lstrip("<").rpartition(":")[2]
        name = _display_name(item[:opened])
        if "@" in inner or inner:
            return MailAddress(_bare(inner), name)
    plain = _strip_comments(item)
    match = _BARE_ADDRESS.search(plain)
    if match is None:
        return None
    name = _display_name(plain[: match.start()]) or _comment(item)
    return MailAddress(_bare(match[0]), name)


def _angle(item: str) -> int:
    """Where the angle address starts: the last `<` outside quotes, else the last one at all."""
    quoted, found = False, -1
    for index, letter in enumerate(item):
        if letter == '"' and (index == 0 or item[index - 1] != "\\"):
            quoted = not quoted
        elif letter == "<" and not quoted:
            found = index
    return found if found >= 0 else item.rfind("<")


def _bare(address: str) -> str:
    local, at, domain = decode_words(address).replace(" ", "").rpartition("@")
    return charsets.clean(f"{_unquoted(local)}{at}{domain}".strip("'\""))[:320]


def _display_name(text: str) -> str:
    text = _strip_comments(text) if "(" in text and not text.lstrip().startswith('"') else text
    return " ".join(decode_words(_unquoted(text.strip())).split()).strip("\"' ")[:200]


def _without_group(item: str) -> str:
    """`undisclosed recipients: a@b` without the name of its group."""
    head, colon, rest = item.partition(":")
    return rest if colon and not set(head) & set('@<"([') else item


def message_ids(value: str) -> tuple[str, ...]:
    """The ids of Message-ID, In-Reply-To or References without brackets, in order; garbage and empty ids left out."""
    value = value[:MAX_IDS]
    found = _ANGLE_ID.findall(value) or [word for word in _ID_ENDS.split(value) if _is_bare_id(word)]
    return tuple(dict.fromkeys(charsets.clean(text) for text in found if len(text) > 2))[:MAX_ADDRESSES]


def _is_bare_id(word: str) -> bool:
    left, at, right = word.partition("@")
    return bool(left and at and right) and len(word) <= 998


def date(value: str) -> datetime | None:
    """The moment of a Date header in UTC; None when it can't be read."""
    try:
        moment = parsedate_to_datetime(value[:200])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _split(value: str, separators: str) -> list[str]:
    """Pieces at separators outside of quotes, comments and angle brackets; an unclosed one swallows nothing."""
    pieces, start, closed_by, index = [], 0, "", 0
    while index < len(value):
        letter = value[index]
        if letter == "\\" and closed_by:
            index += 1
        elif closed_by:
            closed_by = "" if letter == closed_by else closed_by
        elif letter in _CLOSING:
            closed_by = _CLOSING[letter] if _CLOSING[letter] in value[index + 1 : index + 1000] else ""
        elif letter in separators:
            pieces.append(value[start:index])
            start = index + 1
        index += 1
    return [*pieces, value[start:]]


_CLOSING = {'"': '"', "(": ")", "<": ">"}


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text.strip('"')


def _strip_comments(text: str) -> str:
    return re.sub(r"\([^()]{0,500}\)", " ", text) if "(" in text else text


def _comment(text: str) -> str:
    match = re.search(r"\(([^()]{1,500})\)", text)
    return " ".join(decode_words(match[1]).split())[:200] if match else ""
