"""How long a write may wait for others who write: what is worth less than the page it belongs to waits briefly."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def lock_patience(milliseconds: int) -> Iterator[None]:
    """Inside, a lock that is not got within this time is an OperationalError. For use around a transaction."""
    default = int(connection.settings_dict.get("OPTIONS", {}).get("timeout", 5) * 1000)
    before, after = {
        "sqlite": (f"PRAGMA busy_timeout = {milliseconds}", f"PRAGMA busy_timeout = {default}"),
        "postgresql": (f"SET lock_timeout = {milliseconds}", "RESET lock_timeout"),
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(before)
        try:
            yield
        finally:
            cursor.execute(after)
