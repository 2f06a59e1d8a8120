"""Background work that people look after: what is due, what was laid aside and why, try it again."""

from dataclasses import asdict
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from interaction_center.access.models import Permission
from interaction_center.console.fields import Cursor, Id, Limit, Slug
from interaction_center.console.http import doors
from interaction_center.console.schemas import Items, Ok
from interaction_center.due_work import WORK_ORDER, DueRow, list_work, retry_all_work, retry_work
from interaction_center.paging import cut, decode_cursor, encode_cursor
from interaction_center.queue.wire import moment

router = Router(tags=["operations"], auth=doors(Permission.SUPERVISE))


class WorkOut(Schema):
    """One row of background work."""

    kind: str
    id: str
    title: str
    state: str
    due_at: str
    attempts: int
    last_error: str
    interaction: str


class RetriedOut(Schema):
    """How many are tried again."""

    retried: int


@router.get("/work", response=Items[WorkOut])
def work(
    request: HttpRequest, state: Literal["due", "dead"] = "dead", cursor: Cursor = "", limit: Limit = 50
) -> dict[str, Any]:
    """Work that was laid aside (`dead`), or that waits (`due`), earliest first."""
    name = f"work:{state}"
    rows = list_work(state, after=decode_cursor(name, cursor), limit=limit + 1)
    found, last = cut(rows, WORK_ORDER, limit)
    return {"items": [_wire(row) for row in found], "next": encode_cursor(name, last)}


@router.post("/work/{kind}/{id}/retry", response=Ok)
def retry(request: HttpRequest, kind: Slug, id: Id) -> dict[str, Any]:
    """Try it again now, as if it had never been tried."""
    retry_work(kind, id)
    return {"ok": True}


@router.post("/work/{kind}/retry", response=RetriedOut)
def retry_all(request: HttpRequest, kind: Slug) -> dict[str, Any]:
    """Try everything of this kind again that was laid aside: what was missing (a mail relay) is there again."""
    return {"retried": retry_all_work(kind)}


def _wire(row: DueRow) -> dict[str, Any]:
    return asdict(row) | {"due_at": moment(row.due_at)}
