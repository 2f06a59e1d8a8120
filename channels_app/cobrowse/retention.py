"""What is deleted in its time. Whatever a customer was asked and answered is not: it is the record of a consent, and
stays as long as the history of its interaction does. Recordings have days of their own (recordings.py)."""

from datetime import timedelta

from django.utils import timezone

from channels_app.cobrowse.codes import WINDOW
from channels_app.cobrowse.models import Alert, CobrowseSession, CodeTry, Stage

UNCLAIMED_STAY = timedelta(days=1)
ALERTS_STAY = timedelta(days=365)
AT_ONCE = 500


def remove_old() -> int:
    """Codes that nobody has claimed, wrong ones that count no more, alerts of last year; how many of the first. For a
    ticker."""
    now = timezone.now()
    CodeTry.objects.filter(at__lt=now - WINDOW).delete()
    Alert.objects.filter(at__lt=now - ALERTS_STAY).delete()
    unclaimed = CobrowseSession.objects.filter(stage=Stage.ENDED, interaction="", ended_at__lt=now - UNCLAIMED_STAY)
    keys = list(unclaimed.values_list("pk", flat=True)[:AT_ONCE])
    CobrowseSession.objects.filter(pk__in=keys).delete()
    return len(keys)
