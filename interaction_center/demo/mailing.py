"""The customer's mail program of the demo: a real mail, sent to the centre by real SMTP."""

import re
import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import uuid4

from interaction_center.errors import DeliveryError, InvalidError

TIMEOUT = 10  # seconds
MAX_TEXT = 20_000
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,180}")


@dataclass(frozen=True, slots=True)
class Letter:
    """What the customer typed. `answers` is the Message-ID of the mail that this one answers, "" for a new one."""

    name: str
    sender: str
    to: str
    subject: str
    text: str
    answers: str = ""


def compose(letter: Letter, *, now: datetime) -> EmailMessage:
    """The mail as an ordinary mail program writes it. Raises InvalidError for what can't be sent."""
    _check(letter)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{_one_line(letter.name)}" <{letter.sender}>' if _one_line(letter.name) else letter.sender
    mail["To"] = letter.to
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{uuid4().hex}@{letter.sender.rpartition('@')[2]}>"
    if letter.answers:
        mail["In-Reply-To"] = mail["References"] = f"<{letter.answers.strip('<>')}>"
    mail.set_content(letter.text)
    return mail


def send(mail: EmailMessage, *, host: str, port: int) -> None:
    """Hand the mail to the centre. Raises DeliveryError with its answer in words."""
    try:
        with smtplib.SMTP(_reachable(host), port, timeout=TIMEOUT) as server:
            server.send_message(mail)
    except smtplib.SMTPException as error:
        raise DeliveryError(f"The centre did not take the mail: {_reason(error)}", permanent=True) from error
    except OSError as error:
        raise DeliveryError("The mail port of the centre can't be reached. Is it running?", permanent=False) from error


def _reachable(host: str) -> str:
    """A server that listens everywhere is reached here."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104  compared, not bound


def _reason(error: smtplib.SMTPException) -> str:
    """The server's own sentence."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return f"{code} {text.decode(errors='replace')}"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return str(error)


def _check(letter: Letter) -> None:
    wrong: dict[str, str] = {}
    if not _ADDRESS.fullmatch(letter.sender):
        wrong["sender"] = "no mail address"
    if not _ADDRESS.fullmatch(letter.to):
        wrong["to"] = "no mail address"
    if not 0 < len(letter.text.strip()) <= MAX_TEXT:
        wrong["text"] = f"1 to {MAX_TEXT} characters"
    if wrong:
        raise InvalidError("Please correct the marked fields.", **wrong)


def _one_line(text: str) -> str:
    return " ".join(text.replace('"', "").split())[:200]
