"""What goes into the index and what comes out: plain frozen values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One thing that can be found.

    id        any key of the caller, unique in the index
    keywords  words of customers that stand for the title
    questions what people asked whom this document has helped
    group     documents that say the same in other languages share it: only one of them is shown
    codes     codes by which it is known, in any writing
    devices   device families and models it is about; none = any
    """

    id: str
    group: str
    title: str
    body: str
    locale: str
    keywords: str = ""
    codes: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer. `score` is 0..1; the reason is the `code` that matched, else the question's own `words` that did."""

    id: str
    score: float
    code: str = ""
    words: tuple[str, ...] = ()
