"""Images and attachments of articles, for whoever may read the article. They can't act as a page of ours."""

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_safe

from interaction_center.access.models import Permission
from interaction_center.portal.pages import staff_may
from interaction_center.portal.sign_in import reader_audience
from kb.files import path_of
from kb.models import Audience, KnowledgeFile
from kb.selectors import file_to_show

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def knowledge_file(request: HttpRequest, file_id: str, filename: str) -> HttpResponseBase:
    """The bytes; images in place, all else as a download. The name is there for people who save it."""
    public = file_to_show(public_id=file_id, audience=Audience.PUBLIC)
    file = public or _for_some(request, file_id)
    if file is None:
        return HttpResponse(status=404)
    return _kept(request, file) if public else _with(_response(file), "private, no-store")


def _for_some(request: HttpRequest, file_id: str) -> KnowledgeFile | None:
    """What customers who are signed in, or people who work here, may have beyond what everybody may."""
    drafts, audience = staff_may(request, Permission.EDIT_KNOWLEDGE), _audience(request)
    if audience == Audience.PUBLIC and not drafts:
        return None
    return file_to_show(public_id=file_id, audience=audience, drafts=drafts)


def _audience(request: HttpRequest) -> str:
    return Audience.INTERNAL if staff_may(request, Permission.WORK_QUEUE) else reader_audience(request)


def _kept(request: HttpRequest, file: KnowledgeFile) -> HttpResponseBase:
    """Anybody may keep it, and asks each time: what was withdrawn is gone at once, the rest costs a 304."""
    etag = quote_etag(file.sha256)
    response = get_conditional_response(request, etag=etag) or _response(file)
    response["ETag"] = etag
    return _with(response, "public, no-cache")


def _with(response: HttpResponseBase, keeping: str) -> HttpResponseBase:
    response["Cache-Control"] = keeping
    return response


def _response(file: KnowledgeFile) -> FileResponse:
    response = FileResponse(path_of(file).open("rb"), content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(not file.is_image, file.filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response
