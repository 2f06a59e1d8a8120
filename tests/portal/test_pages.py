"""What a customer sees of knowledge, in both languages, and what a customer never sees."""

import pytest
from django.test import Client

from interaction_center.access.models import Permission, Role, User
from kb.models import KnowledgeEvent
from tests.kb.builders import draft, error_code, published

pytestmark = pytest.mark.django_db


def page(path: str, *, status: int = 200, client: Client | None = None, language: str = "en") -> str:
    response = (client or Client()).get(path, headers={"Accept-Language": language})
    assert response.status_code == status
    return response.content.decode()


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
    assert "/help/paper?lang=en" in page("/help/?q=change+paper")


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
    response = Client().get(shown)
    assert b"Secret manual" not in response.content
    assert Client().get("/help/internal").status_code == 404


def test_a_missing_page_says_so_and_offers_the_search() -> None:
    assert "Search for what you need" in page("/help/nothing", status=404)


def test_an_error_code_page_answers_in_the_order_of_urgency() -> None:
    error_code("E-04", "Aurora MR", cause="Boil-off.", severity="danger", parts=("P-1",))
    html = page("/help/code/aurora-mr/E-04")
    places = [html.index(text) for text in ("Helium level low", "Danger", "Stop scanning.", "When to stop and call")]
    assert places == sorted(places)
    assert "P-1" not in html


def test_parts_and_level_are_for_staff_only() -> None:
    error_code("E-04", "Aurora MR", parts=("P-1",))
    role = Role.objects.create(name="Agent", permissions=[Permission.WORK_QUEUE])
    client = Client()
    client.force_login(User.objects.create_user("a@center.test", name="A", role=role))
    assert "P-1" in page("/help/code/aurora-mr/e04", client=client)


def test_that_solved_it_is_counted_once_and_thanked() -> None:
    article = published("Change the paper", slug="paper")
    for _ in range(3):
        response = Client().post("/help/solved/", {"target": article.public_id, "back": "/help/paper"})
        assert response.headers["Location"] == "/help/paper?solved=1&lang=en"
    assert KnowledgeEvent.objects.filter(kind="solved").count() == 1


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/console/", ""])
def test_nobody_is_sent_elsewhere(back: str) -> None:
    response = Client().post("/help/solved/", {"target": "x", "back": back})
    assert response.headers["Location"].startswith("/help/?")
