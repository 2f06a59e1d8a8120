"""What everybody may fetch: the widget, and whether the centre is well."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_safe

WIDGET = Path(settings.ROOT) / "frontend" / "dist" / "widget.js"
WIDGET_AGE = 3600  # seconds; pages of others name it without a version, so a release must reach them soon


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "down"}, status=503)
    return JsonResponse({"status": "ok", "database": "up"})


def _widget_etag(request: HttpRequest) -> str | None:
    return _widget(WIDGET.stat().st_mtime_ns)[1] if WIDGET.is_file() else None


@require_safe
@condition(etag_func=_widget_etag)
def widget(request: HttpRequest) -> HttpResponse:
    """The chat widget for the pages of others."""
    if not WIDGET.is_file():
        return HttpResponse("// The widget has not been built yet.\n", status=503, content_type="text/javascript")
    response = HttpResponse(_widget(WIDGET.stat().st_mtime_ns)[0], content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={WIDGET_AGE}, stale-while-revalidate=86400"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@lru_cache(maxsize=2)
def _widget(_changed_at: int) -> tuple[bytes, str]:
    """The bytes and their entity tag; read again when a new build has been made."""
    content = WIDGET.read_bytes()
    return content, quote_etag(hashlib.sha256(content).hexdigest()[:32])
