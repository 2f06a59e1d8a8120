"""The page behind the link in a mail: one press proves that its reader owns the address.

A press, not the opening alone: programs that check mails open links and even run their scripts.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from interaction_center.customers.mail_links import read_mail_token
from interaction_center.customers.models import Customer
from interaction_center.customers.services import verify_contact_point
from interaction_center.errors import CenterError, InvalidError
from interaction_center.portal.language import in_asked_language


@never_cache
@require_http_methods(["GET", "POST"])
@in_asked_language
def confirm(request: HttpRequest) -> HttpResponse:
    """GET shows the form, which a script fills from the fragment; POST takes the token."""
    if request.method == "GET":
        return render(request, "portal/confirm.html")
    try:
        address = _verified_address(request.POST.get("token", ""))
    except CenterError as error:
        return render(request, "portal/confirm.html", {"wrong": True}, status=error.status)
    return render(request, "portal/confirm.html", {"address": address})


def _verified_address(pasted: str) -> str:
    """The address that is proved now. Without scripts people paste the whole link: all up to #t= is dropped."""
    claim = read_mail_token(pasted.rpartition("#t=")[2])
    customer = Customer.objects.filter(public_id=claim.customer).first()
    if customer is None:
        raise InvalidError("This link is damaged or too old. Ask for a new one.")
    verify_contact_point(customer=customer, kind="email", value=claim.address, by="mail_link")
    return claim.address
