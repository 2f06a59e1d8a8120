"""Images and attachments of articles, for whoever may read the article. They can't act as a page of ours."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from interaction_center.access.models import Permission, User
from interaction_center.portal.sign_in import reader_audience
from kb.files import path_of
from kb.models import Audience, KnowledgeFile
from kb.selectors import file_to_show

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
def knowledge_file(request: HttpRequest, file_id: str, filename: str) -> FileResponse | HttpResponse:
    """The bytes; images in place, all else as a download. The name is there for people who save it."""
    file = file_to_show(public_id=file_id, audience=_audience(request), drafts=_may(request, Permission.EDIT_KNOWLEDGE))
    return _response(file) if file else HttpResponse(status=404)


def _audience(request: HttpRequest) -> str:
    return Audience.INTERNAL if _may(request, Permission.WORK_QUEUE) else reader_audience(request)


def _may(request: HttpRequest, permission: str) -> bool:
    return isinstance(request.user, User) and request.user.has_permission(permission)


def _response(file: KnowledgeFile) -> FileResponse:
    response = FileResponse(path_of(file).open("rb"), content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(not file.is_image, file.filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, max-age=3600"
    return response
