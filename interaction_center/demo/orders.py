"""A form that customers get stuck in: what an agent may see of it when they look at the page together."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from interaction_center.demo.views import only_in_demo, page_context
from interaction_center.portal.language import in_asked_language

ORDER = "demo_order"


@dataclass(frozen=True, slots=True)
class Film:
    """Something that can be ordered."""

    key: str
    english: str
    german: str


FILMS = (
    Film("20x25", "Filma P 20 × 25 cm, 100 sheets", "Filma P 20 × 25 cm, 100 Blatt"),
    Film("28x35", "Filma P 28 × 35 cm, 100 sheets", "Filma P 28 × 35 cm, 100 Blatt"),
    Film("35x43", "Filma P 35 × 43 cm, 125 sheets", "Filma P 35 × 43 cm, 125 Blatt"),
)
MAX_PACKS = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@only_in_demo
@in_asked_language
def order(request: HttpRequest) -> HttpResponse:
    """The form; what was ordered stays in this browser's session, the personal fields are kept nowhere."""
    if request.method != "POST":
        ordered = request.session.get(ORDER) if "done" in request.GET else None
        return _page(request, {"film": "28x35", "packs": "1"}, ordered=ordered)
    typed = {name: request.POST.get(name, "") for name in ("film", "packs", "place")}
    problems = _problems(typed)
    if problems:
        return _page(request, typed, problems=problems, status=422)
    request.session[ORDER] = {"film": typed["film"], "packs": int(typed["packs"])}
    return redirect("/demo/order/?done=1")


def _problems(typed: dict[str, str]) -> set[str]:
    """The fields that must be looked at again; the page says why."""
    is_wrong = {
        "film": typed["film"] not in {film.key for film in FILMS},
        "packs": not (re.fullmatch("[0-9]{1,4}", typed["packs"]) and 1 <= int(typed["packs"]) <= MAX_PACKS),
        "place": not typed["place"].strip(),
    }
    return {name for name, wrong in is_wrong.items() if wrong}


def _page(
    request: HttpRequest,
    typed: dict[str, str],
    *,
    problems: Collection[str] = (),
    ordered: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    film = next((film for film in FILMS if ordered and film.key == ordered["film"]), None)
    form = {"films": FILMS, "max_packs": MAX_PACKS, "typed": typed, "problems": problems}
    context = page_context() | form | {"ordered": ordered, "film": film}
    return render(request, "demo/order.html", context, status=status)
