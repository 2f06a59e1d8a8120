"""The style sheet and the script of the customers' pages: one file each, named by what is in it, small on the wire.

One request instead of four, kept for good; made from the files as they are, so that nothing has to be collected first.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from interaction_center.access.selectors import help_site
from interaction_center.portal.theme import colors

OWN_STYLE = Path(settings.DATA_DIR) / "portal.css"  # of the house, after ours (docs/portal.md)
SCRIPT = Path(settings.ROOT) / "frontend" / "dist" / "portal" / "live.js"
_YEAR = 365 * 24 * 3600


@gzip_page
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The design values, the colours of the site whose help this is, our styles, and those of the house."""
    site = help_site()
    return _named(request, style_text(site.accent if site else ""), "text/css")


@gzip_page
@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """What makes the pages quicker."""
    return _named(request, _read(SCRIPT), "text/javascript")


def style_text(accent: str) -> str:
    """The whole style sheet for a site with this accent, "" = our own."""
    return "".join(
        (
            _found("styles/tokens.css"),
            colors(accent) if accent else "",
            _found("portal/portal.css"),
            _found("portal/requests.css"),
            _read(OWN_STYLE),
        )
    )


def style_url(accent: str) -> str:
    """Changes with the style sheet."""
    return f"{reverse('help-style')}?v={_version(style_text(accent))}"


def script_url() -> str:
    """Changes with the script; "" where the front end has not been built: the pages work without it."""
    text = _read(SCRIPT)
    return f"{reverse('help-script')}?v={_version(text)}" if text else ""


def _named(request: HttpRequest, text: str, kind: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    is_current = request.GET.get("v") == _version(text)
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if is_current else "no-cache"
    return response


@lru_cache(maxsize=8)
def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _found(name: str) -> str:
    path = _place(name)
    return _read(Path(path)) if path else ""


@lru_cache(maxsize=8)
def _place(name: str) -> str:
    return str(finders.find(name) or "")


def _read(path: Path) -> str:
    """Its text, read again when it has changed; "" when there is none."""
    return _text(path, path.stat().st_mtime_ns) if path.is_file() else ""


@lru_cache(maxsize=8)
def _text(path: Path, _changed_at: int) -> str:
    return path.read_text(errors="replace")
