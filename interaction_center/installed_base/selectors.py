"""Which devices a customer has, and what that tells about their question."""

from collections.abc import Sequence

from django.db.models import QuerySet

from interaction_center.customers.models import Customer
from interaction_center.customers.selectors import family_ids, holder_of
from interaction_center.installed_base.models import InstalledDevice
from kb.devices import names_a_device


def devices_of(customer: Customer) -> QuerySet[InstalledDevice]:
    """What stands at the customer and at all that were merged with them, by name."""
    rows = InstalledDevice.objects.filter(customer__in=family_ids(customer), active=True)
    return rows.select_related("product", "model").order_by("product__name", "serial", "pk")


def device_by_id(customer: Customer, public_id: str) -> InstalledDevice | None:
    """One of this customer's family, also one that was removed."""
    rows = InstalledDevice.objects.filter(customer__in=family_ids(customer), public_id=public_id)
    return rows.select_related("product", "model").first()


def device_context(devices: Sequence[InstalledDevice], text: str) -> str:
    """Their families and models, for `kb.services.suggest`; "" when `text` itself says which device it is about."""
    if not devices or names_a_device(text):
        return ""
    return ", ".join(dict.fromkeys(name for device in devices for name in (device.product.name, device.name)))


def context_of_address(address: str, text: str) -> str:
    """`device_context` of whoever has written from this mail address; a typed one is nobody's proof."""
    customer = holder_of("email", address)
    return device_context(list(devices_of(customer)), text) if customer else ""
