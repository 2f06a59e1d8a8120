"""What stands against a callback, in both languages, by the code of the error. Pure."""

from collections.abc import Mapping

from channels_app.callback.numbers import NumberProblem, problem_words
from interaction_center.errors import CenterError

WORDS: Mapping[str, tuple[str, str]] = {
    "network_limit": (
        "Too many callbacks were asked for from your network. Try again in an hour, or write to us.",
        "Aus Ihrem Netz wurde um zu viele Rückrufe gebeten. Versuchen Sie es in einer Stunde oder schreiben Sie uns.",
    ),
    "person_limit": (
        "You have asked for many callbacks within the hour. Try again in an hour, or write to us.",
        "Sie haben gerade um viele Rückrufe gebeten. Versuchen Sie es in einer Stunde oder schreiben Sie uns.",
    ),
    "site_limit": (
        "Too many callbacks are asked for just now. Try again in an hour, or write to us.",
        "Gerade werden zu viele Rückrufe gewünscht. Versuchen Sie es in einer Stunde oder schreiben Sie uns.",
    ),
    "line_limit": (
        "We can't take more callbacks today. Try again tomorrow, or write to us.",
        "Heute können wir keine Rückrufe mehr annehmen. Versuchen Sie es morgen oder schreiben Sie uns.",
    ),
    "number_limit": (
        "This number was asked for too often today. Try again tomorrow, or write to us.",
        "Für diese Nummer wurde heute zu oft um einen Rückruf gebeten. Versuchen Sie es morgen oder schreiben Sie uns.",
    ),
    "number_rests": (
        "A call to this number was asked for a moment ago. Try again in ten minutes.",
        "Für diese Nummer wurde gerade um einen Rückruf gebeten. Versuchen Sie es in zehn Minuten.",
    ),
    "number_do_not_call": (
        "We don't call this number. Give another one, or write to us.",
        "Diese Nummer rufen wir nicht an. Geben Sie eine andere an oder schreiben Sie uns.",
    ),
    "number_ours": (
        "This is our own number. Give the one at which we reach you.",
        "Das ist unsere eigene Nummer. Geben Sie die an, unter der wir Sie erreichen.",
    ),
    "slot_full": (
        "Somebody else has just taken this time. Choose another one.",
        "Diese Zeit hat gerade jemand anders genommen. Wählen Sie eine andere.",
    ),
    "slot_not_offered": (
        "We can't call this number at this time. Choose another one.",
        "Zu dieser Zeit können wir diese Nummer nicht anrufen. Wählen Sie eine andere.",
    ),
    "no_hour": (
        "There is no hour at which we may call this number. Write to us, or give another one.",
        "Zu keiner Stunde dürfen wir diese Nummer anrufen. Schreiben Sie uns oder geben Sie eine andere an.",
    ),
    "callback_open": (
        "A callback to this number is on its way already. Move or cancel that one.",
        "Ein Rückruf an diese Nummer ist schon vorgesehen. Verschieben Sie ihn oder sagen Sie ihn ab.",
    ),
    "callback_over": (
        "This callback is over. Ask for a new one.",
        "Dieser Rückruf ist vorbei. Bitten Sie um einen neuen.",
    ),
    "callback_ringing": (
        "Your telephone may be ringing. Try again in two minutes.",
        "Ihr Telefon klingelt vielleicht gerade. Versuchen Sie es in zwei Minuten noch einmal.",
    ),
    "callback_in_talk": (
        "You are being called already. Tell the person on the telephone.",
        "Sie werden gerade angerufen. Sagen Sie es am Telefon.",
    ),
    "moved_often": (
        "This callback was moved often just now. It keeps its time; move it in an hour, or cancel it.",
        "Dieser Rückruf wurde gerade oft verschoben. Er behält seine Zeit; verschieben Sie ihn in einer Stunde, oder "
        "sagen Sie ihn ab.",
    ),
    "rate_limited": (
        "Too much has come from here at once. Wait a few minutes and send again: nothing is lost.",
        "Von hier kam zu viel auf einmal. Warten Sie einige Minuten und senden Sie noch einmal: Es geht nichts "
        "verloren.",
    ),
    "too_fast": (
        "That was very fast. Please look it over and send it once more.",
        "Das ging sehr schnell. Bitte sehen Sie es noch einmal durch und senden Sie es erneut.",
    ),
    "too_old": (
        "This page was open for too long. What you wrote is still here: send it once more.",
        "Diese Seite war zu lange offen. Was Sie geschrieben haben, ist noch da: Senden Sie es noch einmal.",
    ),
    "required": ("Please fill this in.", "Bitte ausfüllen."),
    "too_long": ("This is too long. Please shorten it.", "Das ist zu lang. Bitte kürzen Sie es."),
    "not_mail": (
        "This is no e-mail address. It looks like name@example.com.",
        "Das ist keine E-Mail-Adresse. Sie sieht aus wie name@beispiel.de.",
    ),
    "not_empty": ("Please leave this field empty.", "Bitte lassen Sie dieses Feld leer."),
}
_FIELDS: Mapping[str, str] = {
    "number_do_not_call": "phone",
    "number_ours": "phone",
    "slot_full": "wanted_at",
    "slot_not_offered": "wanted_at",
    "no_hour": "wanted_at",
}


def words(code: str, language: str) -> str:
    """The sentence for this code."""
    english, german = WORDS[code]
    return german if language == "de" else english


def sentence(error: CenterError, language: str) -> str:
    """What the error says to a customer."""
    if isinstance(error, NumberProblem):
        return problem_words(error.reason, language)
    return words(error.code, language) if error.code in WORDS else error.message


def field_of(error: CenterError) -> str:
    """The field that it is about; "" for none."""
    return "phone" if isinstance(error, NumberProblem) else _FIELDS.get(error.code, "")
