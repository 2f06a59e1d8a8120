"""What of a message is the question, without whom it is from: the form in which questions are kept and compared. Pure.

What is left out is left out by rule, not by understanding: rather a word too many, and an editor sees what was learnt.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

from kb.search.codes import codes_in_title
from kb.search.fold import STOP_WORDS, TOLD_STEMS, fold, terms_of, words_of

MAX_QUESTION = 300
_MAX_MESSAGE = 3_000
_MIN_TERMS = 2
_GAP = "…"
_GENERAL = TOLD_STEMS.union(
    terms_of("work problem error issue fault device machine funktioniert Problem Fehler Störung Gerät Maschine")
)

# Every repetition is bounded: a hostile message must not take longer than another one.
_MAIL_OR_LINK = r"\S{1,100}@\S{1,100}|(?:https?://|www\.)\S+"
_NUMBER = r"\+?(?<![\w-])\d[\d /().-]{4,40}\d(?!\w)"  # telephone, customer number, bank account, day of birth
_SERIAL = (
    r"(?:\bs/?n\b|\bserial(?: number| no\.?)?|\bserien(?:nummer|nr\.?)|\bger[äa]te(?:nummer|nr\.?))"
    r"(?: is| ist| lautet)?\s{0,3}[:#]?\s{0,3}[\w/-]{0,30}\d[\w/-]{0,30}"
)
_STREET = (
    r"\b[\w.-]{1,30}(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee) \d{1,4}\w?|"
    r"\b\d{1,4}\w? (?:[A-Z][\w.-]{1,30} ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Way)\b\.?|"
    r"\b\d{5} [A-ZÄÖÜ][\w-]{1,40}"
)
_PERSONAL = re.compile(f"{_MAIL_OR_LINK}|(?i:{_SERIAL})|{_STREET}|{_NUMBER}")
_NAMED = re.compile(
    r"(?P<said>(?i:\b(?:my name is|this is|mein name ist|ich hei(?:ß|ss)e|hier (?:ist|spricht)|herrn?|frau|mrs?\.?|"
    r"ms\.?|dr\.?|prof\.?)) )(?:(?:Dr|Prof|Herr|Frau)\.? )?[A-ZÄÖÜ][\w'-]{0,40}(?: [A-ZÄÖÜ][\w'-]{1,40}){0,2}"
)
_RUN = re.compile(r"[\w/-]+")
_WORD = re.compile(r"[^\W_]+")
_GAPS = re.compile(rf"{_GAP}(?:[ ,.-]{{0,4}}{_GAP})+")
_MANY_DIGITS = 6

_QUOTED = re.compile(r"^\s*[>＞]")
_QUOTE_BEGINS = re.compile(
    r"^\s*(?:(?:on|am)\b.{4,200}\b(?:wrote|schrieb)\b.{0,80}:|-{2,}\s*(?:original|urspr|forwarded|weitergel).*|"
    r"(?:from|von):.{0,200}@.*|--\s?)$",
    re.IGNORECASE,
)
_THANKS = (
    r"(?:thanks|thank you|thx|danke(?: schön)?|vielen dank|besten dank|herzlichen dank)"
    r"(?: (?:a lot|so much|very much|in advance|im voraus|vorab|(?:for|für) (?:\w+ ?){1,3}))*"
)
_REGARDS = (
    r"(?:(?:kind|best|warm|many)(?:est)? regards|regards|best wishes|best|yours|sincerely|cheers|mfg|vg|lg|"
    r"(?:mit )?(?:freundliche|beste|viele|liebe|herzliche|schöne)[nr]? gr(?:[üu]|ue)(?:ß|ss)e?n?|"
    r"gr(?:[üu]|ue)(?:ß|ss)e?)"
)
_SENT_BY = r"(?:sent from|gesendet von|von meinem).{0,60}"
_CLOSING = re.compile(rf"^\s*(?:{_THANKS}|{_REGARDS}|{_SENT_BY})(?:[\s,]+\w+){{0,3}}\W*$", re.IGNORECASE)
_GREETING = re.compile(
    r"^\s*(?:hello|hallo|hi|hey|dear|good (?:morning|afternoon|evening|day)|guten? (?:tag|morgen|abend)|moin|servus|"
    r"gr[üu](?:ß|ss) gott|sehr geehrte[rn]?|liebe[rs]?)\b(?:(?: [\w.'-]{1,30}){0,8}\s*[,!]|(?: [\w'-]{1,30})?\.|\n|)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_ASKS = re.compile(
    r"\?$|^\W*(?:how|what|where|when|why|which|who|can|could|may|is|are|do|does|did|will|would|should|"
    r"i (?:need|want|would like|cannot|can't|can not)|"
    r"wie|was|wo|woher|wohin|wann|warum|wieso|weshalb|welche[rsnm]?|wer|kann|können|könnte[nst]?|darf|muss|ist|sind|"
    r"gibt|haben sie|ich (?:brauche|möchte|kann|suche))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A question that is kept."""

    id: int
    text: str
    by_staff: bool = False


