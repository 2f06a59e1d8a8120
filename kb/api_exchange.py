"""Error codes as a table over HTTP: all out, and in again after a trial."""

import tempfile
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import FileResponse, HttpRequest
from ninja import File, Query, Router
from ninja.files import UploadedFile

from interaction_center.access.doors import require
from interaction_center.access.models import Permission
from interaction_center.errors import InvalidError, TooLargeError
from kb.code_exchange import Report, exported_codes, import_codes, try_import
from kb.code_plan import Entry
from kb.schemas import ImportOut

router = Router(tags=["knowledge"])
Kind = Literal["csv", "json"]
_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_MARK = {"csv": "\ufeff", "json": ""}  # Excel reads UTF-8 only behind it


@router.get("/kb/error-codes/export", response={200: None})
def export_codes(request: HttpRequest, kind: Annotated[Kind, Query(alias="format")] = "csv") -> FileResponse:
    """All error codes in any state, as CSV (RFC 4180, UTF-8 with its mark) or JSON; the import takes both back."""
    require(request, Permission.EDIT_KNOWLEDGE)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it; so no more than a group is in memory
    file.write(_MARK[kind].encode())
    file.writelines(line.encode() for line in exported_codes(kind))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"error-codes.{kind}", content_type=_TYPES[kind])


@router.post("/kb/error-codes/import", response=ImportOut)
def import_table(
    request: HttpRequest,
    dry_run: bool = True,
    kind: Annotated[Literal["", "csv", "json"], Query(alias="format")] = "",
    file: File[UploadedFile | None] = None,
) -> dict[str, Any]:
    """Takes a table as `file` of a form, or as the body itself. A trial unless `dry_run=false`.

    Columns: family, code, locale, severity, meaning, cause, remedy and parts (one on each line of the cell),
    support_level, state, audience, articles (slugs). Family, code, locale and meaning must be there; what a table does
    not have stays as it is. Separated by comma, semicolon or tab, in UTF-8, UTF-16 or Windows-1252.
    Written is all or nothing: one problem, and a 422 lists them as the trial does. Needs `publish_knowledge`.
    """
    require(request, Permission.PUBLISH_KNOWLEDGE)
    content = _content(request, file)
    report = try_import(content, kind=kind) if dry_run else import_codes(content, kind=kind)
    return _wire(report)


def _content(request: HttpRequest, file: UploadedFile | None) -> bytes:
    limit = settings.ATTACHMENT_MAX_BYTES
    if file is not None and (file.size or 0) > limit:
        raise TooLargeError(f"The table is too large: at most {limit // 2**20} MB.", limit=limit)
    is_form = (request.content_type or "").startswith("multipart/")  # its body has been read
    content = file.read() if file else b"" if is_form else request.body
    if not content:
        raise InvalidError("Choose a file with the error codes.", file="a CSV or JSON file")
    return content


def _wire(report: Report) -> dict[str, Any]:
    own = {name: getattr(report, name) for name in Report.__slots__}
    return own | {"changes": [_change_wire(entry) for entry in report.changes]}


def _change_wire(entry: Entry) -> dict[str, Any]:
    fields = [{"field": name, "before": old, "after": new} for name, (old, new) in entry.changes.items()]
    return {
        "line": entry.line,
        "family": entry.family,
        "code": entry.values["code"],
        "locale": entry.key[2],
        "is_new": entry.known is None,
        "fields": fields,
    }
