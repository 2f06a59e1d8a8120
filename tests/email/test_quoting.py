"""What is new in an answer, in the shapes that mail programs give it."""

import pytest

from channels_app.email.quoting import new_text

QUOTES = {
    "Gmail": "On Mon, Apr 2, 2026 at 6:26 PM, Ann <a@example.org> wrote:\n\n> Hi\n> there",
    "Gmail, wrapped": "On Mon, Apr 2, 2026 at 6:26 PM, Ann With A Long Name <\na@example.org> wrote:\n\n> Hi",
    "Thunderbird, German": "Am 02.04.26 um 18:27 schrieb Ann:\n> Hallo",
    "iPhone, German": "Am 02.04.2026 um 18:27 schrieb Ann <a@example.org>:\n\n> Hallo",
    "Apple Mail, French": "Le 2 avr. 2026 à 18:27, Ann <a@example.org> a écrit :\n\n> Bonjour",
    "Outlook": "From: Ann <a@example.org>\nSent: Monday, April 2, 2026 6:27 PM\nTo: Jo\nSubject: RE: x\n\nHi",
    "Outlook, German": "Von: Ann <a@example.org>\nGesendet: Montag, 2. April 2026 18:27\nAn: Jo\nBetreff: x\n\nHallo",
    "Outlook, bold": "*From:* Ann <a@example.org>\n*Sent:* Monday\n*To:* Jo\n*Subject:* x\n\nHi",
    "a line": "-----Original Message-----\nFrom: Ann\nHi",
    "a German line": "-----Ursprüngliche Nachricht-----\nVon: Ann\nHallo",
    "Spanish": "El 2 abr 2026, a las 18:27, Ann <a@example.org> escribió:\n\n> Hola",
    "Dutch": "Op 2 apr. 2026 om 18:27 schreef Ann <a@example.org>:\n\n> Hallo",
    "nothing but marks": "> Hi\n> there",
    "a signature": "-- \nJo Customer\nExample Ltd",
    "a telephone": "Sent from my iPhone",
    "ein Telefon": "Von meinem iPhone gesendet",
}


@pytest.mark.parametrize("name", QUOTES)
def test_the_quoted_mail_and_the_signature_are_cut(name: str) -> None:
    assert new_text(f"Thanks, that works.\n\n{QUOTES[name]}\n") == "Thanks, that works."


def test_answers_between_quotes_and_below_them_are_kept() -> None:
    text = "On Monday 2 April, Ann wrote:\n> first question\nfirst answer\n> second question\nsecond answer"
    assert new_text(text) == "first answer\nsecond answer"


@pytest.mark.parametrize(
    "text",
    [
        "The display shows:\nE-04 paper jam\nWhat now?",
        "On Monday I wrote to you already.\nNothing has happened since.",
        "From: Berlin\nTo: Hamburg\nthat is where the device goes.",
        "---------- Forwarded message ----------\nFrom: Ann <a@example.org>\nSubject: x\n\nPlease see below",
        "> only quoted words",
    ],
)
def test_words_of_the_sender_are_never_lost(text: str) -> None:
    assert new_text(text) == text


def test_a_forward_below_a_word_is_cut_but_one_alone_is_kept() -> None:
    forward = "---------- Forwarded message ----------\nFrom: Ann <a@example.org>\n\nwords"
    assert new_text(forward) == forward
