"""What a customer sees of knowledge, in both languages, and what a customer never sees."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from interaction_center.access.models import Permission, Role, Site, User
from kb.models import KnowledgeEvent, LearnedQuestion
from kb.search.index import THRESHOLD
from kb.services import Suggestion
from tests.kb.builders import draft, error_code, published
from tests.portal.readers import main_part, page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/help/", "/confirm/"])
def test_every_page_speaks_the_readers_language(path: str) -> None:
    assert '<html lang="en">' in page(path)
    assert '<html lang="de">' in page(path, language="de-DE,de;q=0.9")
    assert '<html lang="de">' in page(f"{path}?lang=de")


def test_the_chosen_language_stays() -> None:
    client = Client()
    page("/help/?lang=de", client=client)
    assert '<html lang="de">' in page("/help/", client=client)


def test_an_article_is_shown_in_the_asked_language_or_in_another() -> None:
    published("Change the paper", slug="paper", body="1. Open the tray")
    published("Only English", slug="only")
    published("Papier wechseln", slug="paper", locale="de")
    assert "Change the paper" in page("/help/paper")
    assert "Papier wechseln" in page("/help/paper?lang=de")
    assert "Only English" in page("/help/only?lang=de")


def test_a_search_shows_answers_and_can_be_shared() -> None:
    published("Change the paper", slug="paper")
    assert "/help/en/paper?q=change%20paper" in page("/help/?q=change+paper")


def test_a_search_without_an_answer_says_what_to_do_and_is_counted_once() -> None:
    for _ in range(3):
        assert "Try other words" in page("/help/?q=unicorn+saddle")
    assert list(KnowledgeEvent.objects.values_list("kind", "question")) == [("zero_hit", "unicorn saddle")]


def test_markup_in_a_question_is_shown_as_text() -> None:
    assert "<script>alert" not in page("/help/?q=<script>alert(1)</script>")


@pytest.mark.parametrize("shown", ["/help/", "/help/?q=secret+manual", "/help/secret", "/help/code/aurora/e99"])
def test_drafts_and_internal_pages_never_show(shown: str) -> None:
    draft("Secret manual", slug="secret")
    published("Secret manual", slug="internal", audience="internal")
    error_code("E-99", "Aurora", meaning="Secret manual", audience="internal")
    response = Client().get(shown, follow=True)
    assert b"Secret manual" not in response.content
    assert Client().get("/help/en/internal").status_code == 404


@pytest.mark.parametrize(("score", "offered"), [(0.87, False), (0.95, True)])
def test_a_missing_page_offers_only_what_its_address_surely_means(
    monkeypatch: pytest.MonkeyPatch, score: float, offered: bool
) -> None:
    answer = Suggestion("a1", "article", "Change the paper", "", "/help/change-the-paper", score, "")

    def found(*_asked: str, threshold: float = THRESHOLD, **_known: object) -> list[Suggestion]:
        return [answer] if answer.score >= threshold else []

    monkeypatch.setattr("interaction_center.portal.views.suggest", found)
    html = page("/help/en/nothing-here", status=404)
    assert ("Perhaps this" in html, "Change the paper" in html) == (offered, offered)


def test_a_missing_page_says_so_and_offers_the_search() -> None:
    assert "Search for what you need" in page("/help/nothing", status=404)


def test_an_error_code_page_answers_in_the_order_of_urgency() -> None:
    error_code("E-04", "Aurora MR", cause="Boil-off.", severity="danger", parts=("P-1",))
    html = main_part(page("/help/code/aurora-mr/E-04"))
    places = [html.index(text) for text in ("Helium level low", "Danger", "Stop scanning.", "When to stop and call")]
    assert places == sorted(places)
    assert "P-1" not in html


def test_parts_and_level_are_for_staff_only() -> None:
    error_code("E-04", "Aurora MR", parts=("P-1",))
    role = Role.objects.create(name="Agent", permissions=[Permission.WORK_QUEUE])
    client = Client()
    client.force_login(User.objects.create_user("a@center.test", name="A", role=role))
    assert "P-1" in page("/help/code/aurora-mr/e04", client=client)


def say(said: str, target: str, **fields: str) -> str:
    posted = {"helped": said, "target": target, "back": "/help/en/paper"} | fields
    return Client().post("/help/en/feedback/", posted).headers["Location"]


def test_that_solved_it_is_counted_once_and_thanked() -> None:
    article = published("Change the paper", slug="paper")
    for _ in range(3):
        assert say("yes", article.public_id) == "/help/en/paper?said=yes#feedback"
    assert KnowledgeEvent.objects.filter(kind="solved").count() == 1
    assert "Thank you!" in page("/help/paper?said=yes")


def test_a_no_is_counted_once_and_may_say_what_was_missing() -> None:
    article = published("Change the paper", slug="paper")
    assert "No, not yet" in page("/help/paper")
    assert say("no", article.public_id) == "/help/en/paper?said=no#feedback"
    assert "What was wrong?" in page("/help/paper?said=no")
    back = say("no", article.public_id, why="unclear", reason="No picture. a@b.example")
    assert back == "/help/en/paper?said=reason#feedback"
    say("no", article.public_id, reason="Something else")
    event = KnowledgeEvent.objects.get(kind="unsolved")
    assert (event.article, event.question) == (article, "Not clear: No picture. …")


def test_in_the_demo_the_way_back_leads_to_its_page() -> None:
    Site.objects.create(name="Shop", origins=["https://shop.example"], mail_from="a@shop.example", identity_secret="x")
    published("Change the paper", slug="paper")
    for path in ("/help/", "/help/paper"):
        assert 'class="way-back" href="/demo/"' in page(path)
    assert '<a href="/help/write/" data-chat>Chat with us</a>' in page("/help/paper")


def test_whoever_needs_a_person_takes_the_question_along_and_finds_their_requests() -> None:
    html = page("/help/?q=unicorn+saddle")
    assert 'href="/help/write/?q=unicorn%20saddle"' in html
    assert 'href="/help/requests/"' in html


def test_without_a_site_a_person_is_reached_by_the_form_only(settings: Settings) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"demo": False})
    published("Change the paper", slug="paper")
    html = page("/help/paper")
    assert "way-back" not in html
    assert 'href="/help/write/"' in html
    assert "data-chat" not in html
    assert "data-site" not in html
    Site.objects.create(name="Shop", origins=["https://shop.example"], mail_from="a@shop.example", identity_secret="x")
    html = page("/help/paper")
    assert 'class="way-back" href="https://shop.example"' in html
    assert "mailto:a@shop.example" in html
    assert "/demo/" not in html
    assert f'data-site="{Site.objects.get().key}"' in html


@pytest.mark.parametrize("path", ["/nothing", "/help/nothing", "/help/code/x/y"])
def test_a_customer_without_a_page_is_not_sent_to_the_console(path: str) -> None:
    html = page(path, status=404)
    assert "/console/" not in html
    assert "/help/" in html


def test_whoever_is_signed_in_gets_from_a_missing_page_to_the_console() -> None:
    client = Client()
    client.force_login(User.objects.create_user("a@center.test", name="A"))
    assert "/console/" in page("/nothing", status=404, client=client)


def test_dates_are_written_as_the_reader_writes_them() -> None:
    published("Change the paper", slug="paper")
    assert re.search(r">\d{1,2} [A-Z][a-z]+ \d{4}<", page("/help/paper"))
    assert re.search(r">\d{1,2}\. [A-Z][a-zä]+ \d{4}<", page("/help/paper?lang=de"))


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/console/", "", "http://["])
def test_nobody_is_sent_elsewhere(back: str) -> None:
    response = Client().post("/help/en/feedback/", {"target": "x", "back": back})
    assert response.headers["Location"].startswith("/help/?")


ASKED = "how do I change the paper"


def asks(client: Client, question: str = ASKED) -> None:
    page(f"/help/?q={question.replace(' ', '+')}", client=client)


def says_it_helped(client: Client, target: str, question: str = ASKED) -> None:
    posted = {"target": target, "helped": "yes", "back": "/help/paper", "question": question}
    client.post("/help/en/feedback/", posted)


def test_the_search_that_led_to_a_helpful_page_is_learnt_with_it() -> None:
    article, client = published("Change the paper", slug="paper"), Client()
    asks(client)
    says_it_helped(client, article.public_id)
    learned = LearnedQuestion.objects.get()
    assert (learned.text, learned.source, learned.state) == (ASKED, "solved", "active")


def test_whoever_asks_several_things_teaches_the_one_that_the_page_has_answered() -> None:
    article, client = published("Change the paper", slug="paper"), Client()
    for question in (ASKED, "how can I get the paper out", ASKED):
        asks(client, question)
    says_it_helped(client, article.public_id)
    assert LearnedQuestion.objects.get().text == ASKED


def test_a_page_that_the_search_does_not_give_waits_for_a_reader_at_another_address() -> None:
    published("Change the paper")
    other = published("Order film").public_id
    for address, browser in (("10.0.0.1", "Firefox"), ("10.0.0.1", "Chrome"), ("10.0.0.2", "Firefox")):
        client = Client(REMOTE_ADDR=address, headers={"User-Agent": browser})
        asks(client)
        assert not LearnedQuestion.objects.filter(state="active").exists()
        says_it_helped(client, other)
    assert LearnedQuestion.objects.get().state == "active"


def test_who_asked_nothing_or_something_else_teaches_nothing() -> None:
    article, client = published("Change the paper"), Client()
    says_it_helped(client, article.public_id, "")
    asks(client)
    says_it_helped(Client(headers={"User-Agent": "Other"}), article.public_id)
    assert KnowledgeEvent.objects.filter(kind="solved").count() == 2
    assert not LearnedQuestion.objects.exists()


def test_what_may_fit_stands_below_the_answers_and_does_not_count_as_one() -> None:
    published("Remove a film jam from the printer", slug="jam", body="Open the flap. Pull the film out.")
    published("Prints are pale", slug="pale", body="Clean the head. Use another film.")
    for title in ("Find an invoice", "Reset a password", "Book a visit", "Send something back", "Order spare parts"):
        published(title)
    html = main_part(page("/help/en/?q=film"))
    assert html.index("/help/en/jam") < html.index("Perhaps also") < html.index("/help/en/pale")
    assert "1 answer<" in html
