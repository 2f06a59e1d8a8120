"""What readers asked is not kept for ever: the words go, the figures stay."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from kb.models import EventKind, KnowledgeEvent

BATCH = 5_000


def forget_questions() -> int:
    """Words and reader of events older than `KNOWLEDGE_WORDS_DAYS` are removed; of how many. Called by a ticker."""
    before = timezone.now() - timedelta(days=settings.CONFIG.knowledge_words_days)
    # One after the other, and by kind: so the indexes of those that still have words, or a reader, are used.
    return sum(
        _forget(kept & Q(kind__in=EventKind.values, at__lt=before)) for kept in (~Q(question=""), ~Q(visitor=""))
    )


def _forget(which: Q) -> int:
    forgotten = 0
    while keys := list(KnowledgeEvent.objects.filter(which).values_list("pk", flat=True)[:BATCH]):
        forgotten += KnowledgeEvent.objects.filter(pk__in=keys).update(question="", visitor="")
    return forgotten
