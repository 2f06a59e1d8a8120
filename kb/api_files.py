"""Files of articles over HTTP. Readers get them from the portal."""

from typing import Any

from django.http import HttpRequest
from ninja import File, Router, Status
from ninja.files import UploadedFile

from interaction_center.access.doors import require
from interaction_center.access.models import Permission
from interaction_center.envelope import FilePart
from interaction_center.errors import NotFoundError
from kb import files, selectors
from kb.checks import storable
from kb.models import KnowledgeFile
from kb.schemas import Deleted, FileOut
from kb.wire import file_wire

router = Router(tags=["knowledge"])


@router.post("/kb/articles/{article_id}/files", response={201: FileOut})
def upload_file(request: HttpRequest, article_id: str, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    """Keeps an image or attachment with an article; put its `markdown` into the body where it shall be seen."""
    require(request, Permission.EDIT_KNOWLEDGE)
    article = selectors.article_to_edit(article_id)
    if article is None:
        raise NotFoundError("There is no such article.")
    files.refuse_size(file.size or 0)  # before it is read
    part = FilePart(file.name or "file", file.content_type or "", file.read())
    return Status(201, file_wire(files.add_file(article=article, part=part)))


@router.delete("/kb/files/{file_id}", response=Deleted)
def delete_file(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """409 while an article shows it or links to it."""
    require(request, Permission.EDIT_KNOWLEDGE)
    row = KnowledgeFile.objects.select_related("article").filter(public_id=storable(file_id)).first()
    if row is None:
        raise NotFoundError("There is no such file.")
    files.remove_file(file=row)
    return {"ok": True}
