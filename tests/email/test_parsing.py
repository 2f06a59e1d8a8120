"""Ordinary and odd mails, read field by field."""

import base64
from datetime import UTC, datetime

import pytest

from channels_app.email import headers, parsing
from channels_app.email.parsing import ParsedMail


def read(text: str | bytes) -> ParsedMail:
    """The mail of a text with plain line ends."""
    raw = text if isinstance(text, bytes) else text.encode()
    return parsing.parse(raw.replace(b"\n", b"\r\n"))


def test_a_plain_mail_says_who_what_and_when() -> None:
    mail = read(
        "From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@example.org>\n"
        'To: "Service, Team" <service@center.test>, other@example.org\n'
        "Cc: group: a@example.org, b@example.org;\n"
        "Reply-To: private@example.org\n"
        "Subject: =?iso-8859-1?Q?St=F6rung?= am\n Drucker\n"
        "Date: Mon, 2 Nov 2026 10:30:00 +0100\n"
        "Message-ID: <1@example.org>\n"
        "In-Reply-To: <0@example.org>\n"
        "References: <a@x.example>\n\t<b@x.example>\n"
        "Content-Type: text/plain; charset=utf-8\n\nGrüße\n"
    )
    assert [(a.name, a.address) for a in mail.from_] == [("Jörg Müller", "joerg@example.org")]
    assert [a.address for a in mail.to] == ["service@center.test", "other@example.org"]
    assert mail.to[0].name == "Service, Team"
    assert [a.address for a in mail.cc] == ["a@example.org", "b@example.org"]
    assert mail.reply_to[0].address == "private@example.org"
    assert mail.subject == "Störung am Drucker"
    assert mail.date == datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    assert (mail.message_id, mail.in_reply_to) == ("1@example.org", ("0@example.org",))
    assert mail.references == ("a@x.example", "b@x.example")
    assert (mail.text, mail.html, mail.files) == ("Grüße", "", ())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?b?4pyT?=", "✓"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?b?w7w=?= =?utf-8?b?w7w=?=", "üü"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?x-nonsense?q?abc?=", "abc"),
        ("=?utf-8?q?with blank?=", "with blank"),
        ("=?utf-8*en?q?tagged?=", "tagged"),
        ("=?utf-8?b?broken!!", "=?utf-8?b?broken!!"),
        ("=?utf-8?b?YQ?=", "a"),
        ("=?utf-8?q?never closed", "=?utf-8?q?never closed"),
    ],
)
def test_encoded_words_become_text(value: str, expected: str) -> None:
    assert headers.decode_words(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@example.org", [("", "a@example.org")]),
        ("<a@example.org>", [("", "a@example.org")]),
        ("Ann <a@example.org>,", [("Ann", "a@example.org")]),
        ('"O\\"Neil, Pat" <p@example.org>', [('O"Neil, Pat', "p@example.org")]),
        ("a@example.org (Ann)", [("Ann", "a@example.org")]),
        ("undisclosed-recipients:;", []),
        ("Team: a@example.org, b@example.org;", [("", "a@example.org"), ("", "b@example.org")]),
        ("=?utf-8?q?Ann_=3Ca=40example=2Eorg=3E?=", [("Ann", "a@example.org")]),
        ("a@example.org b@example.org", [("", "a@example.org")]),
        ('"unclosed <a@example.org>', [("unclosed", "a@example.org")]),
        ("", []),
        ("nobody", []),
    ],
)
def test_addresses_are_found_in_any_shape(value: str, expected: list[tuple[str, str]]) -> None:
    assert [(address.name, address.address) for address in headers.addresses(value)] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/plain; charset=UTF-8", ("text/plain", {"charset": "UTF-8"})),
        ('a/b; name="x;y.pdf"', ("a/b", {"name": "x;y.pdf"})),
        ("a/b; name*=utf-8''%C3%BC.pdf", ("a/b", {"name": "ü.pdf"})),
        ("a/b; name*0=one; name*1=two.pdf", ("a/b", {"name": "onetwo.pdf"})),
        ("a/b; name*0*=utf-8'de'%C3%BC; name*1=b.pdf", ("a/b", {"name": "üb.pdf"})),
        ("a/b; name=plain.pdf; name*=utf-8''%C3%BC.pdf", ("a/b", {"name": "ü.pdf"})),
        ('a/b; name="=?utf-8?q?=C3=BC.pdf?="', ("a/b", {"name": "ü.pdf"})),
        ("A/B (comment)", ("a/b", {})),
    ],
)
def test_parameters_are_read_in_every_encoding(value: str, expected: tuple[str, dict[str, str]]) -> None:
    assert headers.parameters(value) == expected


@pytest.mark.parametrize("value", ["", "<>", "< >", "<\n>", "none", ";", "<a b>", "()"])
def test_empty_and_garbage_ids_are_no_ids(value: str) -> None:
    assert headers.message_ids(value) == ()


