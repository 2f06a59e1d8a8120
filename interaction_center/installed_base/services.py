"""Register, change and remove devices of customers."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from interaction_center.customers.models import Customer
from interaction_center.errors import ConflictError, InvalidError
from interaction_center.installed_base.models import InstalledDevice
from kb.models import DeviceModel, Product

MAX_SERIAL, MAX_PLACE = 60, 120


@transaction.atomic
def register_device(
    *,
    customer: Customer,
    product: str,
    model: str = "",
    serial: str = "",
    place: str = "",
    installed_on: date | None = None,
) -> InstalledDevice:
    """A device at this customer. `product` and `model` are keys of the catalogue. InvalidError, ConflictError."""
    device = InstalledDevice(customer=customer)
    values = {"product": product, "model": model, "serial": serial, "place": place, "installed_on": installed_on}
    return _write(device, values)


@transaction.atomic
def change_device(*, device: InstalledDevice, **values: Any) -> InstalledDevice:
    """Changes what is given; `active` True takes a removal back. Raises InvalidError, ConflictError."""
    locked = InstalledDevice.objects.select_for_update().get(pk=device.pk)
    known = {
        "product": locked.product.key,
        "model": locked.model.key if locked.model else "",
        "serial": locked.serial,
        "place": locked.place,
        "installed_on": locked.installed_on,
        "active": locked.active,
    }
    if "product" in values and values["product"] != known["product"]:
        known["model"] = ""
    return _write(locked, known | values)


def remove_device(*, device: InstalledDevice) -> None:
    """It is no longer there. The row stays, so that the removal can be taken back."""
    change_device(device=device, active=False)


def _write(device: InstalledDevice, values: dict[str, Any]) -> InstalledDevice:
    product = Product.objects.filter(key=values["product"]).first()
    model = DeviceModel.objects.filter(product=product, key=values["model"]).first() if values["model"] else None
    serial, place = " ".join(values["serial"].split()).upper(), " ".join(values["place"].split())
    _refuse_wrong(product, model, values["model"], serial, place)
    assert product is not None  # noqa: S101 - refused above
    device.product, device.model, device.serial, device.place = product, model, serial, place
    device.installed_on, device.active = values["installed_on"], values.get("active", True)
    try:
        with transaction.atomic():
            device.save()
    except IntegrityError as error:
        raise ConflictError(
            "Another device of this family has this serial number. Correct it, or remove the other one.",
            "serial_taken",
            serial="taken",
        ) from error
    return device


def _refuse_wrong(product: Product | None, model: DeviceModel | None, key: str, serial: str, place: str) -> None:
    wrong = {} if product else {"product": "required"}
    if key and model is None:
        wrong["model"] = "unknown"
    if len(serial) > MAX_SERIAL:
        wrong["serial"] = "too_long"
    if len(place) > MAX_PLACE:
        wrong["place"] = "too_long"
    if wrong:
        raise InvalidError("Please correct the marked fields.", **wrong)
