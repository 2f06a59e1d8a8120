"""Visitor tokens, file signatures, identities of host pages."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from interaction_center.access import address_proofs, identity, visitor_tokens
from interaction_center.errors import UnauthorizedError
from tests.access.builders import a_site

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_token_names_its_visitor_again() -> None:
    site, visitor = a_site(), visitor_tokens.new_visitor()
    assert visitor_tokens.read(visitor_tokens.issue(site, visitor), site).visitor == visitor


def test_a_visitor_name_has_128_random_bits() -> None:
    assert len(visitor_tokens.new_visitor()) == 32
    assert len({visitor_tokens.new_visitor() for _ in range(100)}) == 100


def test_a_token_of_another_site_is_refused() -> None:
    token = visitor_tokens.issue(a_site(), "a" * 32)
    with pytest.raises(UnauthorizedError):
        visitor_tokens.read(token, a_site("Other"))


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "\x00", "ä" * 40, "W10:1tabcd:xx"])
def test_a_forged_token_is_refused(forged: str) -> None:
    with pytest.raises(UnauthorizedError):
        visitor_tokens.read(forged, a_site())


def test_a_token_with_one_character_changed_is_refused() -> None:
    site = a_site()
    token = visitor_tokens.issue(site, "a" * 32)
    with pytest.raises(UnauthorizedError):
        visitor_tokens.read(token[:-1] + ("A" if token[-1] != "A" else "B"), site)


def test_a_token_lives_24_hours_and_every_new_one_24_more() -> None:
    site = a_site()
    with time_machine.travel(NOON, tick=False) as clock:
        token = visitor_tokens.issue(site, "a" * 32)
        clock.shift(timedelta(hours=23, minutes=59))
        renewed = visitor_tokens.issue(site, visitor_tokens.read(token, site).visitor)
        clock.shift(timedelta(hours=1))
        with pytest.raises(UnauthorizedError):
            visitor_tokens.read(token, site)
        assert visitor_tokens.read(renewed, site).visitor == "a" * 32


def test_a_file_signature_opens_one_file_for_a_day() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        signature = visitor_tokens.sign_file("abc")
        assert visitor_tokens.check_file("abc", signature)
        assert not visitor_tokens.check_file("abd", signature)
        assert not visitor_tokens.check_file("abc", signature[:-1])
        clock.shift(timedelta(hours=24, minutes=1))
        assert not visitor_tokens.check_file("abc", signature)


def test_a_host_page_vouches_for_exactly_one_identity() -> None:
    site = a_site()
    signature = identity.identity_signature(site.identity_secret, email="Kim@Example.org ", name=" Kim ")
    assert identity.is_identity_proved(site, email="kim@example.org", name="Kim", signature=signature)
    assert not identity.is_identity_proved(site, email="kim@example.org", name="Tim", signature=signature)
    assert not identity.is_identity_proved(a_site("B"), email="kim@example.org", name="Kim", signature=signature)
    assert not identity.is_identity_proved(site, email="kim@example.org", name="Kim", signature="")


def test_a_proof_of_an_address_holds_for_an_hour_and_is_not_forged() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        proof = address_proofs.proof_of("jo@example.org")
        clock.shift(timedelta(minutes=59))
        assert address_proofs.address_in(proof) == "jo@example.org"
        clock.shift(timedelta(minutes=2))
        assert address_proofs.address_in(proof) == ""
    for forged in ("", "x", "a:b:c", "\x00", "ä" * 40, visitor_tokens.issue(a_site(), "a" * 32)):
        assert address_proofs.address_in(forged) == ""
