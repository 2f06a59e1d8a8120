"""The console's one page: the program is a build product, found through its manifest."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

MANIFEST = Path(settings.ROOT) / "frontend" / "dist" / "console" / "manifest.json"
ENTRY = "console/main.tsx"


@require_safe
@never_cache
@login_required
@ensure_csrf_cookie
def console(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The page for every address under /console/; the program in it reads the address itself."""
    files = _build(MANIFEST.stat().st_mtime_ns) if MANIFEST.is_file() else None
    if files is None:
        return render(request, "access/error.html", {"status": 503}, status=503)
    return render(request, "console/index.html", {"files": files, "person": request.user})


@lru_cache(maxsize=2)
def _build(_changed_at: int) -> dict[str, list[str]]:
    """Addresses of the scripts and style sheets; read again when a new build has been made."""
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text())
    chunks = _with_imports(manifest, ENTRY)
    styles = [name for chunk in chunks for name in manifest[chunk].get("css", [])]
    return {
        "script": [_address(manifest[ENTRY]["file"])],
        "preload": [_address(manifest[chunk]["file"]) for chunk in chunks[1:]],
        "styles": [_address(name) for name in dict.fromkeys(styles)],
    }


def _with_imports(manifest: dict[str, Any], entry: str) -> list[str]:
    """The entry and everything that it loads at once, each once."""
    found = [entry]
    for chunk in found:
        found += [name for name in manifest[chunk].get("imports", []) if name not in found]
    return found


def _address(file: str) -> str:
    return static(f"console/{file}")
