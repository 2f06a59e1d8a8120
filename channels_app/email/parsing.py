"""A raw mail as values: who, what, when, the text, the files. Pure; raises MailUnreadableError and nothing else.

Every bound and every repair is here or in mime.py, so that a mail either becomes a readable item or, with its reason, a
visible quarantine item.
"""

import html as html_module
import mimetypes
import re
from dataclasses import dataclass, field
from datetime import datetime

from channels_app.email import charsets, headers, html_text, mime
from channels_app.email.headers import MailAddress
from channels_app.email.mime import MailUnreadableError, Part, Unreadable
from interaction_center.envelope import FilePart
from interaction_center.queue.html import MAX_HTML

__all__ = ["MailAddress", "MailUnreadableError", "ParsedMail", "parse"]

MAX_TEXT = 1_000_000  # characters of the visible body that are kept outside the raw mail
_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset=[\"' ]*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_GLANCE_BYTES = 65_536
_KEPT_HEADERS = 2_000  # characters of one header value that rules look at
_TEXT_TYPES = {"text/plain", "text/html", "text/enriched", "text/richtext"}
_PLACEHOLDER = 400  # characters
_ASKS_FOR_HTML = re.compile(
    r"\bhtml\b.{0,60}\b(capable|program|viewer|client|reader|support|format|message|mail)", re.I | re.S
)
_TAGS = re.compile(r"<[^<>]{1,60}>")


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What a mail says. Addresses are bare and as written; ids are without brackets; `date` is UTC or None.

    text     the whole visible body as plain text: text parts in order, HTML turned to text where there is no plain part
    html     the HTML of the body, raw and untrusted; "" when the mail has none
    files    attachments and pictures shown inside (those have a content_id)
    headers  the first value of each header, lower-case name, decoded and cut: for rules about automatic mail
    """

    message_id: str
    from_: tuple[MailAddress, ...]
    reply_to: tuple[MailAddress, ...]
    to: tuple[MailAddress, ...]
    cc: tuple[MailAddress, ...]
    subject: str
    date: datetime | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    html: str
    files: tuple[FilePart, ...]
    headers: dict[str, str]
    content_type: str
    report_type: str


@dataclass(slots=True)
class _Body:
    """What the walk over the parts has found so far: (plain, html) segments in order, and files."""

    segments: list[tuple[str, str]] = field(default_factory=list)
    files: list[FilePart] = field(default_factory=list)


def parse(raw: bytes) -> ParsedMail:
    """Reads one mail. Raises MailUnreadableError with the reason."""
    try:
        return _parse(raw)
    except MailUnreadableError:
        raise
    except Exception as error:  # whatever a hostile mail finds in here: it must become a quarantine item
        raise MailUnreadableError(Unreadable.BROKEN) from error


def _parse(raw: bytes) -> ParsedMail:
    root = mime.parse(raw)
    hint = _charset_hint(root)
    body = _Body()
    _collect(root, body, hint, first=True, related=False)
    return ParsedMail(
        message_id=next(iter(headers.message_ids(_value(root, "message-id"))), ""),
        from_=_addresses(root, "from", hint) or _addresses(root, "sender", hint),
        reply_to=_addresses(root, "reply-to", hint),
        to=_addresses(root, "to", hint),
        cc=_addresses(root, "cc", hint),
        subject=" ".join(headers.decode_words(_value(root, "subject", hint)).split())[:1000],
        date=headers.date(_value(root, "date")),
        in_reply_to=headers.message_ids(_value(root, "in-reply-to")),
        references=headers.message_ids(_value(root, "references")),
        text=_text(body) or _forwarded_text(root),
        html=_html(body),
        files=tuple(body.files),
        headers=_first_values(root),
        content_type=root.content_type,
        report_type=root.parameters.get("report-type", "").lower(),
    )


def _value(part: Part, name: str, hint: str = "") -> str:
    return headers.unfold(part.first(name), hint)


def _addresses(part: Part, name: str, hint: str) -> tuple[MailAddress, ...]:
    """All headers of that name together; at most the bound of one."""
    values = (headers.unfold(value, hint) for value in part.all(name)[:20])
    return tuple(address for value in values for address in headers.addresses(value))[: headers.MAX_ADDRESSES]


def _first_values(part: Part) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in part.fields:
        if name not in found:
            found[name] = headers.decode_words(headers.unfold(value[:_KEPT_HEADERS]))
    return found


def _charset_hint(part: Part) -> str:
    """The charset of the first part that declares one: raw 8-bit headers are mostly written in it."""
    if "charset" in part.parameters:
        return part.parameters["charset"]
    return next((hint for child in part.children if (hint := _charset_hint(child))), "")


def _collect(part: Part, body: _Body, hint: str, *, first: bool, related: bool) -> None:
    if part.content_type == "multipart/alternative":
        _collect_alternative(part, body, hint)
    elif part.children:
        for index, child in enumerate(part.children):
            _collect(child, body, hint, first=index == 0, related=part.content_type == "multipart/related")
    elif _is_text(part, first=first, related=related):
        _collect_text(part, body, hint)
    else:
        body.files.append(_file(part, len(body.files) + 1))


def _is_text(part: Part, *, first: bool, related: bool) -> bool:
    """The rule of RFC 8621 for body parts: not an attachment, and the first of its group or without a name."""
    if part.content_type not in _TEXT_TYPES or part.disposition[0] == "attachment":
        return False
    return first or (not related and not part.filename)


def _collect_alternative(part: Part, body: _Body, hint: str) -> None:
    """The same words several times: the first plain version and the last HTML one are kept as one segment."""
    plain, html = "", ""
    for child in part.children:
        found = _Body()
        _collect(child, found, hint, first=True, related=False)
        body.files += found.files
        child_html = _html(found)
        html = child_html or html
        if not child_html and not plain.strip():
            plain = "\n".join(text for text, _ in found.segments)
    if plain or html:
        body.segments.append((plain, html))


def _collect_text(part: Part, body: _Body, hint: str) -> None:
    content = part.content()
    label = part.parameters.get("charset", "")
    if part.content_type == "text/html":
        meta = _META_CHARSET.search(content, 0, 4096)
        html = charsets.decode(content, label or (meta[1].decode("ascii") if meta else ""), hint)
        body.segments.append(("", html[:MAX_HTML]))
        return
    text = _lines(charsets.decode(content, label, hint))
    if part.content_type != "text/plain":
        text = _TAGS.sub("", text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = _unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    if text.strip():
        body.segments.append((text, ""))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unflowed(text: str, *, delete_space: bool) -> str:
    """RFC 3676: a line that ends with a blank goes on in the next one; quoted lines are left as they are."""
    out: list[str] = []
    joining = False
    for line in text.split("\n"):
        plain = line[1:] if line.startswith(" ") else line
        if joining and not line.startswith(">") and line != "-- ":
            out[-1] += plain
        else:
            out.append(plain)
        joining = line.endswith(" ") and line != "-- " and not line.startswith(">")
        if joining and delete_space:
            out[-1] = out[-1][:-1]
    return "\n".join(out)


def _text(body: _Body) -> str:
    pieces = (_chosen(plain, html) for plain, html in body.segments)
    return "\n".join(piece.rstrip() for piece in pieces if piece.strip()).strip("\n")[:MAX_TEXT]


def _chosen(plain: str, html: str) -> str:
    """The plain version, unless it merely says that there is an HTML one."""
    is_placeholder = html and len(plain) < _PLACEHOLDER and _ASKS_FOR_HTML.search(plain)
    return plain if plain.strip() and not is_placeholder else html_text.text_of(html)


def _forwarded_text(part: Part) -> str:
    """A mail that only carries another one along shows the words of that one."""
    for child in (part, *part.children):
        if child.content_type == "message/rfc822":
            inner = _Body()
            _collect(mime.parse(child.content(), depth=1), inner, "", first=True, related=False)
            return _text(inner)
    return ""


def _html(body: _Body) -> str:
    if not any(html for _, html in body.segments):
        return ""
    return "\n<hr>\n".join(html or f"<pre>{html_module.escape(plain)}</pre>" for plain, html in body.segments)


def _file(part: Part, number: int) -> FilePart:
    content_id = "".join(headers.message_ids(_value(part, "content-id"))[:1]) or _value(part, "content-id").strip("<> ")
    return FilePart(
        filename=charsets.clean(part.filename)[:255] or _invented_name(part, number),
        content_type=part.content_type[:127],
        content=part.content(),
        content_id=content_id[:255],
    )


def _invented_name(part: Part, number: int) -> str:
    if part.content_type == "message/rfc822":
        return f"message-{number}.eml"
    if part.content_type.startswith(("text/", "message/")):
        return f"part-{number}{mimetypes.guess_extension(part.content_type) or '.txt'}"
    return f"part-{number}{mimetypes.guess_extension(part.content_type) or '.bin'}"


@dataclass(frozen=True, slots=True)
class Glance:
    """What can be said of a mail that can't be read: its first sender and subject, "" where even that fails."""

    sender: str = ""
    subject: str = ""


def peek(raw: bytes) -> Glance:
    """A look at the first headers; never raises."""
    try:
        fields = dict(reversed(mime.split_head(raw[:_GLANCE_BYTES], mime.Budget())[0]))
        senders = headers.addresses(headers.unfold(fields.get("from", b"")))
        subject = " ".join(headers.decode_words(headers.unfold(fields.get("subject", b""))).split())
        return Glance(senders[0].address if senders else "", subject[:300])
    except Exception:  # it is here because it broke something already
        return Glance()
