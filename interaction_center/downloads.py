"""Files that people sent, for the browser of somebody who may see them: they can't act as a page of ours."""

from pathlib import Path

from django.http import FileResponse

PDF = "application/pdf"


def sandboxed_file(path: Path, *, filename: str, content_type: str, inline: bool) -> FileResponse:
    """The bytes. `inline`: shown in place, but for a PDF, whose viewer the sandbox would stop."""
    as_attachment = not inline or content_type == PDF
    response = FileResponse(path.open("rb"), as_attachment=as_attachment, filename=filename, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
