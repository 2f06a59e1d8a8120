"""Mails that break readers: each is read or refused with a reason, in bounded time, and nothing else is ever raised."""

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from channels_app.email import parsing, quoting, robots
from channels_app.email.parsing import MailUnreadableError
from interaction_center.queue.models import Interaction
from tests.email.builders import mail, mailbox, messages, received

CPU_SECONDS = 2.0


def nested_multiparts(depth: int) -> bytes:
    """Multiparts inside each other."""
    heads = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth))
    return heads.encode() + b"Content-Type: text/plain\r\n\r\ninnermost\r\n"


POISON = {
    "2,000 nested multiparts": nested_multiparts(2_000),
    "1,000 nested mails": b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"Subject: x\r\n\r\nbody",
    "10,000 parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--",
    "100,000 header lines": b"X-A: b\r\n" * 100_000 + b"\r\nbody",
    "20,000 addresses": b"To: " + b"a@example.org,\r\n " * 20_000 + b"z@example.org\r\n\r\nbody",
    "20,000 encoded words": b"Subject: " + b"=?utf-8?q?a?=\r\n " * 20_000 + b"\r\n\r\nbody",
    "words that never end": b"Subject: " + b"=?utf-8?q?a " * 50_000 + b"\r\n\r\nbody",
    "an id without end": b"Message-ID: " + b"a" * 250_000 + b"\r\n\r\nbody",
    "an answer to an id without end": b"In-Reply-To: " + b"a" * 250_000 + b"\r\n\r\nbody",
    "references without end": b"References: " + b"a" * 250_000 + b"\r\n\r\nbody",
    "an address without end": b"From: " + b"a" * 250_000 + b"\r\n\r\nbody",
    "ids that are none": b"References: " + b"@a " * 80_000 + b"\r\n\r\nbody",
    "opening brackets": b"From: " + b'(<"' * 80_000 + b"\r\n\r\nbody",
    "parameters": b"Content-Type: text/plain" + b"; a=b" * 50_000 + b"\r\n\r\nbody",
    "a line of 2 MiB": b"Subject: x\r\n\r\n" + b"y" * 2_000_000,
    "deep html": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"deep",
    "deep quotes": b"Content-Type: text/html\r\n\r\n" + b"<blockquote>" * 50_000 + b"deep",
    "attributes": b"Content-Type: text/html\r\n\r\n<p " + b" ".join(b"a%d=1" % n for n in range(40_000)) + b">x",
    "references to letters": b"Content-Type: text/html\r\n\r\n" + b"&amp;" * 400_000,
    "formatting": b"Content-Type: text/html\r\n\r\n<p>"
    + b"".join(b"<b title=%d>" % n for n in range(990))
    + b"<p>x" * 1_500,
    "tables": b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 20_000 + b"deep",
    "marks of quotes": b"Subject: x\r\n\r\n" + b"> " * 500_000 + b"\r\n" + b"On 1 wrote\r\n" * 30_000,
    "one letter lines": b"Subject: x\r\n\r\n" + b"a\r\n" * 500_000,
    "NUL": b"From: a@b.example\r\nSubject: a\x00b\r\n\r\nbo\x00dy",
    "a lone surrogate": b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-",
    "no headers": b"just text\r\nmore text",
    "nothing": b"",
    "only a line end": b"\r\n",
    "bytes": bytes(range(256)) * 100,
    "bad base64": b"Content-Transfer-Encoding: base64\r\n\r\n=====A=B==C!!!",
    "a header that starts with a blank": b" From: a@b.example\r\nSubject: x\r\n\r\nbody",
    "a boundary that is a pattern": b'Content-Type: multipart/mixed; boundary="(a+)+$["\r\n\r\n--(a+)+$[\r\n\r\nx\r\n',
    "uuencode": b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 a\r\nM\xff\xff\r\n#86)C\r\nend",
    "unknown encoding": b"Content-Transfer-Encoding: \xff\r\nContent-Type: ;;;=\r\n\r\nbody",
}


@pytest.mark.parametrize("name", POISON)
def test_poison_is_read_or_refused_in_time(name: str) -> None:
    started = time.process_time()
    try:
        parsed = parsing.parse(POISON[name])
    except MailUnreadableError:
        pass
    else:
        quoting.new_text(parsed.text).encode()
        robots.automatic_kind(parsed, "a@example.org")
        assert "\x00" not in parsed.text + parsed.subject
    assert time.process_time() - started < CPU_SECONDS


@pytest.mark.parametrize(
    ("name", "reason"), [("2,000 nested multiparts", "too_deep"), ("10,000 parts", "too_many_parts")]
)
def test_a_mail_over_its_bounds_says_so(name: str, reason: str) -> None:
    with pytest.raises(MailUnreadableError, match=reason):
        parsing.parse(POISON[name])


_words = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"--b",
        b"--b--",
        b"=?utf-8?q?",
        b"?=",
        b"=E4=",
        b"\x00",
        b"\xff\xfe",
        b"<",
        b">",
        b"From: ",
        b"To: ",
        b"Subject: ",
        b"Date: ",
        b"References: ",
        b"Content-Type: ",
        b"Content-Transfer-Encoding: ",
        b"multipart/mixed; boundary=b",
        b"text/html",
        b"message/rfc822",
        b"base64",
        b"quoted-printable",
        b"uuencode",
        b"utf-7",
        b"; name*0*=utf-8''%",
        b"charset=",
        b"\x1b$B",
        b"a@b.example",
        b"wrote:",
        b"> ",
        b"<blockquote>",
        b"&#0;",
        b"begin 644 x",
    ]
)


@given(st.lists(st.one_of(_words, st.binary(max_size=12)), max_size=60).map(b"".join))
@example(b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-+3AA-")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_comes_is_read_or_refused_and_can_be_stored(raw: bytes) -> None:
    try:
        parsed = parsing.parse(raw)
    except MailUnreadableError:
        return
    robots.automatic_kind(parsed, "")
    shown = [parsed.text, parsed.html, parsed.subject, quoting.new_text(parsed.text), *parsed.headers.values()]
    shown += [part.filename + part.content_type + part.content_id for part in parsed.files]
    shown += [address.address + address.name for address in (*parsed.from_, *parsed.to, *parsed.cc)]
    for text in shown:
        text.encode()
        assert "\x00" not in text


@pytest.mark.django_db(transaction=True)
def test_a_poison_mail_among_good_ones_is_a_visible_item_with_its_original() -> None:
    box = mailbox()
    for number in range(3):
        received(mail(f"good {number}"), box)
    poison = b"From: Jo <jo@example.org>\r\nSubject: Help\r\n" + nested_multiparts(2_000)
    row, interaction, entry = received(poison, box)
    received(mail("good again"), box)
    assert Interaction.objects.count() == 5
    assert interaction.quarantined
    assert interaction.subject == "Help"
    assert "more than 50 parts" in entry.body
    assert "mehr als 50 Teile" in entry.body
    assert row.quarantine == "too_deep"
    attachment = entry.attachments.get()
    assert (attachment.filename, attachment.size) == ("message.eml", len(poison))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(POISON))
def test_every_poison_mail_becomes_an_item(name: str) -> None:
    _, interaction, _ = received(POISON[name], mailbox())
    assert messages(interaction)
