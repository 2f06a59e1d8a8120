"""The numbers of changes: gapless, whoever writes at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from kb.changes import targets_changed
from kb.models import KnowledgeChange

WRITERS, ROUNDS = 4, 5


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_wait_for_each_other_and_leave_no_gap() -> None:
    together = Barrier(WRITERS)

    def write(name: int) -> None:
        for number in range(ROUNDS):
            together.wait(timeout=60)
            with transaction.atomic():
                KnowledgeChange.objects.exists()  # whoever has read before must still see what was written since
                targets_changed([f"{name}-{number}"])
        connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    numbers = list(KnowledgeChange.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, WRITERS * ROUNDS + 1))
    told = {target for row in KnowledgeChange.objects.all() for target in row.targets}
    assert len(told) == WRITERS * ROUNDS
