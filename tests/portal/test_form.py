"""“Write to us”: once in the queue, after a look at what knowledge has; nothing that was written is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from interaction_center.access.rate_limits import Buckets
from interaction_center.portal import form
from interaction_center.queue.models import Attachment, Entry, Interaction
from kb.models import KnowledgeEvent, LearnedQuestion
from tests.access.builders import a_calendar, a_site, a_team
from tests.builders import said
from tests.kb.builders import draft, error_code, published
from tests.portal.builders import JO, a_browser_of, a_key, a_request, sends, shown

pytestmark = pytest.mark.django_db


def events() -> list[tuple[str, str]]:
    """What knowledge has noted, in order."""
    return list(KnowledgeEvent.objects.order_by("pk").values_list("kind", "door"))


def a_file(name: str = "photo.png", content: bytes = b"pixels") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


def the_entry() -> Entry:
    return Entry.objects.get(kind="message")


def test_a_form_lands_in_the_queue_and_the_page_says_so() -> None:
    answer = sends()
    row = Interaction.objects.get()
    assert answer.headers["Location"] == f"/help/write/sent/?request={row.public_id}"
    assert (row.channel, row.subject, row.reply_to, row.customer.name) == ("web_form", "Printer", JO, "Jo")
    html = shown(Client(), answer.headers["Location"])
    assert "Your message has reached us" in html
    assert "You will have an answer by" in html


def test_a_form_sent_twice_is_one_request() -> None:
    key = a_key()
    assert sends(key=key).headers["Location"] == sends(key=key).headers["Location"]
    assert said(Interaction.objects.get()) == ["It shows E-04"]


def test_whoever_goes_back_and_writes_something_else_has_sent_two() -> None:
    key = a_key()
    for text in ("It shows E-04", "No, E-05", "It shows E-04", "No, E-05"):
        sends(key=key, text=text)
    first, second = Interaction.objects.order_by("pk")
    assert (said(first), said(second)) == (["It shows E-04"], ["No, E-05"])


def test_a_file_that_was_forgotten_goes_with_the_same_words_once_more_and_a_repeated_one_does_not() -> None:
    key = a_key()
    for files in ([], [a_file()], [a_file()], []):
        sends(key=key, files=files)
    without, with_file = Entry.objects.filter(kind="message").order_by("pk")
    assert (without.attachments.count(), with_file.attachments.count()) == (0, 1)
    key = a_key()
    for _ in range(2):
        sends(key=key, files=[a_file()])
    assert Interaction.objects.count() == 3
    assert not Attachment.objects.filter(entry=None).exclude(owner="").exists()


def test_files_that_were_kept_before_make_no_second_request_of_a_repeated_press() -> None:
    key = a_key()
    sends(key=key, subject="", files=[a_file()])
    for _ in range(2):
        sends(key=key)
    assert the_entry().attachments.count() == 1


def test_the_form_belongs_to_the_team_and_the_hours_of_the_site() -> None:
    team, calendar = a_team(), a_calendar()
    site = a_site(team=team, calendar=calendar)
    sends()
    row = Interaction.objects.get()
    assert (row.account, row.team, row.calendar) == (site.key, team, calendar)


def test_the_question_of_the_search_is_carried_along() -> None:
    html = shown(Client(), "/help/write/?q=unicorn+saddle")
    assert 'name="q" value="unicorn saddle"' in html
    assert "unicorn saddle</textarea>" in html
    sends(q="unicorn saddle")
    assert the_entry().data == {"question": "unicorn saddle"}


def test_before_it_is_sent_the_form_shows_what_is_known_and_sends_on_request() -> None:
    article = published("Change the paper", slug="paper", body="Open the tray.")
    key = a_key()
    html = sends(key=key, text="How do I change the paper?", step="look").content.decode()
    assert "Perhaps this answers it" in html
    assert "Open the tray." in html
    assert "How do I change the paper?</textarea>" in html
    assert f'name="solved" value="{article.public_id}"' in html
    assert not Interaction.objects.exists()
    sends(key=key, text="How do I change the paper?", step="send")
    assert Interaction.objects.count() == 1
    assert events() == [("shown", "form"), ("asked", "form")]


def test_that_solved_it_is_counted_once_and_nobody_is_asked() -> None:
    article = published("Change the paper", slug="paper")
    for _ in range(2):
        answer = sends(text="How do I change the paper?", solved=article.public_id, files=a_file())
        assert answer.headers["Location"] == "/help/write/solved/"
    assert "was not sent" in shown(Client(), "/help/write/solved/")
    assert events() == [("solved", "form")]
    assert KnowledgeEvent.objects.get().article == article
    assert LearnedQuestion.objects.get().text == "How do I change the paper?"
    assert not Interaction.objects.exists()
    assert set(Attachment.objects.values_list("owner", flat=True)) == {""}


@pytest.mark.parametrize("target", ["nothing", "\x00", ""])
def test_what_nobody_may_read_has_solved_nothing(target: str) -> None:
    hidden = draft("Change the paper secretly").public_id
    for solved in (target, hidden):
        assert sends(solved=solved).headers["Location"] == "/help/write/solved/"
    assert events() == []


def test_who_asked_is_not_kept_with_the_question() -> None:
    code = error_code("E-04", "Aurora MR")
    text = "Zebulon Quint here: the Aurora MR shows E-04"
    html = sends(name="Zebulon Quint", text=text, step="look").content.decode()
    solves = html[html.index("Perhaps this") : html.index("Otherwise send")]
    assert 'name="name" value="Zebulon Quint"' in solves
    sends(name="Zebulon Quint", text=text, solved=code.public_id)
    questions = KnowledgeEvent.objects.values_list("question", flat=True)
    assert len(questions) == 2
    assert not any("Zebulon" in question for question in questions)


def test_what_knowledge_has_no_answer_to_is_sent_at_once_and_counted() -> None:
    sends(text="The unicorn saddle squeaks", step="look")
    assert Interaction.objects.count() == 1
    assert events() == [("zero_hit", "form"), ("asked", "form")]


def test_an_answer_that_has_helped_does_not_count_for_who_asks_a_person_later_that_day() -> None:
    article = published("Change the paper", slug="paper")
    sends(text="How do I change the paper?", solved=article.public_id)
    sends(text="How do I change the paper?", step="send")
    solved, asked = KnowledgeEvent.objects.order_by("pk")
    assert (solved.kind, asked.kind) == ("solved", "asked")
    assert solved.visitor == asked.visitor != ""


def test_drafts_and_internal_articles_are_never_suggested() -> None:
    draft("Change the paper secretly")
    published("Change the paper internally", audience="internal")
    answer = sends(text="How do I change the paper?", step="look")
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Please fill this in."),
        ("email", " ", "Please fill this in."),
        ("email", "jo at example", "This is no e-mail address."),
        ("subject", "", "Please fill this in."),
        ("subject", "x" * 301, "This is too long."),
        ("text", "\x00", "Please fill this in."),
        ("text", "y" * 20_001, "This is too long."),
        ("device", "d" * 81, "This is too long."),
        ("trap", "http://spam.example", "A field that stays empty"),
    ],
)
def test_bad_input_is_shown_at_its_field_and_nothing_is_lost(field: str, value: str, words: str) -> None:
    answer = sends(None, **{"device": "Aurora MR", field: value})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert f'href="#{field}"' in html
    kept = {"name": "Jo", "email": JO, "subject": "Printer", "device": "Aurora MR", field: value.strip("\x00 ")}
    assert all(f'value="{text}"' in html for name, text in kept.items() if name not in ("text", field))
    assert kept[field] in html
    assert not Interaction.objects.exists()


def test_what_is_for_customers_is_suggested_to_who_has_signed_in_only() -> None:
    published("Change the paper", audience="customer")
    a_request()
    text = "How do I change the paper?"
    assert sends(text=text, step="look").status_code == 302
    assert b"Perhaps this answers it" in sends(a_browser_of(JO), text=text, step="look").content


def test_errors_and_pages_speak_german() -> None:
    assert "Schreiben Sie uns" in shown(Client(), "/help/write/", language="de")
    answer = Client(headers={"Accept-Language": "de"}).post("/help/write/", {"key": a_key()})
    assert "Bitte ausfüllen." in answer.content.decode()


def test_files_go_along_and_survive_a_correction() -> None:
    key = a_key()
    html = sends(key=key, subject="", files=[a_file("a.png"), a_file("b.png", b"other")]).content.decode()
    assert "a.png" in html
    assert "b.png" in html
    second = Attachment.objects.get(filename="b.png")
    sends(key=key, files=a_file("c.png", b"third"), drop=second.public_id)
    assert list(the_entry().attachments.order_by("pk").values_list("filename", flat=True)) == ["a.png", "c.png"]


def test_nobody_sends_the_files_of_another_form() -> None:
    sends(subject="", files=a_file())
    sends()
    assert not the_entry().attachments.exists()


def test_a_file_that_is_too_large_is_said_and_the_rest_is_kept(settings: Settings) -> None:
    settings.ATTACHMENT_MAX_BYTES = 10
    answer = sends(files=[a_file("big.png", b"x" * 11), a_file("good.png")])
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "A file is too large." in html
    assert "good.png" in html
    assert "big.png" not in html
    assert not Interaction.objects.exists()


def test_an_empty_file_is_said() -> None:
    assert "A file was empty" in sends(files=a_file(content=b"")).content.decode()


@pytest.mark.parametrize(
    ("a_wrong_key", "words"),
    [
        (lambda: a_key(seconds=0), "That was very fast."),
        (lambda: a_key(seconds=25 * 3600), "This page was open for too long."),
        (lambda: "forged", "This page was open for too long."),
        (lambda: "", "This page was open for too long."),
    ],
)
def test_a_form_of_a_program_or_of_yesterday_is_shown_again_with_all_it_has(
    a_wrong_key: Callable[[], str], words: str
) -> None:
    answer = sends(key=a_wrong_key(), files=a_file())
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "It shows E-04</textarea>" in html
    assert "photo.png" in html
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("limit", ["POSTS_PER_IP", "SENT_PER_SENDER"])
def test_too_much_at_once_is_asked_to_wait_and_loses_nothing(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form, limit, Buckets(rate=0.0001, burst=1))
    sends()
    answer = sends(text="Another thing", files=a_file())
    assert answer.status_code == 429
    assert "photo.png" in answer.content.decode()
    assert "Another thing</textarea>" in answer.content.decode()
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize("limit", ["POSTS_PER_IP", "SENT_PER_SENDER"])
def test_what_has_reached_us_is_thanked_for_at_every_press(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form, limit, Buckets(rate=0.0001, burst=1))
    key = a_key()
    assert [sends(key=key).status_code for _ in range(3)] == [302] * 3
    assert Interaction.objects.count() == 1


def test_nobody_uses_up_the_share_of_whoever_owns_the_address_that_they_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form, "SENT_PER_SENDER", Buckets(rate=0.0001, burst=1))
    a_request()
    assert [sends(subject=subject).status_code for subject in ("One", "Two")] == [302, 429]
    assert sends(Client(REMOTE_ADDR="10.0.0.9")).status_code == 302
    jo = a_browser_of(JO)
    assert [sends(jo, subject=subject).status_code for subject in ("Mine", "Mine too")] == [302, 429]


def test_the_words_about_files_are_those_of_the_settings(settings: Settings) -> None:
    settings.ATTACHMENT_MAX_BYTES = 7 * 2**20
    assert "up to 10 files and 7 MB together" in shown(Client(), "/help/write/")
    assert "bis zu 10 Dateien und zusammen 7 MB" in shown(Client(), "/help/write/", language="de")
    files = [a_file(f"{number}.png", b"%d" % number) for number in range(11)]
    assert "At most 10 files and 50 MB" in sends(files=files).content.decode()


def test_a_foreign_page_cannot_send_the_form() -> None:
    strict: Any = Client(enforce_csrf_checks=True)
    assert sends(strict).status_code == 403


def test_markup_is_shown_as_text() -> None:
    html = sends(subject="", text="<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in html


@pytest.mark.parametrize("query", ["?request=", "?request=nothing", "?request=%00", ""])
def test_the_thanks_know_nothing_of_what_is_not_there(query: str) -> None:
    assert "answer by" not in shown(Client(), f"/help/write/sent/{query}")


def test_the_address_without_a_slash_leads_to_the_form_with_its_question() -> None:
    assert Client().get("/help/write?q=E-04").headers["Location"] == "/help/write/?q=E-04"
