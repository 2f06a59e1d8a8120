"""Sites that were looked up a moment ago: the door that is asked with every key asks the database once a second."""

from time import monotonic
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async

from interaction_center.access.selectors import site_by_key
from interaction_center.live.threads import release_connection

if TYPE_CHECKING:
    from interaction_center.access.models import Site


class KnownSites:
    """`seconds`: how long a change of a site may stay unseen. Keys that are nobody's are not kept."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self._known: dict[str, tuple[Site, float]] = {}

    async def by_key(self, key: str) -> "Site":
        """The active site with this key. NotFoundError."""
        known = self._known.get(key)
        if known is not None and monotonic() < known[1]:
            return known[0]
        self._known.pop(key, None)
        site = await sync_to_async(_looked_up)(key)
        self._known[key] = (site, monotonic() + self.seconds)
        return site


def _looked_up(key: str) -> "Site":
    try:
        return site_by_key(key)
    finally:
        release_connection()


SITES = KnownSites(seconds=1.0)
