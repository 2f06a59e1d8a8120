"""What a customer does with their requests beyond writing: say that one was theirs too."""

from django.db import transaction

from interaction_center.customers.models import ContactPoint
from interaction_center.customers.services import verify_contact_point
from interaction_center.errors import NotFoundError
from interaction_center.portal.requests_selectors import unclaimed


@transaction.atomic
def claim_request(*, point: ContactPoint, public_id: str) -> None:
    """The owner of the address says that they wrote this form: the two histories are joined.

    NotFoundError when it was not written with their address, or is theirs already.
    """
    row = unclaimed(point).filter(public_id=public_id).first() if public_id.isalnum() else None
    if row is None:
        raise NotFoundError("There is no such request with your address.")
    verify_contact_point(customer=row.customer, kind="email", value=point.value, by="claim")
