"""Telephone numbers: which ones we ring, what we store of them, and where they may be. Pure.

The order of the checks is the fraud gate's: emergency numbers as they were written (once a country code stands before
"110", nothing recognises it), then readable, possible, valid, of a kind that costs what a call costs, in a country that
the line allows. "Valid" alone is no protection: satellite numbers and premium islands are valid.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from interaction_center.errors import InvalidError

MAX_TEXT = 250  # characters; some searches of the library take the square of the length
LONGEST_E164 = 16  # characters: "+" and 15 digits
NO_COUNTRY = "001"  # satellites and worldwide services: +882, +883, +979, +808 and their like

# What an exchange writes in place of a number that is withheld: the words ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and
# UNAVAILABLE on the keys of a telephone.
WITHHELD = frozenset({"", "anonymous", "+266696687", "+7378742833", "+2562533", "+8566696", "+86282452253"})

# Where the number as it was written begins: digits of any script and what people put between them, up to an extension.
_AS_WRITTEN = re.compile(r"[+＋]?\d(?:[^\w;,#+]|\d)*")


class Kind(StrEnum):
    """What a number leads to, as far as its digits say."""

    FIXED_LINE = "fixed_line"
    MOBILE = "mobile"
    FIXED_LINE_OR_MOBILE = "fixed_line_or_mobile"
    VOIP = "voip"
    TOLL_FREE = "toll_free"
    PREMIUM_RATE = "premium_rate"
    SHARED_COST = "shared_cost"
    PERSONAL_NUMBER = "personal_number"
    PAGER = "pager"
    UAN = "uan"
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"


class Flag(StrEnum):
    """What a person should know about a number that we do ring."""

    VOIP = "voip"  # says nothing about where the telephone is
    ZONE_UNKNOWN = "zone_unknown"  # it may be anywhere


class NumberCode(StrEnum):
    """Why a number is refused: the `code` of a NumberProblem."""

    MISSING = "number_missing"
    UNREADABLE = "number_unreadable"
    NO_COUNTRY_CODE = "number_without_country_code"
    EMERGENCY = "number_emergency"
    TOO_SHORT = "number_too_short"
    TOO_LONG = "number_too_long"
    INVALID = "number_invalid"
    WORLDWIDE = "number_worldwide"
    COSTLY = "number_costly"
    NOT_A_PERSON = "number_not_a_person"
    COUNTRY = "number_country"


_RINGABLE = frozenset({Kind.FIXED_LINE, Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE, Kind.VOIP})
_COSTLY = frozenset({Kind.PREMIUM_RATE, Kind.SHARED_COST, Kind.PERSONAL_NUMBER})

_UNREADABLE_FOR = {
    NumberParseException.INVALID_COUNTRY_CODE: NumberCode.NO_COUNTRY_CODE,
    NumberParseException.TOO_SHORT_AFTER_IDD: NumberCode.TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: NumberCode.TOO_SHORT,
    NumberParseException.TOO_LONG: NumberCode.TOO_LONG,
}

_IMPOSSIBLE_FOR = {
    phonenumbers.ValidationResult.TOO_SHORT: NumberCode.TOO_SHORT,
    phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: NumberCode.TOO_SHORT,
    phonenumbers.ValidationResult.TOO_LONG: NumberCode.TOO_LONG,
}

_WORDS: dict[NumberCode, tuple[str, str]] = {
    NumberCode.MISSING: (
        "Please give the number that we should call.",
        "Bitte geben Sie die Nummer an, die wir anrufen sollen.",
    ),
    NumberCode.UNREADABLE: (
        "This is not a telephone number. Write it like +49 30 123456.",
        "Das ist keine Telefonnummer. Schreiben Sie sie so: +49 30 123456.",
    ),
    NumberCode.NO_COUNTRY_CODE: (
        "We don't know this country code. Write the number with it, like +49 30 123456.",
        "Diese Landesvorwahl kennen wir nicht. Schreiben Sie die Nummer mit ihr, etwa +49 30 123456.",
    ),
    NumberCode.EMERGENCY: (
        "This is an emergency number: dial it yourself if you need help. For a callback, give your own number.",
        "Das ist eine Notrufnummer: Wählen Sie sie selbst, wenn Sie Hilfe brauchen. Für einen Rückruf geben Sie Ihre "
        "eigene Nummer an.",
    ),
    NumberCode.TOO_SHORT: (
        "This number is too short. Write it with its area code.",
        "Diese Nummer ist zu kurz. Schreiben Sie sie mit Vorwahl.",
    ),
    NumberCode.TOO_LONG: (
        "This number is too long. Give one number, and nothing else.",
        "Diese Nummer ist zu lang. Geben Sie eine Nummer an, sonst nichts.",
    ),
    NumberCode.INVALID: (
        "There is no such number. Check its digits; from abroad, write it with the country code.",
        "Diese Nummer gibt es nicht. Prüfen Sie die Ziffern; aus dem Ausland mit Landesvorwahl.",
    ),
    NumberCode.WORLDWIDE: (
        "We can't call satellite and worldwide numbers. Give a landline or mobile number.",
        "Satelliten- und weltweite Nummern können wir nicht anrufen. Geben Sie eine Festnetz- oder Mobilnummer an.",
    ),
    NumberCode.COSTLY: (
        "We don't call numbers that cost extra. Give a landline or mobile number.",
        "Kostenpflichtige Sondernummern rufen wir nicht an. Geben Sie eine Festnetz- oder Mobilnummer an.",
    ),
    NumberCode.NOT_A_PERSON: (
        "We can't reach a person at this kind of number. Give a landline or mobile number.",
        "Unter einer solchen Nummer erreichen wir niemanden. Geben Sie eine Festnetz- oder Mobilnummer an.",
    ),
    NumberCode.COUNTRY: (
        "We can't call numbers in this country. Give another number, or write to us.",
        "Nummern in diesem Land können wir nicht anrufen. Geben Sie eine andere Nummer an oder schreiben Sie uns.",
    ),
}


class NumberProblem(InvalidError):
    """A number that we don't ring; `code` is one of NumberCode, `details.phone` the sentence for its field."""

    def __init__(self, reason: NumberCode) -> None:
        sentence = problem_words(reason, "en")
        super().__init__(sentence, str(reason), phone=sentence)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Number:
    """A number that may be rung. Only `e164` is ever stored as the number; the extension is kept apart.

    national     as people of its country write it
    country      ISO code, such as DE
    zones        as `zones_of` says
    """

    e164: str
    extension: str
    national: str
    country: str
    kind: Kind
    zones: frozenset[str]
    flags: frozenset[Flag]


