"""Django's own mails (a forgotten password) leave by the same door as answers."""

import re
import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from channels_app.email.adapter import relay
from channels_app.email.relay import TIMEOUT_SECONDS, Relay


class RelayBackend(BaseEmailBackend):
    """Sends by SMTP_RELAY_URL, or into the built-in catcher."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were handed over. Raises OSError or SMTPException unless `fail_silently`."""
        messages = [message for message in email_messages if message.recipients()]
        if not messages:
            return 0
        try:
            return _send_all(relay(), messages)
        except (OSError, smtplib.SMTPException):
            if not self.fail_silently:
                raise
            return 0


def _send_all(hop: Relay, messages: Sequence[EmailMessage]) -> int:
    kind = smtplib.SMTP_SSL if hop.tls else smtplib.SMTP
    with kind(hop.host, hop.port, timeout=TIMEOUT_SECONDS) as connection:
        connection.ehlo()
        if hop.starttls or (hop.starttls is None and connection.has_extn("starttls")):
            connection.starttls()
            connection.ehlo()
        if hop.username and hop.password:
            connection.login(hop.username, hop.password)
        for message in messages:
            connection.sendmail(message.from_email, message.recipients(), _lines_ended(message.message().as_bytes()))
    return len(messages)


def _lines_ended(raw: bytes) -> bytes:
    """CRLF everywhere, as SMTP wants it."""
    return b"\r\n".join(re.split(rb"\r\n|\r|\n", raw))
