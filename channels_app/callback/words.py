"""Every sentence that a telephone says, in English and German. `talks.py` says when."""

from collections.abc import Mapping

VOICES: Mapping[str, str] = {"en": "en-GB", "de": "de-DE"}

WORDS: Mapping[str, tuple[str, str]] = {
    "whisper": ("A callback for {name}. {reason}", "Ein Rückruf für {name}. {reason}"),
    "whisper_waiting": (
        "{name} is on the line and waits for you. {reason}",
        "{name} ist in der Leitung und wartet auf Sie. {reason}",
    ),
    "nameless": ("a customer", "jemand ohne Namen"),  # fits whatever comes before and after it
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
        "Ihr Rückruf ist abgesagt. Auf Wiederhören.",
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
    "whisper_caller": (
        "{name} is calling and has waited for {waited}. {reason}",
        "{name} ruft an und wartet seit {waited}. {reason}",
    ),
    "moment": ("One moment please.", "Einen Moment bitte."),
    "no_line": ("This number is not in use. Goodbye.", "Diese Nummer ist nicht vergeben. Auf Wiederhören."),
    "too_often": (
        "You have called very often in the last minutes. Please try again in ten minutes. Goodbye.",
        "Sie haben in den letzten Minuten sehr oft angerufen. Bitte versuchen Sie es in zehn Minuten wieder. Auf "
        "Wiederhören.",
    ),
    "too_many": (
        "All our lines are busy. Please try again in ten minutes. Goodbye.",
        "Alle unsere Leitungen sind besetzt. Bitte versuchen Sie es in zehn Minuten wieder. Auf Wiederhören.",
    ),
    "welcome": ("Hello, this is {line}.", "Guten Tag, hier ist {line}."),
    "welcome_back": (
        "Hello, this is {line}. You are not forgotten: your place is kept.",
        "Guten Tag, hier ist {line}. Sie sind nicht vergessen: Ihr Platz bleibt Ihnen.",
    ),
    "closed": (
        "We are closed now, and open again on {when}.",
        "Wir haben jetzt geschlossen und öffnen wieder: {when}.",
    ),
    "closed_keys": (
        "To be called when we are open, press 1.",
        "Für einen Rückruf, sobald wir öffnen, drücken Sie die 1.",
    ),
    "next": ("You are next. Somebody will answer {wait}.", "Sie sind als Nächstes dran. Wir sind für Sie da, {wait}."),
    "place": (
        "You are number {place} in the queue. Somebody will answer {wait}.",
        "Sie sind an Position {place} der Warteschlange. Wir sind für Sie da, {wait}.",
    ),
    "queue_keys": (
        "To be called back and keep your place, press 1.",
        "Für einen Rückruf, ohne Ihren Platz zu verlieren, drücken Sie die 1.",
    ),
    "message_key": ("To leave a message, press 2.", "Für eine Nachricht die 2."),
    "type_number": (
        "Please type the number that we should call, with its area code, and then the hash key.",
        "Bitte geben Sie die Nummer mit Vorwahl ein, die wir anrufen sollen, und dann die Raute.",
    ),
    "confirm_number": (
        "We will call you at {digits}. If this is right, press 1. For another number, press 2.",
        "Wir rufen Sie an unter {digits}. Wenn das stimmt, drücken Sie die 1. Für eine andere Nummer die 2.",
    ),
    "number_limit": (
        "We can't promise a call to this number now: too many were asked for. Please hold the line.",
        "Für diese Nummer können wir gerade keinen Rückruf zusagen: Es wurden zu viele erbeten. Bitte bleiben Sie in "
        "der Leitung.",
    ),
    "number_impossible": (
        "We can't call this number. Please hold the line.",
        "Diese Nummer können wir nicht anrufen. Bitte bleiben Sie in der Leitung.",
    ),
    "promised": (
        "Thank you. We will call you, and your place is kept. Goodbye.",
        "Danke. Wir rufen Sie an, Ihr Platz bleibt Ihnen. Auf Wiederhören.",
    ),
    "promised_later": (
        "Thank you. We will call you when we are open again. Goodbye.",
        "Danke. Wir rufen Sie an, sobald wir wieder geöffnet haben. Auf Wiederhören.",
    ),
    "message": (
        "Please speak after the tone, and press the hash key when you are done.",
        "Bitte sprechen Sie nach dem Ton, und drücken Sie die Raute, wenn Sie fertig sind.",
    ),
    "message_kept": (
        "Thank you, we have your message. Goodbye.",
        "Danke, Ihre Nachricht ist angekommen. Auf Wiederhören.",
    ),
    "message_empty": (
        "We have heard nothing, so no message was kept. Goodbye.",
        "Wir haben nichts gehört, es wurde keine Nachricht gespeichert. Auf Wiederhören.",
    ),
    "withdrawn": (
        "I am sorry, nobody can answer this call any more. Please call again. Goodbye.",
        "Es tut mir leid, dieser Anruf kann nicht mehr beantwortet werden. Bitte rufen Sie noch einmal an. Auf "
        "Wiederhören.",
    ),
    "whisper_join": (
        "A colleague asks you into a talk with {name}. {reason}",
        "Eine Kollegin oder ein Kollege bittet Sie in ein Gespräch mit {name}. {reason}",
    ),
    "whisper_outside": ("A call for you from {line}.", "Ein Anruf für Sie von {line}."),
    "whisper_supervisor": ("A talk with {name}, to listen to.", "Ein Gespräch mit {name}, zum Mithören."),
    "put_through": (
        "One moment please, I am putting you through.",
        "Einen Moment bitte, ich verbinde Sie weiter.",
    ),
    "is_asked": (
        "The customer is asked whether the call may be recorded.",
        "Der Kunde wird gefragt, ob das Gespräch aufgezeichnet werden darf.",
    ),
    "consent": (
        "May this call be recorded, so that nothing of it is lost? For yes, press 1. For no, press 2.",
        "Darf dieses Gespräch aufgezeichnet werden, damit nichts davon verloren geht? Für ja drücken Sie die 1, für "
        "nein die 2.",
    ),
    "consent_given": (
        "Thank you. The call is recorded from now on.",
        "Danke. Das Gespräch wird ab jetzt aufgezeichnet.",
    ),
    "consent_refused": ("The call is not recorded.", "Das Gespräch wird nicht aufgezeichnet."),
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