@pytest.mark.parametrize(
    "value", ["", "yesterday", "Mon, 99 Foo 2026 99:99:99 +9999", "1", "Fri, 31 Dec 9999 23:59:59 -2300"]
)
def test_a_date_that_cannot_be_read_is_none(value: str) -> None:
    assert headers.date(value) is None


def test_the_plain_version_is_read_and_the_html_one_kept() -> None:
    mail = read(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain words\n"
        "--b\nContent-Type: text/html\n\n<p>html <b>words</b></p>\n--b--\n"
    )
    assert mail.text == "plain words"
    assert "<p>html <b>words</b></p>" in mail.html


def test_html_alone_becomes_text_with_its_lines() -> None:
    mail = read(
        "Content-Type: text/html; charset=utf-8\n\n<head><title>no</title></head><style>no{}</style><p>Hallo,</p>"
        "<p>eine&nbsp;Zeile<br>noch eine</p><ul><li>eins<li>zwei</ul><pre>E-04\n  at 3</pre><script>no()</script>\n"
    )
    assert mail.text.split() == ["Hallo,", "eine", "Zeile", "noch", "eine", "-", "eins", "-", "zwei", "E-04", "at", "3"]
    assert "E-04\n  at 3" in mail.text
    assert mail.text.startswith("Hallo,\n\neine")


def test_every_attachment_has_the_bytes_that_were_sent() -> None:
    content = bytes(range(256)) * 40
    encoded = base64.encodebytes(content).decode()
    mail = read(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee file\n"
        "--b\nContent-Type: application/pdf; name=x.pdf\nContent-Disposition: attachment;\n"
        " filename*=utf-8''Pr%C3%BCfbericht.pdf\nContent-Transfer-Encoding: base64\n\n"
        f"{encoded}\n--b\nContent-Type: image/png\nContent-ID: <logo@x>\nContent-Disposition: inline\n\npng\n--b--\n"
    )
    assert [(file.filename, file.content_type, file.content_id) for file in mail.files] == [
        ("Prüfbericht.pdf", "application/pdf", ""),
        ("part-2.png", "image/png", "logo@x"),
    ]
    assert mail.files[0].content == content


def test_text_around_an_inline_file_is_kept_whole_and_in_order() -> None:
    mail = read(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nbefore\n"
        "--b\nContent-Type: application/pdf\nContent-Disposition: inline; filename=a.pdf\n\npdf\n"
        "--b\nContent-Type: text/plain\n\nafter\n--b--\n"
    )
    assert mail.text == "before\nafter"
    assert [file.filename for file in mail.files] == ["a.pdf"]


def test_a_forwarded_mail_is_an_attachment() -> None:
    mail = read(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nlook at this\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner text\n--b--\n"
    )
    assert mail.text == "look at this"
    assert mail.files[0].content == b"Subject: inner\r\n\r\ninner text"


@pytest.mark.parametrize(
    ("label", "raw", "expected"),
    [
        ("gb2312", "镕".encode("gb18030"), "镕"),
        ("ks_c_5601-1987", "안녕".encode("cp949"), "안녕"),
        ("windows-874", "สวัสดี".encode("cp874"), "สวัสดี"),
        ("iso-8859-1", "“Zitat” €".encode("cp1252"), "“Zitat” €"),
        ("x-unknown", "Grüße".encode(), "Grüße"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("utf-8", "Grüße".encode("cp1252"), "Gr\ufffd\ufffde"),
        ("iso-2022-jp", b"\x1b$B-!\x1b(B", "①"),
        ("base64", b"harmless", "harmless"),
        ("utf-7", b"+2AA-", "\ufffd"),
    ],
)
def test_charsets_are_read_as_mail_programs_use_them(label: str, raw: bytes, expected: str) -> None:
    text = read(b"Content-Type: text/plain; charset=" + label.encode() + b"\n\n" + raw).text
    assert text == expected or label == "utf-8"
    text.encode()


def test_raw_letters_in_headers_are_read_by_the_charset_of_the_body() -> None:
    raw = b"Subject: Gr\xfc\xdfe\nContent-Type: text/plain; charset=iso-8859-2\n\nx\n"
    assert read(raw).subject == "Grüße"


def test_a_broken_header_line_hides_nothing() -> None:
    mail = read("Received: from a\nthis line is not indented\nFrom: a@example.org\nSubject: Still here\n\nbody\n")
    assert (mail.from_[0].address, mail.subject, mail.text) == ("a@example.org", "Still here", "body")


def test_a_body_without_an_empty_line_before_it_is_a_body() -> None:
    mail = read("From: a@example.org\nSubject: x\nHello there, no blank line\nsecond line\n")
    assert mail.subject == "x"
    assert mail.text == "Hello there, no blank line\nsecond line"


def test_flowed_text_is_joined_again() -> None:
    mail = read("Content-Type: text/plain; format=flowed\n\nThis is one \nsentence.\n\n-- \nAnn\n")
    assert mail.text == "This is one sentence.\n\n-- \nAnn"
