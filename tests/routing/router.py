"""One router as a process of its own: `python -m tests.routing.router <database> <seconds>`.

Offers what waits and answers for the agents, until nothing waits or the time is up; prints what it did.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
settings.DATABASES["default"]["NAME"] = Path(sys.argv[1]) if sys.argv[1].startswith("/") else sys.argv[1]
django.setup()

from django.utils import timezone  # noqa: E402

from interaction_center.errors import CenterError  # noqa: E402
from interaction_center.queue.models import Interaction, State  # noqa: E402
from interaction_center.routing.models import Offer  # noqa: E402
from interaction_center.routing.services import accept_offer, close_interaction, decline_offer, offer_next  # noqa: E402


def run(until: float) -> Counter[str]:
    """Offer, accept, decline now and then, close: as a busy centre does, only faster."""
    done: Counter[str] = Counter()
    while time.monotonic() < until and Interaction.objects.exclude(state=State.CLOSED).exists():
        done["offered"] += offer_next(timezone.now()) is not None
        for offer in Offer.objects.filter(state="open").select_related("agent__user").order_by("?")[:3]:
            done[_answer(offer)] += 1
        held = Interaction.objects.filter(state=State.ASSIGNED).select_related("assigned_to").order_by("?")
        for interaction in held[:3]:
            done[_close(interaction)] += 1
    return done


def _answer(offer: Offer) -> str:
    answer = decline_offer if random.random() < 0.02 else accept_offer
    try:
        answer(offer_id=offer.public_id, user=offer.agent.user)
    except CenterError as error:
        return error.code
    return answer.__name__


def _close(interaction: Interaction) -> str:
    try:
        close_interaction(interaction=interaction, user=interaction.assigned_to)
    except CenterError as error:
        return error.code
    return close_interaction.__name__


if __name__ == "__main__":
    print(json.dumps(run(time.monotonic() + float(sys.argv[2]))))
