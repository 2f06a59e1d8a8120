"""Who is a machine? A table of what real programs send."""

import pytest

from channels_app.email import parsing, robots
from channels_app.email.robots import Automatic
from tests.email.builders import mail

MACHINES = {
    "RFC 3834": ("Auto-Submitted: auto-replied", Automatic.AUTO_REPLY),
    "RFC 3834 with a comment": ("Auto-Submitted: auto-generated; type=x", Automatic.AUTO_REPLY),
    "bulk": ("Precedence: bulk", Automatic.NO_ANSWER),
    "junk": ("Precedence: JUNK", Automatic.NO_ANSWER),
    "a list": ("List-Id: <news.example.org>", Automatic.LIST),
    "a newsletter": ("List-Unsubscribe: <https://example.org/u>", Automatic.LIST),
    "a list by precedence": ("Precedence: list", Automatic.LIST),
    "Exchange": ("X-Auto-Response-Suppress: DR, AutoReply", Automatic.NO_ANSWER),
    "bulk senders": ("Feedback-ID: 1:2:3:x", Automatic.NO_ANSWER),
    "an answer of a ticket system": (
        "Auto-Submitted: auto-generated\nIn-Reply-To: <a@example.org>",
        Automatic.NO_ANSWER,
    ),
    "old autoresponders": ("X-Autoreply: yes", Automatic.AUTO_REPLY),
    "ourselves": ("X-Interaction-Center: automatic", Automatic.AUTO_REPLY),
    "qmail": ("X-Failed-Recipients: a@example.org", Automatic.BOUNCE),
    "a delivery report": ("Return-Path: <>\nX-Failed-Recipients: b@example.org", Automatic.BOUNCE),
}


@pytest.mark.parametrize("name", MACHINES)
def test_machines_are_recognised_by_their_headers(name: str) -> None:
    line, kind = MACHINES[name]
    assert robots.automatic_kind(parsing.parse(mail(headers=line)), "jo@example.org") == kind


@pytest.mark.parametrize(
    "sender",
    [
        "noreply@example.org",
        "no-reply@example.org",
        "Do-Not-Reply@example.org",
        "donotreply+7@example.org",
        "mailer-daemon@example.org",
        "postmaster@example.org",
        "notifications@example.org",
        "bounce@example.org",
    ],
)
def test_machines_are_recognised_by_their_names(sender: str) -> None:
    assert robots.automatic_kind(parsing.parse(mail(sender=sender)), sender)
    assert robots.automatic_kind(parsing.parse(mail(headers=f"Reply-To: {sender}")), "jo@example.org")


def test_only_what_nobody_wrote_is_a_machines() -> None:
    """People write through lists, and Exchange can mark everybody's mail."""
    machines = {Automatic.BOUNCE, Automatic.COMPLAINT, Automatic.AUTO_REPLY}
    assert {kind for kind in Automatic if kind.is_machine} == machines


@pytest.mark.parametrize("mail_from", ["", "<>", " "])
def test_a_null_sender_is_a_machine(mail_from: str) -> None:
    assert robots.automatic_kind(parsing.parse(mail()), mail_from)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Printer",
        "Abwesenheitsnotiz: Urlaub",
        "Out of Office",
        "Autoreply: x",
        "Automatische Antwort: x",
    ],
)
def test_absence_notes_without_headers_are_machines(subject: str) -> None:
    assert robots.automatic_kind(parsing.parse(mail(subject=subject)), "jo@example.org") is Automatic.AUTO_REPLY


def test_a_mail_with_our_own_message_id_is_a_machine() -> None:
    parsed = parsing.parse(mail(message_id="x.y.z@center.test"))
    assert robots.automatic_kind(parsed, "jo@example.org", own_domain="center.test")


def test_a_bounce_a_complaint_and_an_auto_reply_are_told_apart() -> None:
    report = b'Content-Type: multipart/report; report-type="%s"; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n'
    bounce = parsing.parse(b"From: MAILER-DAEMON@example.org\r\n" + report % b"delivery-status")
    complaint = parsing.parse(b"From: abuse@example.org\r\n" + report % b"feedback-report")
    assert robots.automatic_kind(bounce, "") is Automatic.BOUNCE
    assert robots.automatic_kind(complaint, "") is Automatic.COMPLAINT


@pytest.mark.parametrize(
    "raw",
    [
        mail(),
        mail(headers="Auto-Submitted: no"),
        mail(subject="Mail to our office is out of order"),
        mail("The mailbox is full, what can I do? The user unknown to me...", subject="Full"),
        mail(sender="norbert.reply@example.org"),
        mail(headers="Precedence: normal"),
        mail(headers="X-Auto-Response-Suppress:"),
    ],
)
def test_people_are_people(raw: bytes) -> None:
    assert robots.automatic_kind(parsing.parse(raw), "jo@example.org", own_domain="center.test") is Automatic.NO
