"""The link in a mail proves an address when its reader presses the button."""

import pytest
from django.test import Client

from interaction_center.customers.mail_links import mail_link
from interaction_center.customers.models import ContactPoint, Customer

pytestmark = pytest.mark.django_db


def claimed() -> tuple[Customer, str]:
    customer = Customer.objects.create(name="Eva")
    return customer, mail_link(customer=customer.public_id, address="eva@example.org")


def test_opening_the_page_alone_proves_nothing() -> None:
    claimed()
    assert Client().get("/confirm/").status_code == 200
    assert not ContactPoint.objects.exists()


def test_the_token_or_the_whole_pasted_link_proves_the_address() -> None:
    customer, link = claimed()
    for pasted in (link.split("#t=")[1], link, f"  {link} "):
        response = Client().post("/confirm/", {"token": pasted})
        assert b"eva@example.org" in response.content
    point = ContactPoint.objects.get()
    assert (point.customer, point.proof, point.verified_by) == (customer, "verified", "mail_link")


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c", "\x00", "é" * 5000])
def test_a_wrong_token_gets_a_sentence_and_proves_nothing(token: str) -> None:
    response = Client().post("/confirm/", {"token": token})
    assert response.status_code == 422
    assert b"damaged" in response.content
    assert not ContactPoint.objects.exists()


def test_a_foreign_page_cannot_post() -> None:
    assert Client(enforce_csrf_checks=True).post("/confirm/", {"token": "x"}).status_code == 403
