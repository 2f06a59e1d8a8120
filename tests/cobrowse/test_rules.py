"""The rules of a site: who changes them, what is no selector, and what a shown page hears of them."""

import pytest
from django.test import Client

from channels_app.cobrowse.models import SiteRules
from channels_app.cobrowse.rules import checked, is_selector
from channels_app.cobrowse.selectors import rules_of
from interaction_center.access.models import Role, Site, User
from interaction_center.access.policy import ADMINISTRATOR, AGENT
from interaction_center.access.services import create_user, ensure_builtin_roles
from interaction_center.errors import InvalidError

RULES = "/api/cobrowse/rules"


def a_person(role: str) -> Client:
    """Signed in with this role."""
    ensure_builtin_roles()
    number = User.objects.count()
    user = create_user(
        email=f"{number}@center.test", name="Somebody", role=Role.objects.get(name=role), password="p" * 12
    )
    client = Client()
    client.force_login(user)
    return client


def a_site(name: str = "Shop", key: str = "shopsitekey12345") -> Site:
    """A site without any rules."""
    return Site.objects.create(name=name, key=key, identity_secret="0" * 64)


@pytest.mark.django_db
def test_a_site_begins_with_everything_masked_and_nothing_recorded() -> None:
    site = a_site()
    (rules,) = a_person(ADMINISTRATOR).get(RULES).json()["items"]
    assert rules == {
        "id": site.key,
        "name": "Shop",
        "enabled": True,
        "show": [],
        "mask": [],
        "block": [],
        "deny": False,
        "submit": False,
        "recording": False,
        "retention_days": 30,
    }


@pytest.mark.django_db
def test_changes_are_kept_and_what_is_left_out_stays() -> None:
    site, ada = a_site(), a_person(ADMINISTRATOR)
    address = f"{RULES}/{site.key}"
    first = ada.patch(address, {"show": [" .price ", "", ".price", "main > h1"]}, content_type="application/json")
    assert first.json()["show"] == [".price", "main > h1"]
    second = ada.patch(address, {"deny": True, "retention_days": 90}, content_type="application/json")
    assert (second.json()["show"], second.json()["deny"]) == ([".price", "main > h1"], True)
    assert rules_of(site.key)["retention_days"] == 90
    assert SiteRules.objects.count() == 1


@pytest.mark.django_db
def test_a_line_that_is_no_selector_is_named_and_nothing_is_changed() -> None:
    site, ada = a_site(), a_person(ADMINISTRATOR)
    body = {"deny": True, "block": [".private", "", "div["]}
    answer = ada.patch(f"{RULES}/{site.key}", body, content_type="application/json")
    assert answer.status_code == 422
    assert "Line 3, “div[”" in answer.json()["details"]["block"]
    assert not SiteRules.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        {"mask": [".a"] * 201},
        {"mask": ["." + "a" * 300]},
        {"retention_days": 0},
        {"retention_days": 366},
        {"show": "body"},
        {"mask": ["a\x00b"]},
    ],
)
def test_what_is_too_much_or_too_long_is_refused(body: dict[str, object]) -> None:
    answer = a_person(ADMINISTRATOR).patch(f"{RULES}/{a_site().key}", body, content_type="application/json")
    assert answer.status_code == 422, answer.json()


@pytest.mark.django_db
def test_only_who_manages_settings_reads_and_changes_them() -> None:
    site, anna = a_site(), a_person(AGENT)
    assert anna.get(RULES).status_code == 403
    assert anna.patch(f"{RULES}/{site.key}", {"enabled": False}, content_type="application/json").status_code == 403
    assert Client().get(RULES).status_code == 401
    assert not SiteRules.objects.exists()


@pytest.mark.django_db
def test_rules_of_a_site_that_is_none_are_not_found() -> None:
    answer = a_person(ADMINISTRATOR).patch(f"{RULES}/nosuchsite", {"deny": True}, content_type="application/json")
    assert answer.status_code == 404


@pytest.mark.django_db
def test_many_sites_take_as_many_queries_as_one(django_assert_num_queries: object) -> None:
    ada = a_person(ADMINISTRATOR)
    a_site()
    ada.get(RULES)
    with django_assert_num_queries(5) as counted:  # type: ignore[operator]
        ada.get(RULES)
    for number in range(10):
        SiteRules.objects.create(site=a_site(f"Shop {number}", f"key{number}").key, show=[".a"])
    with django_assert_num_queries(len(counted)):  # type: ignore[operator]
        assert len(ada.get(RULES).json()["items"]) == 11


@pytest.mark.parametrize(
    "line",
    [
        ".a",
        "#a > .b ~ c + d",
        '[data-x="1" i]',
        "a, b",
        ":is(a, b)",
        ".x:nth-child(2n+1)",
        "section:has(.y)",
        r".md\:flex",
    ],
)
def test_selectors_of_style_sheets_are_read(line: str) -> None:
    assert is_selector(line)


@pytest.mark.parametrize(
    "line", ["div[", "a,,b", "p::before", ":hoover", "div{color:red}", "a|b", "svg|*", '"', "a >> b", "a\x00", "@media"]
)
def test_what_a_page_could_not_read_is_no_selector(line: str) -> None:
    assert not is_selector(line)


def test_the_line_is_counted_as_it_was_given() -> None:
    with pytest.raises(InvalidError) as refused:
        checked("mask", ["", ".a", "", "b["])
    assert "Line 4" in refused.value.message
