"""Which questions say the same. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb.search.fold import terms_of

ALIKE = 0.5  # of the stems of both, how many they share at least
Stems = frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was asked."""

    text: str
    locale: str


@dataclass(slots=True)
class Cluster:
    """Questions that say the same; `stems` are those of the one that is asked most."""

    stems: Stems
    writings: Counter[Asked] = field(default_factory=Counter)

    @property
    def times(self) -> int:
        """How often it was asked, in any writing."""
        return self.writings.total()

    @property
    def by_frequency(self) -> list[Asked]:
        """Its writings, the most frequent first; equal ones in the order of the alphabet, so that reports stay put."""
        return sorted(self.writings, key=lambda asked: (-self.writings[asked], asked.text, asked.locale))


def same_words(questions: Iterable[Asked]) -> list[Cluster]:
    """By equal stems, whatever their order, endings and stop words; the most frequent first."""
    found: dict[Stems, Cluster] = {}
    for asked in questions:
        stems = frozenset(terms_of(asked.text)) or frozenset([asked.text.casefold()])
        found.setdefault(stems, Cluster(stems)).writings[asked] += 1
    return _by_times(found.values())


def alike(questions: Iterable[Asked]) -> list[Cluster]:
    """The same with those that share half of their stems: each joins the most similar of the more frequent ones."""
    clusters: list[Cluster] = []
    saying: defaultdict[str, list[int]] = defaultdict(list)
    for group in same_words(questions):
        nearest = _nearest(group.stems, clusters, saying)
        if nearest is None:
            for stem in group.stems:
                saying[stem].append(len(clusters))
            clusters.append(group)
        else:
            nearest.writings.update(group.writings)
    return _by_times(clusters)


def _nearest(stems: Stems, clusters: Sequence[Cluster], saying: dict[str, list[int]]) -> Cluster | None:
    shared = Counter(number for stem in stems for number in saying.get(stem, ()))
    likeness = {number: n / len(stems | clusters[number].stems) for number, n in shared.items()}
    best = max(likeness, key=lambda number: (likeness[number], -number), default=None)
    return clusters[best] if best is not None and likeness[best] >= ALIKE else None


def _by_times(clusters: Iterable[Cluster]) -> list[Cluster]:
    return sorted(clusters, key=lambda cluster: (-cluster.times, cluster.by_frequency[0].text))
