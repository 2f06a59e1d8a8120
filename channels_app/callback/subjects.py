"""What a callback can be about: a short list, in both languages."""

from collections.abc import Mapping

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "general": ("A question", "Eine Frage"),
    "fault": ("Something does not work", "Etwas funktioniert nicht"),
    "order": ("An order", "Eine Bestellung"),
    "invoice": ("An invoice", "Eine Rechnung"),
}


# What an interaction begins with where its customer wrote nothing, and the sources of requests to which nobody writes.
NO_WORDS: Mapping[str, str] = {"en": "Please call me back.", "de": "Bitte rufen Sie mich zurück."}
BY_TELEPHONE = ("phone", "call")


def subject_words(subject: str, language: str) -> str:
    """The subject for people."""
    english, german = SUBJECTS.get(subject, SUBJECTS["general"])
    return german if language == "de" else english


def title(subject: str, language: str) -> str:
    """What the interaction is called, and with it the mails about it."""
    return f"{'Rückruf' if language == 'de' else 'Callback'}: {subject_words(subject, language)}"
