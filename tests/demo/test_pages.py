"""The page on which one person plays the customer."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from channels_app.email.services import catch, create_mailbox
from interaction_center.access.models import Site, User
from interaction_center.demo.house import COMPANY
from interaction_center.demo.views import PERSON

pytestmark = pytest.mark.django_db
CUSTOMER, STAFF = "robin@ashdown.example", "admin@lichthafen.example"
PAGES = ("/demo/", "/demo/answers/")


def answer_for(address: str) -> None:
    raw = (
        f"From: support@lichthafen.example\r\nTo: {address}\r\nSubject: Re: X-1207\r\nMessage-ID: <a.b@localhost>\r\n"
        f"Date: {timezone.now():%a, %d %b %Y %H:%M:%S +0000}\r\n\r\nLet it cool <b>down</b>.\r\n"
    )
    catch(mail_from="support@lichthafen.example", recipients=[address], raw=raw.encode())


def as_person(address: str) -> Client:
    client = Client()
    session = client.session
    session[PERSON] = ["Robin", address]
    session.save()
    return client


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_pages_are_there_in_both_languages(path: str, language: str) -> None:
    response = Client().get(path, headers={"Accept-Language": language})
    assert response.status_code == 200
    assert ("Noch keine Antworten" if language == "de" else "No answers yet") in response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_without_the_demo_there_are_no_pages(path: str, settings: Settings) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"demo": False})
    assert Client().get(path).status_code == 404
    assert Client().post("/demo/mail/", {}).status_code == 404
    assert Client().post("/demo/order/", {}).status_code == 404


def test_film_is_ordered_and_what_is_personal_is_kept_nowhere() -> None:
    client = Client()
    sent = {"film": "35x43", "packs": "3", "place": "Room 12"}
    page = client.post("/demo/order/", sent, follow=True).content.decode()
    assert "3 × Filma P 35 × 43 cm, 125 sheets" in page
    assert "Room 12" not in page
    assert "Thank you" not in client.get("/demo/order/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "advice"),
    [
        ("film", "1x1", "Choose a film."),
        ("packs", "²", "Order between 1 and 50 packs."),
        ("packs", "51", "Order between 1 and 50 packs."),
        ("place", " ", "Say where it should go."),
    ],
)
def test_an_order_with_a_fault_says_what_to_do_and_loses_nothing(field: str, value: str, advice: str) -> None:
    sent = {"film": "20x25", "packs": "7", "place": "Room 12", field: value}
    response = Client().post("/demo/order/", sent)
    assert response.status_code == 422
    page = response.content.decode()
    assert advice in page
    assert all(f'value="{text}"' in page for name, text in sent.items() if name != field)


def test_the_widget_of_the_shop_is_on_the_page() -> None:
    site = Site.objects.create(name=COMPANY, origins=[], identity_secret="0" * 64)
    assert f'data-site="{site.key}"' in Client().get("/demo/").content.decode()


def test_a_caught_answer_is_shown_as_text_and_can_be_answered() -> None:
    create_mailbox(address="support@lichthafen.example")
    answer_for(CUSTOMER)
    page = as_person(CUSTOMER).get("/demo/").content.decode()
    assert "Let it cool &lt;b&gt;down&lt;/b&gt;." in page
    answer, place = page.split("?answer=")[1].split('"')[0].split("#")
    assert f'id="{place}" name="text"' in page  # who follows the link can type at once
    form = as_person(CUSTOMER).get(f"/demo/?answer={answer}").content.decode()
    assert 'value="Re: X-1207"' in form
    assert f'name="answer" value="{answer}"' in form


def test_the_moment_of_an_answer_is_written_as_the_reader_writes_it_and_names_its_zone() -> None:
    answer_for(CUSTOMER)
    english, german = (
        as_person(CUSTOMER).get("/demo/answers/", headers={"Accept-Language": language}).content.decode()
        for language in ("en", "de")
    )
    assert re.search(r">\d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d CES?T<", english)
    assert re.search(r">\d{1,2}\. [A-Z][a-zä]+ \d{4} um \d\d:\d\d CES?T<", german)


def test_mails_to_people_who_work_here_are_never_shown() -> None:
    User.objects.create_user(STAFF, name="Ronja")
    answer_for(STAFF)
    for path in PAGES:
        assert "Let it cool" not in as_person(STAFF.upper()).get(path).content.decode()


def test_where_the_passwords_lie_is_told_at_the_machine_itself_only() -> None:
    assert b"demo-sign-ins.txt" in Client().get("/demo/").content
    assert b"demo-sign-ins.txt" not in Client(REMOTE_ADDR="192.0.2.7").get("/demo/").content
    assert b"demo-sign-ins.txt" not in Client().get("/demo/", headers={"X-Forwarded-For": "192.0.2.7"}).content


@pytest.mark.parametrize(
    "wrong", [{"sender": "no address"}, {"sender": "a@b\r\nBcc: x@y.example"}, {"text": "  "}, {"to": "nobody"}]
)
def test_what_cannot_be_sent_comes_back_with_everything_typed(wrong: dict[str, str]) -> None:
    typed = {
        "name": "Robin",
        "sender": CUSTOMER,
        "to": "support@lichthafen.example",
        "subject": "My subject",
        "text": "Hi",
    }
    response = Client().post("/demo/mail/", typed | wrong)
    assert response.status_code == 422
    assert 'value="My subject"' in response.content.decode()


def test_a_centre_that_does_not_listen_is_said_in_words(settings: Settings) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"smtp_port": 1})
    typed = {"name": "Robin", "sender": CUSTOMER, "to": "support@lichthafen.example", "subject": "", "text": "Hi"}
    response = Client().post("/demo/mail/", typed)
    assert response.status_code == 502
    assert b"could not be sent" in response.content
