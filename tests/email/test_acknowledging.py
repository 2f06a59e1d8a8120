"""The acknowledgement: to people, once a day, never to a machine; two machines can't keep each other busy."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from channels_app.callback.models import PhoneLine
from channels_app.email import services
from channels_app.email.models import AutomaticAnswer, Mailbox
from interaction_center.installed_base.services import register_device
from interaction_center.queue.answer_links import AnswerClaim, read_answer_token
from interaction_center.queue.models import Author, Entry, Outbox
from kb.live_index import LIVE_INDEX
from kb.models import KnowledgeEvent
from tests.access.builders import a_calendar, a_team
from tests.email.builders import mail, mailbox, received
from tests.kb.builders import error_code, published
from tests.kb.conftest import fresh_index

__all__ = ["fresh_index"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(db: None) -> Mailbox:
    """A mailbox that acknowledges."""
    return mailbox(name="Service Team", acknowledge=True)


def answers() -> int:
    """How many mails are to leave."""
    return Outbox.objects.count()


def test_a_person_hears_that_the_mail_has_arrived_in_their_language(box: Mailbox) -> None:
    received(mail("Guten Tag, der Drucker ist kaputt und wir können nicht arbeiten."), box)
    entry = Entry.objects.get(author=Author.SYSTEM, kind="message")
    assert entry.automatic
    assert entry.body.startswith("Guten Tag,")
    assert Outbox.objects.get().to == "jo@example.org"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "Hello, the printer is broken and we can not work.",
            "You will have an answer by {0:%H:%M} (Tokyo time) on {0:%A}, {0.day} {0:%B %Y}.",
        ),
        (
            "Guten Tag, der Drucker ist kaputt und wir können nicht arbeiten.",
            " {0.year}, um {0:%H:%M} Uhr (Zeit in Tokyo) eine Antwort.",
        ),
    ],
)
def test_the_promise_is_said_in_their_language_and_the_calendars_zone(words: str, sentence: str) -> None:
    tokyo, team = a_calendar("Tokyo", time_zone="Asia/Tokyo"), a_team(calendar=a_calendar())
    door = mailbox(acknowledge=True, team=team.public_id, calendar=tokyo.public_id)
    _, interaction, _ = received(mail(words), door)
    assert interaction.promised_at is not None
    promised = sentence.format(interaction.promised_at.astimezone(ZoneInfo("Asia/Tokyo")))
    assert promised in Entry.objects.get(author=Author.SYSTEM, kind="message").body


@pytest.mark.parametrize(
    ("question", "locale", "words"),
    [
        ("Hello, how can I remove a paper jam from the printer?", "en", "Perhaps one of these pages helps you"),
        ("Guten Tag, wie kann ich einen Papierstau im Drucker entfernen?", "de", "Vielleicht hilft Ihnen"),
    ],
)
def test_pages_that_may_answer_the_question_come_along(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, question: str, locale: str, words: str
) -> None:
    monkeypatch.setattr(LIVE_INDEX, "check_every", 0.0)
    title = {"en": "Remove a paper jam from the printer", "de": "Papierstau im Drucker entfernen"}[locale]
    article = published(title, locale=locale, body="Open the tray. Öffnen Sie das Fach.")
    hidden = published(f"{title} (staff)", locale=locale, audience="internal", body="Call Bob.")
    received(mail(question), box)
    body = Entry.objects.get(author=Author.SYSTEM, kind="message").body
    assert words in body
    assert f"{title}\n{settings.PUBLIC_BASE_URL}/help/{locale}/{article.slug}" in body
    assert hidden.title not in body
    assert body.endswith("Service Team")


def test_where_knowledge_has_nothing_to_say_no_page_is_announced(box: Mailbox) -> None:
    received(mail("Zebra xylophone."), box)
    assert "page" not in Entry.objects.get(author=Author.SYSTEM, kind="message").body


def test_a_mailbox_that_does_not_acknowledge_stays_silent() -> None:
    received(mail(), mailbox())
    assert answers() == 0


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "List-Id: <x.example.org>",
        "X-Auto-Response-Suppress: All",
        "X-Interaction-Center: automatic",
    ],
)
def test_a_machine_is_never_answered(box: Mailbox, headers: str) -> None:
    received(mail(headers=headers), box)
    assert answers() == 0


def test_a_null_sender_and_a_noreply_address_are_never_answered(box: Mailbox) -> None:
    received(mail(), box, mail_from="")
    received(mail(sender="noreply@example.org"), box, mail_from="noreply@example.org")
    assert answers() == 0


def test_what_could_not_be_read_is_never_answered(box: Mailbox) -> None:
    received(b"From: jo@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 2_000, box)
    assert answers() == 0


def test_a_robot_that_looks_like_a_person_gets_one_answer_a_day(box: Mailbox) -> None:
    for number in range(30):
        received(mail(f"I have received your mail {number} and it is important to us."), box)
    assert answers() == 1


def test_many_senders_with_one_reply_address_earn_it_one_answer(box: Mailbox) -> None:
    for number in range(6):
        victim = f"Reply-To: victim+{number % 2}@example.net"
        received(mail(sender=f"a{number}@example.org", headers=victim), box, mail_from=f"a{number}@example.org")
    assert answers() == 1


def test_a_robot_in_the_reply_address_is_never_answered(box: Mailbox) -> None:
    received(mail(headers="Reply-To: noreply@example.org"), box)
    assert answers() == 0


def test_the_next_day_a_person_is_acknowledged_again(box: Mailbox) -> None:
    received(mail("first"), box)
    yesterday = timezone.now() - timedelta(hours=25)
    AutomaticAnswer.objects.update(sent_at=yesterday, day=yesterday.date())
    received(mail("second"), box)
    assert answers() == 2


def test_a_flood_from_many_addresses_ends_at_the_cap(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_ANSWERS_AN_HOUR", 5)
    for number in range(8):
        received(mail(sender=f"a{number}@example.org"), box, mail_from=f"a{number}@example.org")
    assert answers() == 5


def test_an_answer_within_a_conversation_is_not_acknowledged(box: Mailbox) -> None:
    received(mail(message_id="own@example.org"), box)
    AutomaticAnswer.objects.all().delete()
    received(mail("more", headers="In-Reply-To: <own@example.org>"), box)
    assert answers() == 1


def test_what_an_acknowledgement_suggests_is_counted_once_with_its_door(box: Mailbox) -> None:
    article = published("Change the paper of the printer", slug="paper")
    _, interaction, _ = received(mail("How do I change the paper of the printer?"), box)
    body = Entry.objects.get(author=Author.SYSTEM, kind="message").body
    assert f"{settings.PUBLIC_BASE_URL}/help/en/paper?from=mail" in body
    assert read_answer_token(body.split("#t=")[1].split()[0]) == AnswerClaim(interaction.public_id, article.public_id)
    event = KnowledgeEvent.objects.get()
    assert (event.kind, event.door, event.article) == ("shown", "mail", article)
    assert event.question == "How do I change the paper of the printer?"


def test_a_question_by_mail_that_nothing_answers_is_told_to_the_editors(box: Mailbox) -> None:
    received(mail("Where can I, Jo, buy a unicorn saddle?"), box)
    assert list(KnowledgeEvent.objects.values_list("kind", "door", "question")) == [
        ("zero_hit", "mail", "Where can I, …, buy a unicorn saddle?")
    ]


def test_a_mailbox_may_acknowledge_without_suggesting() -> None:
    published("Change the paper of the printer", slug="paper")
    received(mail("How do I change the paper of the printer?"), mailbox(acknowledge=True, suggest=False))
    assert "http" not in Entry.objects.get(author=Author.SYSTEM, kind="message").body
    assert not KnowledgeEvent.objects.exists()


@pytest.mark.parametrize("audience", ["internal", "customer"])
def test_no_mail_names_a_page_that_its_reader_may_not_open(box: Mailbox, audience: str) -> None:
    published("Change the paper of the printer", slug="paper", audience=audience)
    received(mail("How do I change the paper of the printer?"), box)
    assert "/help/" not in Entry.objects.get(author=Author.SYSTEM, kind="message").body


def test_robots_are_suggested_nothing_and_counted_nowhere(box: Mailbox) -> None:
    published("Change the paper of the printer", slug="paper")
    received(mail("How do I change the paper of the printer?", headers="Precedence: bulk"), box)
    assert not KnowledgeEvent.objects.exists()


@pytest.mark.parametrize(("reply_to", "told_apart"), [("", True), ("Reply-To: other@example.net", False)])
def test_the_device_of_the_sender_tells_a_shared_code_apart_for_nobody_but_them(
    box: Mailbox, reply_to: str, told_apart: bool
) -> None:
    for family in ("Aurora MR", "Kestrel DX"):
        error_code("E-04", family, meaning=f"Meant by {family}")
    _, before, _ = received(mail("Thank you for the nice service."), mailbox("other@center.test"))
    register_device(customer=before.customer, product="kestrel-dx")
    received(mail("It shows E-04 all the time.", headers=reply_to), box)
    body = Entry.objects.filter(author=Author.SYSTEM, kind="message").latest("pk").body
    assert "Meant by Kestrel DX" in body
    assert ("Meant by Aurora MR" not in body) is told_apart


@pytest.mark.parametrize(("offers", "has_line"), [(True, True), (False, True), (True, False)])
def test_an_acknowledgement_offers_a_call_where_the_mailbox_says_so_and_there_is_a_line(
    offers: bool, has_line: bool
) -> None:
    PhoneLine.objects.create(number="+4930901820", active=has_line)
    received(mail("The printer is broken and we can not work."), mailbox(acknowledge=True, offer_call=offers))
    offer = f"Or have us call you back:\n{settings.PUBLIC_BASE_URL}/callback/"
    assert (offer in Entry.objects.get(author=Author.SYSTEM, kind="message").body) is (offers and has_line)
