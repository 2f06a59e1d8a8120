"""The shipped knowledge search, for the yardstick: `index(docs)`, `search(query, k, device)`, `threshold`."""

from typing import Any

from kb.search.documents import Document
from kb.search.index import THRESHOLD, Index


class KbAdapter:
    """Drives `kb.search` with the weights that ship, and nothing else."""

    threshold = THRESHOLD

    def __init__(self) -> None:
        self._index = Index([])

    def index(self, docs: list[dict[str, Any]]) -> None:
        """Documents as in the yardstick's README."""
        self._index = Index(document_of(doc) for doc in docs)

    def search(self, query: str, k: int, device: str | None = None) -> list[tuple[str, float]]:
        """(document id, calibrated score 0 to 1), best first."""
        return [(hit.id, hit.score) for hit in self._index.search(query, device=device or "", limit=k, threshold=0.0)]


def document_of(doc: dict[str, Any]) -> Document:
    """One document of the yardstick as the search takes it."""
    return Document(
        id=doc["id"],
        group=doc["id"],
        title=doc["title"],
        body=doc["body"],
        locale=doc["lang"],
        codes=(doc["code"],) if doc.get("code") else (),
        devices=(doc["device"],) if doc.get("device") else (),
    )
