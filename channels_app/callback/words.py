"""Every sentence that a telephone says, in English and German. `talks.py` says when."""

from collections.abc import Mapping

VOICES: Mapping[str, str] = {"en": "en-GB", "de": "de-DE"}

WORDS: Mapping[str, tuple[str, str]] = {
    "whisper": ("A callback for {name}. {reason}", "Ein Rückruf für {name}. {reason}"),
    "whisper_waiting": (
        "{name} is on the line and waits for you. {reason}",
        "{name} ist in der Leitung und wartet auf Sie. {reason}",
    ),
    "nameless": ("a customer", "einen Kunden"),
    "press_1": ("Press 1 to go on.", "Drücken Sie die 1, um fortzufahren."),
    "calling": ("We are calling now.", "Wir rufen jetzt an."),
    "greeting": (
        "Hello, this is the call back that you asked for. I am connecting you.",
        "Guten Tag, das ist der Rückruf, um den Sie gebeten haben. Ich verbinde Sie.",
    ),
    "offer": (
        "Hello, this is the call back that you asked for. To be connected, press 1. For another time, press 2. "
        "If you no longer need it, press 3.",
        "Guten Tag, das ist der Rückruf, um den Sie gebeten haben. Um verbunden zu werden, drücken Sie die 1. Für "
        "eine andere Zeit die 2. Wenn er nicht mehr nötig ist, die 3.",
    ),
    "connecting": ("One moment please, I am connecting you.", "Einen Moment bitte, ich verbinde Sie."),
    "still_connecting": (
        "I am sorry that it takes a little longer. Please stay on the line.",
        "Es tut mir leid, dass es etwas länger dauert. Bitte bleiben Sie in der Leitung.",
    ),
    "moved": (
        "We will call you again later. To choose a time, use the link in our mail. Goodbye.",
        "Wir rufen Sie später wieder an. Eine Zeit wählen Sie mit dem Link in unserer Mail. Auf Wiederhören.",
    ),
    "cancelled": (
        "Your call back is cancelled. Goodbye.",
        "Ihr Rückruf ist storniert. Auf Wiederhören.",
    ),
    "goodbye": ("Goodbye.", "Auf Wiederhören."),
    "sorry": (
        "I am sorry, we can't connect you now. We will call you again. Goodbye.",
        "Es tut mir leid, wir können Sie gerade nicht verbinden. Wir rufen Sie wieder an. Auf Wiederhören.",
    ),
    "stopped": (
        "I am sorry to have troubled you, this call is no longer needed. Goodbye.",
        "Bitte entschuldigen Sie die Störung, dieser Anruf ist nicht mehr nötig. Auf Wiederhören.",
    ),
    "voicemail": (
        "Hello, this is the call back that you asked for. We could not reach you and will try again. Goodbye.",
        "Guten Tag, das ist der Rückruf, um den Sie gebeten haben. Wir konnten Sie nicht erreichen und versuchen es "
        "noch einmal. Auf Wiederhören.",
    ),
    "on_hold": ("Please hold the line.", "Bitte bleiben Sie am Apparat."),
    "told_over": ("The call is over.", "Das Gespräch ist beendet."),
    "told_busy": ("The line is busy.", "Der Anschluss ist besetzt."),
    "told_no_answer": ("Nobody answers.", "Niemand nimmt ab."),
    "told_machine": ("An answering machine has answered.", "Ein Anrufbeantworter hat abgenommen."),
    "told_invalid": ("This number can't be called.", "Diese Nummer kann nicht angerufen werden."),
    "told_refused": ("This number must not be called.", "Diese Nummer darf nicht angerufen werden."),
    "told_cancelled": ("This callback is not to be made now.", "Dieser Rückruf soll jetzt nicht stattfinden."),
    "told_failed": ("The call failed.", "Der Anruf ist fehlgeschlagen."),
}


def words(sentence: str, language: str, **facts: str) -> str:
    """The sentence of this name; English where we have no other."""
    english, german = WORDS[sentence]
    return (german if language[:2] == "de" else english).format(**facts)


def voice(language: str) -> str:
    """The language of the voice, in Twilio's words."""
    return VOICES.get(language[:2], VOICES["en"])
