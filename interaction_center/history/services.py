"""What staff know better about a customer."""

from typing import Any

from django.db import transaction

from interaction_center.customers.models import Customer

CORRECTABLE = ("name", "company", "language", "note")


@transaction.atomic
def correct_customer(*, customer: Customer, **values: Any) -> Customer:
    """Write the given ones of name, company, language and note."""
    given = {name: values[name] for name in CORRECTABLE if name in values}
    for name, value in given.items():
        setattr(customer, name, value)
    customer.save(update_fields=[*given])
    return customer
