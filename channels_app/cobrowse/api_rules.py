"""The rules of sites over HTTP: what co-browsing shows of their pages, and whether it may be recorded."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from channels_app.cobrowse import rules, selectors
from channels_app.cobrowse.schemas import Cursor, Id, Limit, RulesIn, RulesOut, RulesPage
from interaction_center.access.doors import require
from interaction_center.access.selectors import all_sites
from interaction_center.errors import NotFoundError
from interaction_center.paging import decode_cursor, encode_cursor, first_rows

router = Router()
MANAGE = "manage_settings"


@router.get("/cobrowse/rules", response=RulesPage)
def list_rules(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """The rules of every site, by its name; those of a site of which nobody has set any are what it begins with."""
    require(request, MANAGE)
    after = decode_cursor("cobrowse-rules", cursor)
    sites, last = first_rows(all_sites(), ("name", "pk"), after=after, limit=limit)
    known = selectors.rules_of_sites([site.key for site in sites])
    items = [{"id": site.key, "name": site.name} | known[site.key] for site in sites]
    return {"items": items, "next": encode_cursor("cobrowse-rules", last)}


@router.patch("/cobrowse/rules/{id}", response=RulesOut)
def change_rules(request: HttpRequest, id: Id, change: RulesIn) -> dict[str, Any]:
    """Change what agents see of a site, from the next shown page on."""
    require(request, MANAGE)
    site = all_sites().filter(key=id).first()
    if site is None:
        raise NotFoundError("There is no such site.")
    rules.change_rules(site=site.key, changes=change.model_dump(exclude_unset=True))
    return {"id": site.key, "name": site.name} | selectors.rules_of(site.key)
