"""The devices of the invented customers: one each, where it is known who they are."""

from collections.abc import Sequence

from interaction_center.customers.selectors import holder_of, root_of
from interaction_center.demo.cast import Person
from interaction_center.installed_base.services import register_device
from kb.catalogue import ensure_product

_PLACES = {"de": ("Raum 1", "Raum 2", "Erdgeschoss"), "en": ("Room 1", "Room 2", "Ground floor")}


def install_devices(cast: Sequence[Person]) -> None:
    """At everybody who has written: the address of a mail, or that of a visitor whom the shop vouches for."""
    for number, person in enumerate(cast):
        customer = holder_of("email", person.email)
        if customer is not None:
            places = _PLACES[person.language]
            register_device(
                customer=root_of(customer),
                product=ensure_product(person.device).key,
                serial=person.serial,
                place=places[number % len(places)],
            )
