"""The document in which an agent sees the customer's page: framed by the console, under a policy of its own.

A policy holds for a document, and the frame in which the page is rebuilt inherits it: nothing in it can load, send or
go anywhere, whatever the allow-list might have missed. Only the relay can be reached, only our one file may run, and it
is known by a nonce, so that no address of our own can be asked for in its name.
"""

import hashlib
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from channels_app.cobrowse import selectors
from interaction_center.access.doors import require
from interaction_center.access.site_doors import clean_text
from interaction_center.errors import ForbiddenError, NotFoundError
from interaction_center.queue.selectors import interaction_for

PROGRAM = Path(settings.ROOT) / "frontend" / "dist" / "cobrowse" / "view.js"
SOCKET_PATH, PLAYBACK_PATH = "/ws/cobrowse", "/ws/cobrowse/recording"
TITLES = {"en": "Customer’s page", "de": "Seite des Kunden"}
# Nothing of the agent's device is of use here; only what browsers know, for they complain of the rest.
_DEVICES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)


_TRUSTED = {"require-trusted-types-for": "'script'", "trusted-types": "'none'"}
_SANDBOXED = {"sandbox": "allow-scripts"}


@require_safe
@login_required
@xframe_options_sameorigin
def view(request: HttpRequest) -> HttpResponse:
    """The view of a session, or of a recording, for whoever may see the interaction it belongs to."""
    recording = session = ""
    if "recording" in request.GET:  # that it can't be played now its socket says in words
        recording = _seen(request, "recording", selectors.interaction_of_recording)
    else:
        session = _seen(request, "session", selectors.interaction_of_session)
    if not PROGRAM.is_file():
        return render(request, "access/error.html", {"status": 503}, status=503)
    socket, nonce = _socket_address(request, PLAYBACK_PATH if recording else SOCKET_PATH), secrets.token_urlsafe(18)
    shown = {
        "session": session,
        "recording": recording,
        "socket": socket,
        "nonce": nonce,
        "program": f"{static('cobrowse/view.js')}?v={version_of(PROGRAM)}",
        "person": request.user,
        "title": TITLES.get(getattr(request.user, "language", "en"), TITLES["en"]),
    }
    response = render(request, "cobrowse/view.html", shown)
    for name, value in policy_headers(socket, nonce).items():
        response[name] = value
    return response


def _seen(request: HttpRequest, kind: str, interaction_of: Callable[[str], str]) -> str:
    """The session or recording that the address names; what is not for this reader does not exist."""
    name = clean_text(request.GET.get(kind, ""))[:32]
    try:
        who = require(request, "work_queue")
        interaction_for(who.user, interaction_of(name), everything=who.sees_everything)
    except ForbiddenError as error:
        raise PermissionDenied from error
    except NotFoundError as error:
        raise Http404 from error
    return name


def _socket_address(request: HttpRequest, path: str) -> str:
    return f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}{path}"


def policy_headers(socket: str, nonce: str, *, sandboxed: bool = False) -> dict[str, str]:
    """Under which a mirrored page is shown: only the file with this nonce runs, only `socket` can be reached.

    `sandboxed`: the document has an origin of its own, so that it may read HTML: nothing of ours is in its reach.
    """
    last = _SANDBOXED if sandboxed else _TRUSTED
    directives = {
        "default-src": "'none'",
        "script-src": f"'nonce-{nonce}'",
        "style-src": "'unsafe-inline'",  # attributes and elements of the mirrored page; no sheet can be fetched
        "img-src": "data:",
        "connect-src": socket,
        "font-src": "'none'",
        "media-src": "'none'",
        "object-src": "'none'",
        "frame-src": "'none'",
        "worker-src": "'none'",
        "manifest-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    } | last
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in directives.items()),
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{device}=()" for device in _DEVICES),
        "X-DNS-Prefetch-Control": "off",  # names of hosts are asked for past the policy
        "Cache-Control": "private, no-store",
    }


def version_of(program: Path) -> str:
    """So that nobody runs the program of an earlier build."""
    return _version(program, program.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _version(program: Path, _changed_at: int) -> str:
    return hashlib.sha256(program.read_bytes()).hexdigest()[:8]
