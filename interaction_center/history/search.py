"""Search over interactions and customers: every word must be found somewhere, whatever its case.

LIKE with escaped patterns, on both databases the same. SQLite folds the case of ASCII letters only, so a word with
other letters is also looked for in lower case, in capitals, and with one capital.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from interaction_center.access.doors import Actor
from interaction_center.customers.models import ContactPoint, Customer
from interaction_center.customers.selectors import Root
from interaction_center.queue.models import Entry, EntryKind
from interaction_center.queue.selectors import Page, rows, visible_to
from interaction_center.queue.wire import row_wire

MAX_WORDS = 6
SNIPPET = 160


def search_interactions(*, actor: Actor, text: str, after: Sequence[Any] | None, limit: int) -> Page:
    """Interactions that this actor may see and that hold every word, latest first, each with a snippet."""
    words = words_of(text)
    if not words:
        return Page([], None)
    chosen = rows(visible_to(actor.user, everything=actor.sees_everything))
    for word in words:
        chosen = chosen.filter(_in_interaction(word))
    best = Entry.objects.filter(_any(["body"], words[0]), interaction=OuterRef("pk"), kind__in=_SAID)
    chosen = chosen.annotate(found_body=Subquery(best.order_by("-seq").values("body")[:1]))
    if after is not None:
        chosen = chosen.filter(pk__lt=after[0])
    found = list(chosen.order_by("-pk")[: limit + 1])
    items = [row_wire(row) | {"snippet": snippet(row.found_body or row.first_words, words)} for row in found[:limit]]
    return Page(items, (found[limit - 1].pk,) if len(found) > limit else None)


def matching_customers(text: str) -> QuerySet[Customer]:
    """Roots of the families that hold every word, whoever of them it is; everybody for an empty text."""
    found = Customer.objects.all()
    for word in words_of(text):
        found = found.filter(pk__in=Customer.objects.filter(_in_customer(word)).values(root=Root("pk")))
    return found


def words_of(text: str) -> list[str]:
    """The words to look for, at most six."""
    return text.split()[:MAX_WORDS]


def snippet(body: str, words: Sequence[str]) -> str:
    """The passage round the first word that is found, on one line."""
    line = " ".join(body.split())
    match = re.search("|".join(re.escape(word) for word in words), line, re.IGNORECASE)
    start = max(0, (match.start() if match else 0) - SNIPPET // 3)
    cut = line[start : start + SNIPPET]
    return ("…" if start else "") + cut + ("…" if start + SNIPPET < len(line) else "")


_SAID = (EntryKind.MESSAGE, EntryKind.NOTE)


def _in_interaction(word: str) -> Q:
    said = Entry.objects.filter(_any(["body"], word), interaction=OuterRef("pk"), kind__in=_SAID)
    points = ContactPoint.objects.filter(_any(["value"], word), customer=OuterRef("customer"))
    fields = _any(["subject", "first_words", "customer__name", "customer__company"], word)
    return fields | Q(public_id=word.lower()) | Q(Exists(points)) | Q(Exists(said))


def _in_customer(word: str) -> Q:
    points = ContactPoint.objects.filter(_any(["value", "normalised"], word), customer=OuterRef("pk"))
    return _any(["name", "company"], word) | Q(Exists(points))


def _any(fields: Sequence[str], word: str) -> Q:
    found = Q()
    for field in fields:
        for form in _forms(word):
            found |= Q(**{f"{field}__icontains": form})
    return found


def _forms(word: str) -> set[str]:
    return {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
