"""The page behind “That answers it” in an acknowledgement: one press closes the request.

A press, not the opening alone: programs that check mails open links and even run their scripts.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from interaction_center.errors import CenterError, ConflictError
from interaction_center.portal.answered_services import close_as_answered
from interaction_center.portal.language import in_asked_language
from interaction_center.queue.answer_links import read_answer_token


@never_cache
@require_http_methods(["GET", "POST"])
@in_asked_language
def answered(request: HttpRequest) -> HttpResponse:
    """GET shows the form, which a script fills from the fragment; POST takes the token, or the whole pasted link."""
    if request.method == "GET":
        return render(request, "portal/answered.html")
    try:
        close_as_answered(read_answer_token(request.POST.get("token", "").rpartition("#t=")[2]))
    except ConflictError:
        return render(request, "portal/answered.html", {"before": True}, status=ConflictError.status)
    except CenterError as error:
        return render(request, "portal/answered.html", {"wrong": True}, status=error.status)
    return render(request, "portal/answered.html", {"done": True})
