"""Error codes over HTTP, one by one; `api_exchange` has them as a table."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from interaction_center.access.doors import require
from interaction_center.access.models import Permission
from interaction_center.errors import NotFoundError
from kb import error_codes, selectors
from kb.checks import storable
from kb.error_codes import LISTS, ErrorCodeFields
from kb.models import ErrorCode
from kb.schemas import ErrorCodeIn, ErrorCodeList, ErrorCodeOut, ErrorCodePatch
from kb.wire import code_wire

router = Router(tags=["knowledge"])


@router.get("/kb/error-codes", response=ErrorCodeList)
def list_error_codes(
    request: HttpRequest, q: str = "", family: str = "", locale: str = "", cursor: str = "", limit: int = 50
) -> dict[str, Any]:
    """The editors' list of error codes, newest first. `family` is the key of a device family."""
    require(request, Permission.EDIT_KNOWLEDGE)
    rows, following = selectors.error_code_page(q=q, family=family, locale=locale, cursor=cursor, limit=limit)
    return {"items": [code_wire(code) for code in rows], "next": following}


@router.post("/kb/error-codes", response={201: ErrorCodeOut})
def write_error_code(request: HttpRequest, data: ErrorCodeIn) -> Status[dict[str, Any]]:
    """A new error code, or a known one (device family, code, language) written anew.

    It has no versions, so that readers see every change at once: only drafts are written without `publish_knowledge`.
    """
    actor = require(request, Permission.EDIT_KNOWLEDGE)
    fields = ErrorCodeFields(**_fields(data.dict()))
    publisher = actor.can(Permission.PUBLISH_KNOWLEDGE)
    return Status(201, code_wire(error_codes.upsert_error_code(fields=fields, publisher=publisher)))


@router.get("/kb/error-codes/{code_id}", response=ErrorCodeOut)
def read_error_code(request: HttpRequest, code_id: str) -> dict[str, Any]:
    """One error code in any state."""
    require(request, Permission.EDIT_KNOWLEDGE)
    return code_wire(_code(code_id))


@router.patch("/kb/error-codes/{code_id}", response=ErrorCodeOut)
def update_error_code(request: HttpRequest, code_id: str, data: ErrorCodePatch) -> dict[str, Any]:
    """Changes what is given. Only drafts are changed without `publish_knowledge`."""
    actor = require(request, Permission.EDIT_KNOWLEDGE)
    code, changes = _code(code_id), _fields(data.dict(exclude_none=True))
    publisher = actor.can(Permission.PUBLISH_KNOWLEDGE)
    return code_wire(error_codes.change_error_code(code=code, changes=changes, publisher=publisher))


def _code(code_id: str) -> ErrorCode:
    code = ErrorCode.objects.select_related("product").filter(public_id=storable(code_id)).first()
    if code is None:
        raise NotFoundError("There is no such error code.")
    return code


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    return values | {name: tuple(values[name]) for name in LISTS if name in values}
