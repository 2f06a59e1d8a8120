"""People, roles, teams, calendars, sites, keys and the setup link."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from channels_app.email.services import create_mailbox, update_mailbox
from interaction_center.access import services
from interaction_center.access.doors import actor_of_key, actor_of_user, digest_of
from interaction_center.access.models import ApiKey, Permission, Role, SetupLink, Team, User
from interaction_center.access.policy import ADMINISTRATOR, AGENT, BUILT_IN_ROLES, KNOWLEDGE_EDITOR, SUPERVISOR
from interaction_center.access.selectors import (
    calendar_for,
    calendar_of,
    needs_setup,
    promise,
    promised,
    site_by_key,
)
from interaction_center.business_hours import CalendarError
from interaction_center.due_work import connect_bell, disconnect_bell
from interaction_center.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnauthorizedError
from tests.access.builders import (
    OFFICE,
    PASSWORD,
    a_calendar,
    a_role,
    a_site,
    a_team,
    a_user,
    an_administrator,
    an_api_key,
)
from tests.meeting import Meeting, at_once, met

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday, 13:00 in Berlin


def redeem(token: str, **values: Any) -> User:
    fields = {"email": "first@center.test", "name": "First", "password": PASSWORD, "language": "en", "now": NOW}
    return services.redeem_setup_link(token=token, **{**fields, **values})


def test_built_in_roles_are_made_once_and_keep_what_was_changed() -> None:
    services.ensure_builtin_roles()
    services.update_role(role=Role.objects.get(name=AGENT), permissions=[])
    services.ensure_builtin_roles()
    assert Role.objects.filter(built_in=True).count() == len(BUILT_IN_ROLES)
    assert Role.objects.get(name=AGENT).permissions == []


def test_a_built_in_role_keeps_its_name_and_stays() -> None:
    with pytest.raises(ConflictError):
        services.update_role(role=a_role(), name="Other")
    with pytest.raises(ConflictError):
        services.delete_role(role=a_role())


def test_a_role_that_somebody_has_is_not_deleted() -> None:
    role = services.create_role(name="Night shift", permissions=["work_queue"])
    services.update_user(user=a_user(), role=role)
    with pytest.raises(ConflictError):
        services.delete_role(role=role)


def test_an_unknown_permission_is_refused() -> None:
    with pytest.raises(InvalidError):
        services.create_role(name="Root", permissions=["everything"])


def test_an_address_is_entered_once_whatever_its_case() -> None:
    a_user(email="kim@center.test")
    with pytest.raises(InvalidError) as refused:
        services.create_user(email="KIM@center.test", name="Kim", role=None)
    assert "email" in refused.value.details


@pytest.mark.parametrize("password", ["short", "password1234", "12345678901"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidError) as refused:
        a_user(password=password)
    assert "password" in refused.value.details


def test_the_last_who_may_manage_settings_stays() -> None:
    boss = an_administrator()
    with pytest.raises(ConflictError):
        services.deactivate_user(user=boss)
    assert User.objects.get(pk=boss.pk).is_active
    with pytest.raises(ConflictError):
        services.update_role(role=a_role(ADMINISTRATOR), permissions=["work_queue"])
    an_administrator("Second")
    services.deactivate_user(user=boss)
    assert not User.objects.get(pk=boss.pk).is_active


def test_somebody_switched_off_is_nobody() -> None:
    an_administrator()
    user = services.deactivate_user(user=a_user())
    assert not user.has_permission(Permission.WORK_QUEUE)
    with pytest.raises(UnauthorizedError):
        actor_of_user(user)


def test_overlapping_hours_are_not_saved() -> None:
    calendar = a_calendar()
    with pytest.raises(CalendarError, match="On Monday"):
        services.update_calendar(calendar=calendar, hours={"mon": [["09:00", "12:00"], ["11:00", "17:00"]]})
    calendar.refresh_from_db()
    assert len(calendar.hours.get("mon", [])) <= 1


def test_a_name_that_is_too_long_is_refused_in_words() -> None:
    with pytest.raises(InvalidError, match="at most 80 characters") as refused:
        services.create_team(name="x" * 81)
    assert refused.value.details == {"name": "too_long", "limit": 80}


def test_a_calendar_in_use_stays_and_a_broken_one_is_refused() -> None:
    calendar = a_calendar()
    team = a_team(calendar=calendar)
    with pytest.raises(ConflictError):
        services.delete_calendar(calendar=calendar)
    with pytest.raises(InvalidError):
        services.update_calendar(calendar=calendar, hours={})
    services.update_team(team=team, calendar=None)
    services.delete_calendar(calendar=calendar)


def test_hours_in_use_stay_and_it_is_said_where_they_are_used() -> None:
    calendar = a_calendar()
    a_team("Printers", calendar=calendar)
    site = a_site("Shop", calendar=calendar)
    with pytest.raises(ConflictError, match="still used by Printers, Shop") as refused:
        services.delete_calendar(calendar=calendar)
    assert refused.value.details == {"used_by": ["Printers", "Shop"]}
    site.refresh_from_db()
    assert site.calendar == calendar


def test_a_team_by_which_something_comes_in_stays_and_it_is_said_by_what() -> None:
    team = a_team("Printers")
    site = a_site("Shop", team=team)
    mailbox = create_mailbox(address="service@center.test", team=team.public_id)
    with pytest.raises(ConflictError, match=r"still used by Shop, service@center\.test") as refused:
        services.delete_team(team=team)
    assert (refused.value.code, refused.value.details) == (
        "team_in_use",
        {"used_by": ["Shop", "service@center.test"]},
    )
    services.update_site(site=site, team=None)
    update_mailbox(mailbox=mailbox, team="")
    services.delete_team(team=team)
    assert not Team.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_lock_each_other_out_at_once_one_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    managers = [an_administrator("Anna Admin"), an_administrator("Ben Admin")]
    monkeypatch.setattr(services, "_write", met(Meeting(), services._write))

    def deactivate(user: User) -> str:
        try:
            services.deactivate_user(user=user)
        except ConflictError as error:
            return error.code
        return "done"

    said = at_once(*(partial(deactivate, user) for user in managers))
    assert sorted(said) == ["done", "last_administrator"]
    assert not needs_setup()


def test_what_somebody_else_has_changed_meanwhile_stays() -> None:
    user = a_user(password=PASSWORD)
    own_page = User.objects.get(pk=user.pk)
    services.update_user(user=user, active=False, password="nine-red-umbrellas")
    services.update_user(user=own_page, name="Anna A.", language="de")
    row = User.objects.get(pk=user.pk)
    assert (row.name, row.language, row.is_active) == ("Anna A.", "de", False)
    assert row.check_password("nine-red-umbrellas")


def test_two_changes_of_different_things_at_once_both_stay() -> None:
    role, night, hours = services.create_role(name="Night", permissions=[]), a_calendar("Night"), {"mon": OFFICE["mon"]}
    cases: list[tuple[str, Any, dict[str, Any], dict[str, Any]]] = [
        ("role", role, {"name": "Day"}, {"permissions": ["supervise"]}),
        ("team", a_team(), {"name": "Scanners"}, {"calendar": night}),
        ("site", a_site(), {"name": "Shop 2"}, {"active": False}),
        ("calendar", a_calendar(), {"name": "Office 2"}, {"hours": hours}),
        ("key", an_api_key()[0], {"name": "Robot 2"}, {"role": a_role(SUPERVISOR)}),
    ]
    for kind, row, one, other in cases:
        update = services.update_api_key if kind == "key" else getattr(services, f"update_{kind}")
        on_another_screen = type(row).objects.get(pk=row.pk)
        update(**{kind: row}, **one)
        update(**{kind: on_another_screen}, **other)
        after = type(row).objects.get(pk=row.pk)
        assert {name: getattr(after, name) for name in one | other} == one | other


@pytest.mark.parametrize("how", ["switched off", "another role", "the role changes"])
def test_what_may_free_work_wakes_who_gives_it_back(
    how: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user, rung = a_user(), []
    connect_bell("presence", lambda: rung.append(how))
    with django_capture_on_commit_callbacks(execute=True):
        if how == "switched off":
            services.deactivate_user(user=user)
        elif how == "another role":
            services.update_user(user=user, role=a_role(KNOWLEDGE_EDITOR))
        else:
            services.update_role(role=a_role(), permissions=[])
    disconnect_bell("presence")
    assert rung == [how]


def test_a_site_has_exact_origins_a_key_and_a_secret() -> None:
    site = a_site(origins=["https://Shop.example/", "https://shop.example"])
    assert site.origins == ["https://shop.example"]
    assert len(site.identity_secret) == 64
    assert site_by_key(site.key) == site
    with pytest.raises(InvalidError):
        services.update_site(site=site, origins=["*"])
    with pytest.raises(InvalidError):
        services.update_site(site=site, accent="red; background: url(x)")


def test_a_site_switched_off_is_not_found() -> None:
    site = services.update_site(site=a_site(), active=False)
    with pytest.raises(NotFoundError):
        site_by_key(site.key)


def test_an_api_key_is_kept_only_as_its_digest() -> None:
    key, token = an_api_key()
    assert token.startswith(f"ic_{key.prefix}_")
    assert len(token) > 40
    stored = list(ApiKey.objects.values_list("prefix", "digest", "name"))
    assert stored == [(key.prefix, digest_of(token), "Robot")]
    assert token.rsplit("_", 1)[1] not in str(stored)


def test_an_api_key_acts_with_its_role_and_is_no_person() -> None:
    actor = actor_of_key(an_api_key()[1], now=NOW)
    assert actor.can(Permission.WORK_QUEUE)
    assert not actor.can(Permission.MANAGE_SETTINGS)
    with pytest.raises(ForbiddenError):
        _ = actor.person


def test_a_revoked_or_unknown_key_is_refused() -> None:
    key, token = an_api_key()
    services.revoke_api_key(key=key, now=NOW)
    for wrong in (token, token + "x", "", "ic_", key.digest):
        with pytest.raises(UnauthorizedError):
            actor_of_key(wrong, now=NOW)


def test_the_last_use_of_a_key_is_written_once_a_minute() -> None:
    key, token = an_api_key()
    for seconds in (0, 20, 59, 60, 70):
        actor_of_key(token, now=NOW + timedelta(seconds=seconds))
        key.refresh_from_db()
    assert key.last_used_at == NOW + timedelta(seconds=60)


def test_a_setup_link_makes_one_administrator() -> None:
    assert needs_setup()
    token = services.create_setup_link()
    user = redeem(token)
    assert user.has_permission(Permission.MANAGE_SETTINGS)
    assert not needs_setup()
    with pytest.raises(NotFoundError):
        redeem(token, email="second@center.test")
    assert User.objects.count() == 1


def test_a_setup_link_survives_a_refused_form() -> None:
    token = services.create_setup_link()
    with pytest.raises(InvalidError):
        redeem(token, password="short")
    assert redeem(token).is_active


def test_a_new_setup_link_ends_the_earlier_one_and_only_its_digest_is_kept() -> None:
    first, second = services.create_setup_link(), services.create_setup_link()
    assert [link.digest for link in SetupLink.objects.all()] == [digest_of(second)]
    with pytest.raises(NotFoundError):
        redeem(first)


def test_a_site_has_the_hours_of_its_own_calendar_or_of_its_team() -> None:
    team = a_team(calendar=a_calendar())
    late = a_calendar("Late", hours={"mon": [["20:00", "24:00"]]})
    assert calendar_for(a_site()) is None
    assert calendar_for(a_site(team=team)) == calendar_for(team)
    assert calendar_for(a_site(team=team, calendar=late)) != calendar_for(team)


def test_while_open_the_promise_is_four_hours_of_opening_time() -> None:
    made = promise(a_team(calendar=a_calendar()), NOW)
    assert made.open
    assert made.opens_at is None
    assert made.by == datetime(2026, 3, 2, 16, tzinfo=UTC)


def test_while_closed_the_promise_names_the_next_opening() -> None:
    friday_night = datetime(2026, 3, 6, 21, tzinfo=UTC)
    made = promise(a_team(calendar=a_calendar()), friday_night)
    assert not made.open
    assert made.opens_at == datetime(2026, 3, 9, 8, tzinfo=UTC)
    assert made.by == datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "english", "german"),
    [
        ("America/New_York", "(New York time)", "(Zeit in New York)"),
        ("UTC", "(UTC)", "(UTC)"),
        ("Etc/UTC", "(UTC)", "(UTC)"),
    ],
)
def test_a_time_of_day_names_the_place_of_its_clock(zone: str, english: str, german: str) -> None:
    words = promised(calendar_of(a_calendar(time_zone=zone)), NOW)
    assert f"{english} on Monday, 2 March 2026." in words["en"]
    assert f"{german} eine Antwort." in words["de"]
    assert "am Montag, 2. März 2026, um" in words["de"]


def test_without_a_calendar_somebody_is_always_there() -> None:
    made = promise(None, NOW)
    assert made.open
    assert made.by == NOW + timedelta(hours=4)
