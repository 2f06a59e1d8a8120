"""Which device families a text names. Pure.

A family is named by all words of its name, or by one word that stands for nothing else: "Kestrel" for "Kestrel DX",
while "ultrasound" is what several devices do.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from kb.search.documents import Document
from kb.search.fold import name_of, terms_of

Family = frozenset[str]
_NAME = 3  # letters of its stem: shorter words are abbreviations that mean other things too


class Families:
    """The device families of these documents, each known by the terms of its name."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._known = {device for document in documents for device in document.devices}
        families = {name_of(device) for device in self._known} - {frozenset()}
        self._by_term: defaultdict[str, list[Family]] = defaultdict(list)
        for family in families:
            for term in family:
                self._by_term[term].append(family)
        self._names = {term for term, among in self._by_term.items() if len(among) == 1 and len(term) >= _NAME}
        self._names -= _used_elsewhere(documents, self._names)

    def know_all(self, devices: Iterable[str]) -> bool:
        """Whether none of these is new."""
        return self._known.issuperset(devices)

    def named_in(self, terms: Iterable[str]) -> set[Family]:
        """The families that a text of these terms names; empty when it names none."""
        said = Counter(family for term in set(terms) for family in self._by_term.get(term, ()))
        whole = {family for family, n in said.items() if n == len(family) > 1}
        return whole | {self._by_term[term][0] for term in terms if term in self._names}


def _used_elsewhere(documents: Sequence[Document], names: set[str]) -> set[str]:
    """Those of the words that documents about something else are headed by: no names of one family then."""
    used: set[str] = set()
    for document in documents:
        headed = names.intersection(terms_of(f"{document.title} {document.keywords}"))
        used |= headed - set(terms_of(" ".join(document.devices))) if headed else headed
    return used