def question_of(texts: Iterable[str], private: Collection[str] = ()) -> str:
    """The question of the first of these messages that asks one, ready to be kept; "" when none does.

    private  names, companies and serial numbers that must not stay in it, in any writing
    """
    for text in texts:
        question = _shortened(without_personal_data(_said(text[:_MAX_MESSAGE]), private))
        if is_telling(question):
            return question
    return ""


def without_personal_data(text: str, private: Collection[str] = ()) -> str:
    """The text with a gap for each address, long number, serial number, and name that is told or given."""
    text = _NAMED.sub(rf"\g<said>{_GAP}", _PERSONAL.sub(_GAP, text))
    text = _RUN.sub(lambda run: _GAP if _is_number(run[0]) else run[0], text)
    names = {word for name in private for word in words_of(name) if len(word) > 1 and word not in STOP_WORDS}
    if names:
        text = _WORD.sub(lambda word: _GAP if fold(word[0]) in names else word[0], text)
    return _GAPS.sub(_GAP, text)


def is_telling(question: str) -> bool:
    """Whether it says enough to be known again: two words that are no codes, and not only what everybody tells."""
    codes = codes_in_title(question)
    words = {term for term in terms_of(question) if len(term) > 2 and term.isalpha()} - codes
    return len(words) >= _MIN_TERMS and not words <= _GENERAL


def question_key(question: str) -> str:
    """Equal for questions that say the same in the same order: a digest of their folded stems."""
    return blake2b(" ".join(terms_of(question)).encode(), digest_size=16).hexdigest()


def surplus(questions: Sequence[Remembered], limit: int) -> list[Remembered]:
    """Those to be given up, so that `limit` stay: of the two that are most alike the older one, again and again.

    `questions` stand in order of age, the newest first. What staff have said goes last: no customer pushes it out.
    """
    kept = list(questions)
    terms = {question.id: frozenset(terms_of(question.text)) for question in questions}
    gone: list[Remembered] = []
    while len(kept) > limit:
        alike = sorted(combinations(kept, 2), key=lambda pair: -_likeness(terms[pair[0].id], terms[pair[1].id]))
        losers = [_loser(*pair) for pair in alike]
        gone.append(next((one for one in losers if not one.by_staff), losers[0]))
        kept.remove(gone[-1])
    return gone


def _loser(newer: Remembered, older: Remembered) -> Remembered:
    return newer if older.by_staff and not newer.by_staff else older


def _likeness(one: Collection[str], other: Collection[str]) -> float:
    both = len(set(one) | set(other))
    return len(set(one) & set(other)) / both if both else 1.0


def _is_number(run: str) -> bool:
    """A number of a device, a contract or a person: many digits, unless programs write codes like that."""
    return sum(c.isdigit() for c in run) >= _MANY_DIGITS and not run.lower().startswith("0x")


def _said(text: str) -> str:
    """Without quoted text, greeting, and everything from the closing words on."""
    lines: list[str] = []
    for line in text.replace("\r", "").split("\n"):
        if _QUOTE_BEGINS.match(line[:400]) or (lines and _CLOSING.match(line[:400]) and "?" not in line):
            break
        if not _QUOTED.match(line):
            lines.append(line)
    return _GREETING.sub("", "\n".join(lines).strip(), count=1).strip()


def _shortened(text: str) -> str:
    """The sentences that ask, with the one before them where they say too little by themselves."""
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCE_END.split(text) if sentence.strip()]
    sentences = [sentence for sentence in sentences if "?" in sentence or not _CLOSING.match(sentence[:400])]
    asking = [number for number, sentence in enumerate(sentences) if _ASKS.search(sentence)]
    chosen = asking or list(range(len(sentences)))
    if asking and not is_telling(" ".join(sentences[number] for number in asking)):
        chosen = sorted({*asking, *(number - 1 for number in asking if number)})
    return _cut(" ".join(sentences[number] for number in chosen))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_QUESTION else text[: MAX_QUESTION - 1].rsplit(" ", 1)[0] + _GAP
