"""Links inside knowledge over HTTP: what a text will look like, and which links lead nowhere."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from interaction_center.access.doors import require
from interaction_center.access.models import Permission
from interaction_center.errors import InvalidError
from kb.checks import MAX_BODY
from kb.linking import all_broken_links
from kb.models import Audience
from kb.rendering import to_html
from kb.resolving import Reader, follow
from kb.schemas import BrokenLinkList, PreviewIn, PreviewOut
from kb.wire import broken_wire, linking_wire

router = Router(tags=["knowledge"])


@router.post("/kb/preview", response=PreviewOut)
def preview(request: HttpRequest, data: PreviewIn) -> dict[str, Any]:
    """Markdown as its readers would get it; links that lead nowhere for them are plain text and listed by line."""
    require(request, Permission.EDIT_KNOWLEDGE)
    if len(data.body) > MAX_BODY:
        raise InvalidError("This can't be shown.", body=f"at most {MAX_BODY} characters")
    if data.audience not in Audience.values:
        raise InvalidError("This can't be shown.", audience="one of " + ", ".join(Audience.values))
    targets, broken = follow(data.body, Reader(data.audience, is_editor=True))
    problems = [broken_wire(one) | {"message": one.message} for one in broken]
    return {"html": to_html(data.body, targets), "problems": problems}


@router.get("/kb/broken-links", response=BrokenLinkList)
def list_broken_links(request: HttpRequest) -> dict[str, Any]:
    """Every link of the newest version of an article that leads nowhere for the readers of that article."""
    require(request, Permission.EDIT_KNOWLEDGE)
    return {"items": [broken_wire(one) | {"article": linking_wire(article)} for article, one in all_broken_links()]}
