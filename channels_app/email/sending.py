"""A finished mail on its way to the relay: for threads, because every step waits.

A large mail goes in blocks. One call over all of its bytes would hold the interpreter, and with it every socket of the
process, however many threads there are: a regular expression over 28 MB takes half a second.
"""

import contextlib
import smtplib
import ssl
import time
from collections.abc import Iterator, Sequence
from functools import cache

from channels_app.email.relay import Relay

STEP_SECONDS = 30.0  # for every step: connecting, each command, each reply
SEND_SECONDS = 90.0  # for all of them; shorter than the outbox waits, so that a mail given up is not still being sent
_BLOCK = 64 * 1024


def send(raw: bytes, *, hop: Relay, hostname: str, mail_from: str, recipients: Sequence[str]) -> str:
    """The relay's last word; `hostname` is how we introduce ourselves.

    smtplib.SMTPException (SMTPResponseException holds code and words) or OSError; ValueError for an address that can't
    be written to. One connection for each mail: the last one may have failed for reasons of its own.
    """
    ends = time.monotonic() + SEND_SECONDS
    connection = _connection(hop, hostname)
    try:
        _enter(connection, hop)
        answer = _hand_over(connection, raw, mail_from, recipients, ends)
        with contextlib.suppress(smtplib.SMTPException, OSError):  # it is theirs now, whatever they say to our goodbye
            connection.quit()
        return answer
    finally:
        connection.close()


def _connection(hop: Relay, hostname: str) -> smtplib.SMTP:
    if hop.tls:
        return smtplib.SMTP_SSL(hop.host, hop.port, hostname, timeout=STEP_SECONDS, context=_trust())
    return smtplib.SMTP(hop.host, hop.port, hostname, timeout=STEP_SECONDS)


def _enter(connection: smtplib.SMTP, hop: Relay) -> None:
    connection.ehlo_or_helo_if_needed()
    if hop.starttls or (hop.starttls is None and connection.has_extn("starttls")):
        connection.starttls(context=_trust())
        connection.ehlo_or_helo_if_needed()
    if hop.username and hop.password:
        connection.login(hop.username, hop.password)


@cache
def _trust() -> ssl.SSLContext:
    """smtplib by itself believes every certificate; with this the relay must be who it says."""
    return ssl.create_default_context()


def _hand_over(connection: smtplib.SMTP, raw: bytes, mail_from: str, recipients: Sequence[str], ends: float) -> str:
    _expect(connection.mail(mail_from, [f"size={len(raw)}"] if connection.has_extn("size") else []), 250)
    for recipient in recipients:
        _expect(connection.rcpt(recipient), 250, 251)
    _expect(connection.docmd("DATA"), 354)
    for block in _blocks(raw):
        if time.monotonic() > ends:
            raise TimeoutError(f"the mail did not get through within {SEND_SECONDS:.0f} seconds")
        connection.send(block)
    connection.send(b".\r\n")
    return _expect(connection.getreply(), 250)


def _expect(reply: tuple[int, bytes], *codes: int) -> str:
    if reply[0] not in codes:
        raise smtplib.SMTPResponseException(*reply)
    return reply[1].decode("utf-8", "replace")


def _blocks(raw: bytes) -> Iterator[bytes]:
    """Whole lines, a dot at the beginning of one doubled (RFC 5321, 4.5.2); the last line is ended."""
    start = 0
    while start < len(raw):
        at = raw.find(b"\r\n", start + _BLOCK)
        end = at + 2 if at >= 0 else len(raw)
        yield (b"\r\n" + raw[start:end]).replace(b"\r\n.", b"\r\n..")[2:]
        start = end
    if not raw.endswith(b"\r\n"):
        yield b"\r\n"