def read_number(text: str, region: str, countries: Collection[str] | None = None) -> Number:
    """The number that somebody has typed, as one that may be rung.

    `region` is the country whose national form is understood (the site's own), `countries` those that may be rung:
    without a list only `region`. Raises NumberProblem for everything else, whatever the text.
    """
    if len(text) > MAX_TEXT:
        raise NumberProblem(NumberCode.TOO_LONG)
    if not text.strip():
        raise NumberProblem(NumberCode.MISSING)
    home = region.upper()
    written = _as_written(text)
    if phonenumbers.is_emergency_number(written, home):
        raise NumberProblem(NumberCode.EMERGENCY)
    parsed = _parse(text, home)
    _refuse_what_does_not_exist(parsed, written, home)
    return _ringable(parsed, {home} if countries is None else countries)


def problem_words(code: NumberCode, language: str) -> str:
    """What is wrong with the number and what to do about it, in English or German."""
    english, german = _WORDS[code]
    return german if language == "de" else english


def zones_of(e164: str) -> frozenset[str]:
    """The time zones in which the telephone of a stored number may be: often several, "Etc/Unknown" for anywhere."""
    return frozenset(time_zones_for_number(phonenumbers.parse(e164)))


def caller_of(shown: str) -> str:
    """The number of who calls us as the network shows it, E.164; "" for one that is withheld or none.

    Whoever calls can let anything be shown: what is longer than a number can be is none.
    """
    if shown.lower() in WITHHELD:
        return ""
    try:
        e164 = phonenumbers.format_number(phonenumbers.parse(shown), PhoneNumberFormat.E164)
    except NumberParseException:
        return ""
    return e164 if len(e164) <= LONGEST_E164 else ""


def region_of(e164: str) -> str:
    """The country of a stored number as an ISO code; "" for none, and for what is no number."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164)) or ""
    except NumberParseException:
        return ""


def spoken_language(e164: str) -> str:
    """What is spoken to somebody of whom only the number is known."""
    return "de" if region_of(e164) in ("DE", "AT", "CH", "LI") else "en"


def display(e164: str, language: str) -> str:
    """A stored number for people: always with its country code, since the reader may sit in another country."""
    if e164.lower() in WITHHELD:
        return "Nummer unterdrückt" if language == "de" else "number withheld"
    try:
        return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return e164


def _as_written(text: str) -> str:
    found = _AS_WRITTEN.search(text)
    return found[0] if found else ""


def _parse(text: str, region: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException as error:
        raise NumberProblem(_UNREADABLE_FOR.get(error.error_type, NumberCode.UNREADABLE)) from error


def _refuse_what_does_not_exist(parsed: PhoneNumber, written: str, region: str) -> None:
    if phonenumbers.is_valid_number(parsed):
        return
    # "1123456" would reach the fire brigade where it is dialled. Asked only of what is no number of its own: without
    # their zero, numbers of Vienna can begin with 133 and those of Paris with 15. We dial them with their country code.
    if phonenumbers.connects_to_emergency_number(written, region):
        raise NumberProblem(NumberCode.EMERGENCY)
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    raise NumberProblem(_IMPOSSIBLE_FOR.get(possible, NumberCode.INVALID))


def _ringable(parsed: PhoneNumber, countries: Collection[str]) -> Number:
    country = phonenumbers.region_code_for_number(parsed) or NO_COUNTRY
    kind = Kind(PhoneNumberType.to_string(phonenumbers.number_type(parsed)).lower())
    _refuse_kind(kind, country)
    if country not in countries:
        raise NumberProblem(NumberCode.COUNTRY)
    extension, parsed.extension = parsed.extension or "", None
    e164 = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    national = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    zones = zones_of(e164)
    return Number(e164, extension, national, country, kind, zones, _flags(kind, zones))


def _flags(kind: Kind, zones: frozenset[str]) -> frozenset[Flag]:
    voip = {Flag.VOIP} if kind is Kind.VOIP else set()
    return frozenset(voip | ({Flag.ZONE_UNKNOWN} if UNKNOWN_TIMEZONE in zones else set()))


def _refuse_kind(kind: Kind, country: str) -> None:
    if kind in _COSTLY:
        raise NumberProblem(NumberCode.COSTLY)
    if country == NO_COUNTRY:
        raise NumberProblem(NumberCode.WORLDWIDE)
    if kind not in _RINGABLE:
        raise NumberProblem(NumberCode.NOT_A_PERSON)
