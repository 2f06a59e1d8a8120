"""What staff know better about a customer."""

from typing import Any

from django.db import transaction

from interaction_center.customers.models import Customer

CORRECTABLE = ("name", "company", "language", "note")


@transaction.atomic
def correct_customer(*, customer: Customer, **values: Any) -> Customer:
    """Write the given ones of name, company, language and note."""
    for name in CORRECTABLE:
        setattr(customer, name, values.get(name, getattr(customer, name)))
    customer.save(update_fields=list(CORRECTABLE))
    return customer
