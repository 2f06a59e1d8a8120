"""Which conversation does an answer land in? Nobody talks their way into somebody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.email import conversation
from channels_app.email.adapter import EmailAdapter
from channels_app.email.models import Mailbox
from interaction_center.customers.models import ContactPoint
from interaction_center.customers.selectors import mail_address_of
from interaction_center.queue.models import Entry, Interaction, Outbox
from interaction_center.queue.selectors import whole_entry
from interaction_center.queue.services import acknowledge
from interaction_center.queue.wire import customer_entry_wire, entry_wire
from tests.email.builders import mail, mailbox, messages, received

DELIVERY, INTERACTION = "0123456789abcdef", "fedcba9876543210"


def our_answer(interaction: Interaction) -> str:
    """The Message-ID of an answer that we have written to the customer."""
    acknowledge(interaction=interaction.public_id, body="We are looking into it.", client_id=f"a{interaction.seq}")
    return Outbox.objects.filter(entry__interaction=interaction).latest("pk").message_id


def entry_of(interaction: Interaction, body: str) -> Entry:
    """The entry with this text."""
    return Entry.objects.get(interaction=interaction, body=body)


@pytest.fixture
def box(db: None) -> Mailbox:
    """The mailbox that all mail of these tests goes to."""
    return mailbox()


def test_our_message_ids_are_read_back_and_cannot_be_invented() -> None:
    message_id = EmailAdapter().message_id(DELIVERY, INTERACTION)
    assert conversation.read_signed(f"<{message_id}>") == conversation.SignedId(DELIVERY, INTERACTION)
    assert conversation.read_signed(message_id.upper()) is not None
    for position in (0, 17, 40):
        changed = message_id[:position] + ("0" if message_id[position] != "0" else "1") + message_id[position + 1 :]
        assert conversation.read_signed(changed) is None


@pytest.mark.parametrize(
    "garbage", ["", "<>", "@", "a@b", "..@x", f"{DELIVERY}.{INTERACTION}.0000000000000000@x", "x" * 5000]
)
def test_garbage_is_no_id_of_ours(garbage: str) -> None:
    assert conversation.read_signed(garbage) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", ["In-Reply-To: <{0}>", "References: <x@y.example> <{0}>", "References: <{0}>\n <later@y.example>"]
)
def test_an_answer_to_our_mail_continues_the_conversation(box: Mailbox, header: str) -> None:
    _, interaction, _ = received(mail("My printer shows E-04."), box)
    answered = our_answer(interaction)
    _, again, entry = received(mail("It works again.", subject="a new subject", headers=header.format(answered)), box)
    assert again == interaction
    assert messages(interaction) == ["My printer shows E-04.", "We are looking into it.", "It works again."]
    assert "references_other" not in entry.data


def test_who_answers_our_signed_mail_has_proved_the_address(box: Mailbox) -> None:
    _, interaction, _ = received(mail(), box)
    assert ContactPoint.objects.get(value="jo@example.org").proof == "received"
    received(mail("yes", headers=f"In-Reply-To: <{our_answer(interaction)}>"), box)
    assert ContactPoint.objects.get(value="jo@example.org").proof == "verified"


def test_an_answer_from_an_address_that_cannot_be_noted_goes_on_like_any_other(box: Mailbox) -> None:
    """A local part of more than 64 characters: longer than RFC 5321 allows, and in use all the same."""
    long = f"{'x' * 65}@example.org"
    _, interaction, _ = received(mail(sender=long), box, mail_from=long)
    answer = mail("Thanks.", sender=long, headers=f"In-Reply-To: <{our_answer(interaction)}>")
    row, again, _ = received(answer, box, mail_from=long)
    assert (again, row.quarantine) == (interaction, "")
    assert messages(interaction)[-1] == "Thanks."
    assert not ContactPoint.objects.exists()


def test_an_answering_machine_proves_nothing(box: Mailbox) -> None:
    _, interaction, _ = received(mail(), box)
    headers = f"In-Reply-To: <{our_answer(interaction)}>\nAuto-Submitted: auto-replied"
    _, again, entry = received(mail("I am away.", headers=headers), box)
    assert again == interaction
    assert entry.automatic
    assert ContactPoint.objects.get(value="jo@example.org").proof == "received"


@pytest.mark.parametrize(
    "headers",
    [
        "X-Auto-Response-Suppress: All",
        "List-Id: <staff.example.org>",
        "Feedback-ID: 1:2:3:x",
        "Precedence: bulk",
        "Auto-Submitted: auto-generated",
    ],
)
def test_an_answer_that_wants_no_automatic_answer_wakes_a_closed_interaction(box: Mailbox, headers: str) -> None:
    _, interaction, _ = received(mail(), box)
    ours = our_answer(interaction)
    Interaction.objects.update(state="closed", closed_at=timezone.now(), waiting_since=None, promised_at=None)
    _, again, entry = received(mail("It broke again.", headers=f"In-Reply-To: <{ours}>\n{headers}"), box)
    assert again == interaction
    assert (again.state, again.waiting_since is None, entry.automatic) == ("waiting", False, False)
    assert ContactPoint.objects.get(value="jo@example.org").proof == "verified"


@pytest.mark.parametrize(
    ("subject", "headers"),
    [("Printer", "Auto-Submitted: auto-replied"), ("Out of office", ""), ("Printer", "X-Autoreply: yes")],
)
def test_an_answering_machine_wakes_nothing(box: Mailbox, subject: str, headers: str) -> None:
    _, interaction, _ = received(mail(), box)
    ours = our_answer(interaction)
    Interaction.objects.update(state="closed", closed_at=timezone.now(), waiting_since=None, promised_at=None)
    away = mail("I am away.", subject=subject, headers=f"In-Reply-To: <{ours}>\n{headers}")
    _, again, _ = received(away, box)
    assert (again, again.state) == (interaction, "closed")


def test_a_stranger_who_names_our_id_does_not_join(box: Mailbox) -> None:
    _, interaction, _ = received(mail("my secret problem"), box)
    answered = our_answer(interaction)
    forged = mail("let me in", sender="mallory@evil.example", headers=f"In-Reply-To: <{answered}>")
    _, other, entry = received(forged, box, mail_from="mallory@evil.example")
    assert other != interaction
    assert entry.data["references_other"] is True
    assert "let me in" not in messages(interaction)
    assert not ContactPoint.objects.filter(value="mallory@evil.example", proof="verified").exists()


def test_a_forged_sender_with_an_own_reply_address_does_not_become_the_victim(box: Mailbox) -> None:
    _, victims, _ = received(mail("I am Jo"), box)
    forged = mail("Jo here, answer there", headers="Reply-To: mallory@evil.example")
    _, interaction, _ = received(forged, box)
    assert interaction.customer == victims.customer
    for text in ("thanks", "and more"):
        headers = f"In-Reply-To: <{our_answer(interaction)}>\nMessage-ID: <mallory@own.example>"
        answer = mail(text, sender="mallory@evil.example", headers=headers)
        assert received(answer, box, mail_from="mallory@evil.example")[1] == interaction
        assert entry_of(interaction, text).data["guest"] is True
    own = mail("by my own id", sender="mallory@evil.example", headers="In-Reply-To: <mallory@own.example>")
    assert received(own, box, mail_from="mallory@evil.example")[1] == interaction
    assert not ContactPoint.objects.filter(value="mallory@evil.example").exists()
    assert mail_address_of(interaction.customer) == "jo@example.org"


@pytest.mark.parametrize(
    ("reply_to", "differs"), [("mallory@evil.example", True), ("Jo <JO@example.org>", False), ("", False)]
)
def test_an_answer_that_would_go_elsewhere_says_so(box: Mailbox, reply_to: str, differs: bool) -> None:
    _, _, entry = received(mail(headers=f"Reply-To: {reply_to}"), box)
    assert entry.data.get("reply_to_differs", False) is differs


def test_staff_are_warned_of_an_answer_that_would_go_elsewhere_and_customers_see_nothing(box: Mailbox) -> None:
    _, interaction, entry = received(mail(headers="Reply-To: mallory@evil.example"), box)
    assert entry_wire(entry)["warnings"] == [{"name": "reply_to_differs", "address": "mallory@evil.example"}]
    assert "warnings" not in customer_entry_wire(entry)
    guest = mail("more", sender="mallory@evil.example", headers=f"In-Reply-To: <{our_answer(interaction)}>")
    _, _, written = received(guest, box, mail_from="mallory@evil.example")
    assert entry_wire(written)["warnings"] == [{"name": "guest", "address": "mallory@evil.example"}]


@pytest.mark.parametrize("reply_to", ["<nobody>", "nobody", f"{'x' * 65}@example.org", "<nobody>, jo@example.org"])
def test_a_reply_address_that_is_none_is_passed_over(box: Mailbox, reply_to: str) -> None:
    _, interaction, entry = received(mail(headers=f"Reply-To: {reply_to}"), box)
    assert interaction.reply_to == "jo@example.org"
    assert entry_wire(entry)["warnings"] == []


def test_a_guest_who_comes_back_after_the_end_is_answered_at_the_own_address(box: Mailbox) -> None:
    _, interaction, _ = received(mail("I am Jo", headers="Reply-To: friend@example.net"), box)
    answered = our_answer(interaction)
    long_ago = timezone.now() - timedelta(days=90)
    Interaction.objects.update(state="closed", closed_at=long_ago, last_entry_at=long_ago, waiting_since=None)
    late = mail("still broken", sender="friend@example.net", headers=f"In-Reply-To: <{answered}>")
    _, again, _ = received(late, box, mail_from="friend@example.net")
    assert again != interaction
    assert again.reply_to == "friend@example.net"
    assert again.customer != interaction.customer


def test_a_changed_signature_does_not_join(box: Mailbox) -> None:
    _, interaction, _ = received(mail(), box)
    answered = our_answer(interaction)
    local, _, domain = answered.partition("@")
    invented = f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{domain}"
    _, other, _ = received(mail("again", headers=f"In-Reply-To: <{invented}>"), box)
    assert other != interaction


def test_an_answer_to_the_customers_own_mail_continues_it(box: Mailbox) -> None:
    _, interaction, _ = received(mail("first", message_id="own@example.org"), box)
    _, again, _ = received(mail("and one more thing", headers="References: <own@example.org>"), box)
    assert again == interaction


def test_a_stranger_who_names_the_customers_own_mail_does_not_join(box: Mailbox) -> None:
    _, interaction, _ = received(mail("first", message_id="own@example.org"), box)
    forged = mail("me too", sender="mallory@evil.example", headers="In-Reply-To: <own@example.org>")
    _, other, _ = received(forged, box, mail_from="mallory@evil.example")
    assert other != interaction


@pytest.mark.parametrize(
    "headers", ["In-Reply-To: <>", "References: ", "In-Reply-To: unknown", "Message-ID: <>\nReferences: <>"]
)
def test_empty_and_garbage_ids_match_nothing(box: Mailbox, headers: str) -> None:
    _, interaction, _ = received(mail("first", headers="Message-ID: <>"), box)
    _, other, _ = received(mail("second", headers=headers), box)
    assert other != interaction


def test_a_subject_never_decides(box: Mailbox) -> None:
    _, interaction, _ = received(mail(subject="[#4711] Printer"), box)
    _, other, _ = received(mail("again", subject=f"Re: [#4711] Printer {interaction.public_id}"), box)
    assert other != interaction


def test_fifty_mails_without_an_id_are_fifty_items(box: Mailbox) -> None:
    for number in range(50):
        received(mail(f"number {number}"), box)
    assert Interaction.objects.count() == 50


def test_the_newest_conversation_that_is_named_wins(box: Mailbox) -> None:
    _, old, _ = received(mail("old"), box)
    _, new, _ = received(mail("new"), box)
    headers = f"References: <{our_answer(old)}> <{our_answer(new)}>"
    assert received(mail("to the new one", headers=headers), box)[1] == new


def test_a_mail_without_any_sender_is_an_item(box: Mailbox) -> None:
    raw = b"Subject: who am I\r\n\r\nnobody knows\r\n"
    row, interaction, entry = received(raw, box, mail_from="")
    assert (entry.body, interaction.subject) == ("nobody knows", "who am I")
    assert row.sender == ""


def test_the_quoted_mail_is_cut_and_kept(box: Mailbox) -> None:
    text = "Thanks!\n\nOn Mon, Apr 2, 2026, Ann <a@example.org> wrote:\n> Hi"
    _, _, entry = received(mail(text), box)
    shown, whole = entry_wire(entry), whole_entry(entry)
    assert (shown["body"], shown["more"]) == ("Thanks!", True)
    assert (whole["body"], whole["more"]) == (text, False)


def test_a_mail_that_quotes_nothing_has_no_more(box: Mailbox) -> None:
    assert entry_wire(received(mail("Thanks!"), box)[2])["more"] is False


def test_pictures_and_files_come_along(box: Mailbox) -> None:
    raw = (
        b"From: jo@example.org\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n"
        b'<p onclick="x()">See <img src="cid:logo@x"><img src="https://tracker.example/p.png"></p>\r\n--b\r\n'
        b"Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\n\r\npng bytes\r\n--b--\r\n"
    )
    _, _, entry = received(raw, box)
    attachment = entry.attachments.get()
    assert (attachment.filename, attachment.content_id, attachment.size) == ("logo.png", "logo@x", 9)
    assert 'src="cid:logo@x"' in entry.html
    assert 'data-remote-src="https://tracker.example/p.png"' in entry.html
    assert "onclick" not in entry.html


def test_the_original_is_kept_for_download(box: Mailbox) -> None:
    raw = mail()
    row, interaction, entry = received(raw, box)
    assert (row.interaction, row.seq) == (interaction.public_id, entry.seq)
    assert bytes(row.raw) == raw
    assert Entry.objects.filter(external_id=row.digest).count() == 1
