"""An answer as a mail: plain text and simple HTML, threaded by its headers, with the mailbox's signature. Pure."""

import re
import secrets
from binascii import b2a_base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from html import escape

from channels_app.email.robots import LOOP_HEADER
from interaction_center.envelope import FilePart, OutboundMessage

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAKS = re.compile(r"\r\n|\r|\n")
_MAX_REFERENCES = 20
_LINE = 57  # bytes that make the 76 characters of a line (RFC 2045, 6.8)
_BLOCK = 1_000 * _LINE


class _KeptIds(EmailPolicy):
    """One id a line: the standard policy turns long ids into encoded words, which no reader finds again."""

    def fold(self, name: str, value: str) -> str:
        """One header as text."""
        if name.lower() in ("references", "in-reply-to", "message-id"):
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as bytes."""
        if name.lower() in ("references", "in-reply-to", "message-id"):
            return self.fold(name, value).encode("ascii", "replace")
        return super().fold_binary(name, value)


_POLICY = _KeptIds(linesep=SMTP.linesep, max_line_length=78)


@dataclass(frozen=True, slots=True)
class Sender:
    """The mailbox as a mail shows it."""

    address: str
    name: str
    signature: str = ""


def compose(message: OutboundMessage, *, sender: Sender, now: datetime) -> bytes:
    """The whole mail, lines ended by CRLF. Raises ValueError when an address can't be one."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _mailbox(sender.address, " · ".join(filter(None, (message.author_name, sender.name))))
    mail["To"] = _mailbox(message.to, message.to_name)
    mail["Subject"] = _one_line(reply_subject(message.subject, is_reply=bool(message.references)))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.message_id}>"
    if message.references:
        mail["In-Reply-To"] = f"<{_last_of_customer(message)}>"
        mail["References"] = " ".join(f"<{name}>" for name in _shortened(message.references))
    _mark_automatic(mail, message)
    text = _text_with_signature(message.text, sender.signature)
    mail.set_content(text, cte=_encoding(text))
    mail.add_alternative(_html(text, message.language), subtype="html", cte="quoted-printable")
    places = [_attach(mail, file) for file in message.files]
    return b"".join(_filled(mail.as_bytes(), places, message.files))


def reply_subject(subject: str, *, is_reply: bool) -> str:
    """`Re: …` once, however often the thread went to and fro."""
    bare = re.sub(r"^(?:\s*(?:re|aw|antw|sv|fw|fwd|wg)(?:\[\d+\])?\s*:\s*)+", "", subject, flags=re.IGNORECASE).strip()
    return f"Re: {bare}".strip() if is_reply else subject


def _mark_automatic(mail: EmailMessage, message: OutboundMessage) -> None:
    """RFC 3834: what a machine wrote says so; our own header lets us recognise our own robots."""
    if message.data.get("automatic"):
        mail["Auto-Submitted"] = "auto-replied"
        mail["Precedence"] = "bulk"
        mail["X-Auto-Response-Suppress"] = "All"
        mail[LOOP_HEADER.title()] = "automatic"


def _mailbox(address: str, name: str) -> HeaderAddress:
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain or re.search(r"[\s<>,;]", address.strip()):
        raise ValueError("not a mail address")
    return HeaderAddress(_one_line(name), username=local, domain=domain)


def _last_of_customer(message: OutboundMessage) -> str:
    return str(message.data.get("in_reply_to") or message.references[-1])


def _shortened(references: tuple[str, ...]) -> tuple[str, ...]:
    """RFC 5322 lets the middle go: the first one and the latest."""
    if len(references) <= _MAX_REFERENCES:
        return references
    return (references[0], *references[1 - _MAX_REFERENCES :])


def _text_with_signature(text: str, signature: str) -> str:
    body = "\n".join(_LINE_BREAKS.split(_CONTROL.sub("", text))).strip("\n")
    if signature.strip():
        body += "\n\n-- \n" + "\n".join(_LINE_BREAKS.split(_CONTROL.sub("", signature))).strip("\n")
    return body + "\n"


def _encoding(text: str) -> str:
    """Plain where it can be, so that people and programs can read the raw mail."""
    lines = text.split("\n")
    return "7bit" if text.isascii() and max(map(len, lines)) < 900 else "quoted-printable"


def _html(text: str, language: str) -> str:
    paragraphs = (_linked(block).replace("\n", "<br>\n") for block in re.split(r"\n{2,}", text.strip()))
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f'<!doctype html>\n<html lang="{escape(language or "en")}"><body>\n{body}\n</body></html>\n'


def _linked(text: str) -> str:
    out, end = [], 0
    for match in _LINK.finditer(text):
        url = escape(match[0])
        out += [escape(text[end : match.start()]), f'<a href="{url}">{url}</a>']
        end = match.end()
    return "".join([*out, escape(text[end:])])


def _attach(mail: EmailMessage, file: FilePart) -> bytes:
    """Adds the part, with a line that nobody can guess where the content belongs; that line."""
    maintype, _, subtype = file.content_type.partition("/")
    if maintype in ("message", "multipart") or not subtype:
        maintype, subtype = "application", "octet-stream"
    place = secrets.token_bytes(_LINE)
    mail.add_attachment(place, maintype=maintype, subtype=subtype, filename=_one_line(file.filename))
    return _encoded(place)


def _filled(raw: bytes, places: list[bytes], files: tuple[FilePart, ...]) -> Iterator[bytes]:
    """The contents where they belong. Putting them through the email package takes five times as long, much of it in
    single calls that hold the interpreter: a file of 20 MB stopped every socket of the process for a second."""
    for place, file in zip(places, files, strict=True):
        before, _, raw = raw.partition(place)
        yield before
        yield from (_encoded(file.content[at : at + _BLOCK]) for at in range(0, len(file.content), _BLOCK))
    yield raw


def _encoded(block: bytes) -> bytes:
    lines = (block[at : at + _LINE] for at in range(0, len(block), _LINE))
    return b"".join(b2a_base64(line, newline=False) + b"\r\n" for line in lines)


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub("", text).split())
