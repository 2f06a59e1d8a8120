"""What of a message is kept as a question, and which questions are given up."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.questions import MAX_QUESTION, Remembered, is_telling, question_key, question_of, surplus, without_personal_data

MAIL = """Hello Mika,
my name is Eva Morgenrot from Praxis am Hafen. The Kestrel DX shows E-04 since this morning. What should I do?
You reach me at +49 30 1234567 or eva@praxis.example.

Kind regards
Eva Morgenrot"""


def test_a_mail_is_shortened_to_what_it_asks_and_what_that_is_about() -> None:
    assert question_of([MAIL]) == "The Kestrel DX shows E-04 since this morning. What should I do?"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Guten Tag, wie wechsle ich das Papier am Filma P? Danke!", "wie wechsle ich das Papier am Filma P?"),
        ("Hi! How do I order film? Thank you for your help", "How do I order film?"),
        (
            "Sehr geehrte Frau Dr. Weber,\nder Drucker piept laut.\nMit freundlichen Grüßen\nM. Klein",
            "der Drucker piept laut.",
        ),
        ("How do I clean the probe?\n> How do I clean the printer?", "How do I clean the probe?"),
        ("How do I clean the probe?\nOn 3 May 2026 Support wrote:\nDear customer", "How do I clean the probe?"),
        ("How do I clean the probe?\n-- \nOscar, film printer fan", "How do I clean the probe?"),
    ],
)
def test_greeting_closing_quotes_and_signature_are_left_out(text: str, question: str) -> None:
    assert question_of([text]) == question


@pytest.mark.parametrize(
    "secret",
    [
        "eva@praxis.example",
        "+49 30 1234567",
        "(030) 123 45 67",
        "12.03.1985",
        "Hauptstraße 5",
        "12 Harbour Street",
        "DE89370400440532013000",
        "https://shop.example/o?id=eva",
    ],
)
def test_addresses_and_numbers_of_people_are_not_kept(secret: str) -> None:
    question = question_of([f"How can I change the film printer cable, I am at {secret} now?"])
    assert "film printer cable" in question
    assert not any(part in question for part in secret.replace("@", " ").replace(".", " ").split() if len(part) > 3)


def test_serial_numbers_and_names_are_not_kept_in_any_writing() -> None:
    text = "Does the MÜLLER-Lüdenscheidt film printer, serial number KD-1204-x, need a roller like amr 20417?"
    question = question_of([text], ["Jörg Mueller-Luedenscheidt", "AMR-20417"])
    assert question == "Does the … film printer, …, need a roller like …?"


def test_who_introduces_themselves_is_not_kept_even_when_nobody_knows_the_name() -> None:
    assert "Quendel" not in question_of(["My name is Ada Quendel and how do I reset the film printer password?"])
    assert "Quendel" not in without_personal_data("Frau Dr. Quendel sagt, der Drucker piept")


def test_codes_of_programs_and_devices_stay() -> None:
    question = "Why does the export to the archive end with 0x80070005 and E-04?"
    assert question_of([question]) == question


@pytest.mark.parametrize("text", ["", "Hi", "E-04", "X-1207 Kestrel", "It still does not work", "Thanks!", "???", "\0"])
def test_what_says_too_little_is_no_question(text: str) -> None:
    assert question_of([text]) == ""


def test_the_newest_message_that_asks_something_counts() -> None:
    assert question_of(["Hello?", "How do I order film?", "My invoice is lost"]) == "How do I order film?"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_message_is_too_odd_and_none_too_long(text: str, private: list[str]) -> None:
    question = question_of([text, f"how do I change the paper {text}"], private)
    assert len(question) <= MAX_QUESTION
    assert not question or is_telling(question)


def test_questions_that_say_the_same_have_one_key() -> None:
    assert question_key("How do I change the paper?") == question_key("changing   PAPERS")
    assert question_key("How do I change the paper?") != question_key("How do I change the film?")


def test_of_the_two_most_alike_the_older_is_given_up() -> None:
    texts = ["order film", "change the paper", "reset password", "change the paper tray", "clean the probe"]
    kept = [Remembered(number, text) for number, text in enumerate(texts)]
    assert [one.id for one in surplus(kept, 4)] == [3]
    assert surplus(kept, 5) == []
    assert len(surplus(kept, 1)) == 4


def test_no_customer_pushes_out_what_staff_have_said() -> None:
    kept = [Remembered(1, "change the paper"), Remembered(2, "change the paper tray", by_staff=True)]
    assert [one.id for one in surplus(kept, 1)] == [1]
    both = [Remembered(1, "change the paper", by_staff=True), Remembered(2, "change the paper tray", by_staff=True)]
    assert [one.id for one in surplus(both, 1)] == [2]
