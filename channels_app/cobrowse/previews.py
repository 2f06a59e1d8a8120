"""Two documents in which an administrator tries the rules of a site: a pasted page, and what agents would see of it.

The pasted page stands in a sandbox with an origin of its own, where only our one file runs: it goes through the very
pass that runs on customers' pages. Nothing is sent anywhere, and nothing is fetched.
"""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from channels_app.cobrowse.views import policy_headers, version_of
from interaction_center.access.doors import require
from interaction_center.errors import ForbiddenError

PROGRAM = settings.ROOT / "frontend" / "dist" / "cobrowse-preview" / "preview.js"


@require_safe
@login_required
@xframe_options_sameorigin
def preview(request: HttpRequest, part: str) -> HttpResponse:
    """One of the two, `page` or `agents`, for who may change the rules."""
    try:
        require(request, "manage_settings")
    except ForbiddenError as error:
        raise PermissionDenied from error
    if not PROGRAM.is_file():
        return render(request, "access/error.html", {"status": 503}, status=503)
    nonce = secrets.token_urlsafe(18)
    program = f"{static('cobrowse-preview/preview.js')}?v={version_of(PROGRAM)}"
    shown = {"part": part, "nonce": nonce, "program": program, "person": request.user}
    response = render(request, "cobrowse/preview.html", shown)
    for name, value in policy_headers("'none'", nonce, sandboxed=part == "page").items():
        response[name] = value
    return response
