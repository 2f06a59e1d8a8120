"""Customers at the help pages, as plain functions."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from interaction_center.access.form_keys import new_key
from interaction_center.access.rate_limits import Buckets
from interaction_center.customers.models import Customer
from interaction_center.customers.services import claim_address
from interaction_center.envelope import Address, OutboundMessage, Proof
from interaction_center.portal import form, form_files, records, requests, sign_in
from interaction_center.portal.models import SignInLink
from interaction_center.portal.sign_in import COOKIE
from interaction_center.portal.sign_in_mail import send_due_links
from interaction_center.portal.sign_in_services import redeem, token_of
from interaction_center.queue.models import Interaction
from tests.builders import a_mail, in_thread, landed

JO = "jo@example.org"
LETTER = {"name": "Jo", "email": JO, "subject": "Printer", "text": "It shows E-04"}


def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if nobody had been here: tests share one process and one address."""
    for module in (form, form_files, records, requests, sign_in):
        for name, limit in vars(module).copy().items():
            if isinstance(limit, Buckets):
                monkeypatch.setattr(module, name, Buckets(rate=limit._rate, burst=limit._burst))


def a_key(*, seconds: int = 60, now: datetime | None = None) -> str:
    """Of a form that has been open for so long."""
    return new_key((now or timezone.now()) - timedelta(seconds=seconds))


def sends(client: Client | None = None, **fields: Any) -> Any:
    """The form as a browser posts it; the answer."""
    return (client or Client()).post("/help/write/", {"key": a_key(), **LETTER, **fields})


def a_request(by: str = JO, text: str = "My printer shows E-04", **values: Any) -> Interaction:
    """What the owner of this address wrote by mail."""
    return landed(a_mail(text, by=by, **values))


async def link_for(address: str, mails: list[OutboundMessage]) -> str:
    """Asks for a link as a browser does, and takes it out of the mail."""
    before = len(mails)
    await in_thread(lambda: Client().post("/help/requests/sign-in/", {"email": address}))
    await send_due_links()
    assert len(mails) == before + 1
    found = re.search(r"https?://\S+/help/requests/open/#t=\S+", mails[-1].text)
    assert found is not None
    return found[0]


def a_browser_of(address: str) -> Client:
    """A browser in which the owner of this address has signed in."""
    redeemed = redeem(token=token_of(asked_for(address)))
    client = Client()
    client.cookies[COOKIE] = redeemed
    return client


def asked_for(address: str) -> SignInLink:
    """A link for this address, which is known by now."""
    claim_address(customer=Customer.objects.create(), address=Address("email", address, Proof.RECEIVED))
    now = timezone.now()
    return SignInLink.objects.create(address=address, created_at=now, due_at=now)


async def signs_in(address: str, mails: list[OutboundMessage]) -> Client:
    """A browser after the press on the page behind the link in the mail."""
    link = await link_for(address, mails)
    client = Client()
    answer = await in_thread(lambda: client.post("/help/requests/open/", {"token": link}))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/help/requests/")
    return client


def shown(client: Client, path: str, *, status: int = 200, language: str = "en") -> str:
    """The page, with its entities read."""
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == status, answer.content[:500]
    return unescape(answer.content.decode())
