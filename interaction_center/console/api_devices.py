"""The devices of a customer: shown beside their conversations, kept by whoever works in the queue."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import StringConstraints

from interaction_center.access.models import Permission
from interaction_center.console.fields import Clean, Id
from interaction_center.console.http import doors
from interaction_center.customers.models import Customer
from interaction_center.errors import NotFoundError
from interaction_center.history.selectors import customer_by_id
from interaction_center.installed_base import services
from interaction_center.installed_base.models import InstalledDevice
from interaction_center.installed_base.selectors import device_by_id, devices_of
from kb.devices import device_families

router = Router(tags=["customers"], auth=doors(Permission.WORK_QUEUE))
Key = Annotated[str, StringConstraints(max_length=80), Clean]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), Clean]


class DeviceOut(Schema):
    """A device. `name` is that of its model where that is known, else of its family."""

    id: str
    name: str
    product: str
    model: str
    serial: str
    place: str
    installed_on: date | None


class DeviceList(Schema):
    items: list[DeviceOut]


class DeviceIn(Schema):
    """A new device."""

    product: Key
    model: Key = ""
    serial: Line = ""
    place: Line = ""
    installed_on: date | None = None


class DeviceChange(Schema):
    """What is to change; `active` true takes a removal back."""

    product: Key | None = None
    model: Key | None = None
    serial: Line | None = None
    place: Line | None = None
    installed_on: date | None = None
    active: bool | None = None


class ModelOut(Schema):
    key: str
    name: str


class FamilyOut(Schema):
    """A device family to choose from, with its models."""

    key: str
    name: str
    models: list[ModelOut]


class FamilyList(Schema):
    items: list[FamilyOut]


@router.get("/device-families", response=FamilyList)
def families(request: HttpRequest) -> dict[str, Any]:
    """Every device family with its models, by name."""
    found = [
        {
            "key": product.key,
            "name": product.name,
            "models": [{"key": model.key, "name": model.name} for model in product.models.all()],
        }
        for product in device_families()
    ]
    return {"items": found}


@router.get("/customers/{id}/devices", response=DeviceList)
def devices(request: HttpRequest, id: Id) -> dict[str, Any]:
    """What stands at this customer and at all that were merged with them."""
    return {"items": [_wire(device) for device in devices_of(customer_by_id(id))]}


@router.post("/customers/{id}/devices", response={201: DeviceOut})
def add_device(request: HttpRequest, id: Id, device: DeviceIn) -> Status[dict[str, Any]]:
    """A device more."""
    return Status(201, _wire(services.register_device(customer=customer_by_id(id), **device.model_dump())))


@router.patch("/customers/{id}/devices/{device}", response=DeviceOut)
def change_device(request: HttpRequest, id: Id, device: Id, change: DeviceChange) -> dict[str, Any]:
    """Correct a device, or take its removal back."""
    given = change.model_dump(exclude_unset=True)
    values = {name: value for name, value in given.items() if value is not None or name == "installed_on"}
    return _wire(services.change_device(device=_found(customer_by_id(id), device), **values))


@router.delete("/customers/{id}/devices/{device}", response={204: None})
def remove_device(request: HttpRequest, id: Id, device: Id) -> Status[None]:
    """It is no longer there."""
    services.remove_device(device=_found(customer_by_id(id), device))
    return Status(204, None)


def _found(customer: Customer, public_id: str) -> InstalledDevice:
    device = device_by_id(customer, public_id)
    if device is None:
        raise NotFoundError("This customer has no such device.")
    return device


def _wire(device: InstalledDevice) -> dict[str, Any]:
    return {
        "id": device.public_id,
        "name": device.name,
        "product": device.product.key,
        "model": device.model.key if device.model else "",
        "serial": device.serial,
        "place": device.place,
        "installed_on": device.installed_on,
    }
