"""Folding: the one form in which documents and questions are compared. Pure.

Everything goes through the same function, stop words too: that "does" becomes "dos" harms nobody then.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[a-z0-9]+")
_SPECIAL = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th", "ð": "d"})
_COMBINING = re.compile("[\u0300-\u036f]+")


def plain(text: str) -> str:
    """Lower case without accents; characters outside a-z and 0-9 are left as they are."""
    if text.isascii():
        return text.lower()
    lower = text.casefold().translate(_SPECIAL)
    return _COMBINING.sub("", unicodedata.normalize("NFKD", lower))


def fold(text: str) -> str:
    """`plain`, then ae/oe/ue as a/o/u, so that ä = ae = a."""
    return plain(text).replace("ae", "a").replace("oe", "o").replace("ue", "u")


def words_of(text: str) -> list[str]:
    """The folded words of a text in order, stop words included."""
    return _WORD.findall(fold(text))


_GERMAN = (
    "aber alle als also am an auch auf aus bei beim bin bis bitte da damit dann das dass dein dem den denn der des "
    "dich die dies diese dieser dieses dir doch du durch ein eine einem einen einer eines er es euch für gibt haben "
    "habe hat hatte hier ich ihm ihn ihr ihre ihren im in ist ja jetzt kann kein keine können könnte mal man mehr "
    "mein meine meinem meinen meiner mich mir mit muss nach nicht noch nun nur ob oder schon sehr sein seine seit "
    "sich sie sind so soll sollte um und uns unser unsere unter vom von vor war warum was weil wenn wer werden wie "
    "welche welchem welchen welcher welches wieso wir wird wo wurde zu zum zur "
    "über hallo danke guten tag morgen abend liebe lieber liebes damen herren "
    "freundlichen freundliche grüße grüßen gruß viele vielen mfg"
)
_ENGLISH = (
    "a about after all also am an and any are as at be been but by can could did do does doing for from get got had "
    "has have hello hi how i if in into is it its just me my no not of on or our out please so some than thank "
    "thanks that the their them then there these they this to too up us was we were what when where which while who "
    "why will with would you your dear regards best wishes sincerely cheers"
)
GERMAN_WORDS = frozenset(words_of(_GERMAN))
ENGLISH_WORDS = frozenset(words_of(_ENGLISH))
STOP_WORDS = GERMAN_WORDS | ENGLISH_WORDS


def language_of(words: list[str]) -> str:
    """ "de" or "en" by the function words seen; "" when there are none or as many of both."""
    german = sum(word in GERMAN_WORDS and word not in ENGLISH_WORDS for word in words)
    english = sum(word in ENGLISH_WORDS and word not in GERMAN_WORDS for word in words)
    if german == english:
        return ""
    return "de" if german > english else "en"


class _Stemmers(threading.local):
    """Snowball's stemmers may be used by one thread at a time."""

    def __init__(self) -> None:
        self.english, self.german = Stemmer.Stemmer("english"), Stemmer.Stemmer("german")


_stemmers = _Stemmers()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A folded word without its English, then its German endings, so that no language need be known."""
    if not word.isalpha():
        return word
    stemmed: str = _stemmers.german.stemWord(_stemmers.english.stemWord(word))
    return stemmed


# Words with which people tell what happened, whatever happened: rare in a small set of documents and yet no evidence.
_TOLD = (
    "again already back came change changed come early everything happen happened help helped hour hours keep "
    "kept know last look made minute minutes morning nothing now off once said say see seen show showed showing "
    "shown shows since something still switch switched switching tell told today tried try trying turn turned "
    "twice wait waiting went yet allem alles anderes aus ausgemacht ausgeschaltet ausschalten bereits bisher eben "
    "eingeschaltet einmal einschalten erneut etwas frueh geht gehen gemacht gesagt gestern getan hilft heute "
    "helfen immer kommen kommt machen macht minuten nichts nochmal passiert probiert sagen sagt seitdem stunden "
    "versucht versuchen warten weiterhin wieder zeigen zeigt zweimal"
)
TOLD_STEMS = frozenset(stem(word) for word in words_of(_TOLD))


def terms_of(text: str) -> list[str]:
    """The stems of a text without stop words, in order, repetitions kept: what the index counts."""
    return [stem(word) for word in words_of(text) if word not in STOP_WORDS and (len(word) > 1 or word.isdigit())]


@lru_cache(maxsize=10_000)
def name_of(device: str) -> frozenset[str]:
    """A device family by the stems of its name: the same few again and again."""
    return frozenset(terms_of(device))
