"""Files and HTML of mails: foreign content, handed out so that it can't act as a page of ours."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import File, Router, Schema
from ninja import Status as Answer
from ninja.files import UploadedFile

from interaction_center.access.doors import Actor
from interaction_center.access.models import Permission
from interaction_center.console.fields import EntryId, Id
from interaction_center.console.http import actor, doors
from interaction_center.console.schemas import Ok
from interaction_center.console.selectors import visible_interaction
from interaction_center.envelope import FilePart
from interaction_center.errors import NotFoundError, TooLargeError
from interaction_center.queue.files import discard_upload, is_inline, path_of, store_file
from interaction_center.queue.html import document, frame_csp
from interaction_center.queue.models import Attachment, Entry
from interaction_center.queue.selectors import entry_by_id

router = Router(tags=["files"], auth=doors(Permission.WORK_QUEUE))
FILE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"  # no sandbox: it stops PDF viewers
)


class Upload(Schema):
    """A file that I may attach to an answer."""

    id: str
    name: str
    type: str
    size: int


@router.post("/uploads", response={201: Upload})
def upload(request: HttpRequest, file: File[UploadedFile]) -> Answer[dict[str, Any]]:
    """Keep a file for an answer of mine; its id goes into `attachments` of the reply."""
    user = actor(request).person
    limit = settings.ATTACHMENT_MAX_BYTES
    if (file.size or 0) > limit:
        raise TooLargeError(f"The file is too large: at most {limit // 2**20} MB.", limit=limit)
    part = FilePart(file.name or "file", file.content_type or "application/octet-stream", file.read())
    kept = store_file(part, owner=f"user:{user.public_id}")
    return Answer(201, {"id": kept.public_id, "name": kept.filename, "type": kept.content_type, "size": kept.size})


@router.delete("/uploads/{id}", response=Ok)
def discard(request: HttpRequest, id: Id) -> dict[str, Any]:
    """I won't send this file of mine: it no longer counts against my limit."""
    discard_upload(id, owner=f"user:{actor(request).person.public_id}")
    return {"ok": True}


@router.get("/attachments/{id}", response={200: None})
def attachment(request: HttpRequest, id: Id) -> FileResponse:
    """The bytes. Pictures and PDF may be shown in place, everything else is a download."""
    who = actor(request)
    found = Attachment.objects.select_related("entry__interaction").filter(public_id=id).first()
    if found is None or not _is_allowed(who, found):
        raise NotFoundError("There is no such file.")
    return _file_response(found)


@router.get("/entries/{id}/html", response={200: None})
def entry_html(request: HttpRequest, id: EntryId, images: bool = False) -> HttpResponse:
    """The HTML of a mail as a document for a sandboxed frame; remote pictures only with `images`."""
    who = actor(request)
    entry = entry_by_id(id)
    visible_interaction(who, entry.interaction.public_id)
    if not entry.html:
        raise NotFoundError("This entry has no HTML.")
    html = document(
        entry.html,
        images=images,
        cid_urls=_inline_files(entry),
        language=who.user.language if who.user else entry.interaction.language,
    )
    return _framed(html, frame_csp(images=images))


def _is_allowed(actor: Actor, found: Attachment) -> bool:
    """Whether this reader may see its interaction (NotFoundError if not), or has uploaded it."""
    if found.entry is not None:
        visible_interaction(actor, found.entry.interaction.public_id)
        return True
    return actor.user is not None and found.owner == f"user:{actor.user.public_id}"


def _inline_files(entry: Entry) -> dict[str, str]:
    """Content id -> address, for the pictures that came with the mail."""
    return {
        file.content_id: f"/api/attachments/{file.public_id}" for file in entry.attachments.all() if file.content_id
    }


def _framed(html: str, policy: str) -> HttpResponse:
    """A page that only our own console may frame, under its own policy."""
    response = HttpResponse(html, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = policy
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-cache"
    return response


def _file_response(found: Attachment) -> FileResponse:
    inline = is_inline(found.content_type)
    response = FileResponse(path_of(found).open("rb"), content_type=found.content_type)
    disposition = content_disposition_header(not inline, found.filename)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600, immutable"
    response["Content-Security-Policy"] = FILE_POLICY
    return response
