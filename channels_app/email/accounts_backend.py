"""Django's own mails (a forgotten password) leave by the same door as answers."""

import re
import smtplib
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from channels_app.email import sending
from channels_app.email.adapter import relay


class RelayBackend(BaseEmailBackend):
    """Sends by SMTP_RELAY_URL, or into the built-in catcher."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were handed over. Raises OSError or SMTPException unless `fail_silently`."""
        messages = [message for message in email_messages if message.recipients()]
        try:
            for message in messages:
                _send(message)
        except (OSError, smtplib.SMTPException):
            if not self.fail_silently:
                raise
            return 0
        return len(messages)


def _send(message: EmailMessage) -> None:
    sending.send(
        _lines_ended(message.message().as_bytes()),
        hop=relay(),
        hostname=settings.CONFIG.mail_domain,
        mail_from=message.from_email,
        recipients=message.recipients(),
    )


def _lines_ended(raw: bytes) -> bytes:
    """CRLF everywhere, as SMTP wants it."""
    return b"\r\n".join(re.split(rb"\r\n|\r|\n", raw))
