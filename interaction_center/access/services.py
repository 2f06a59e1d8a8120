"""Verbs over people, roles, teams, calendars, doors and keys. Each one is a transaction of its own."""

import re
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Model, ProtectedError

from interaction_center.access.doors import KEY_SCHEME, digest_of
from interaction_center.access.models import (
    ApiKey,
    BusinessCalendar,
    Permission,
    Role,
    SetupLink,
    Site,
    Team,
    User,
)
from interaction_center.access.origins import read_origin
from interaction_center.access.policy import ADMINISTRATOR, BUILT_IN_ROLES
from interaction_center.access.selectors import needs_setup, people_who_may
from interaction_center.adapters import adapter_for, mail_addresses
from interaction_center.business_hours import read_calendar, refuse_overlaps
from interaction_center.due_work import wake
from interaction_center.errors import ConflictError, InvalidError, NotFoundError

Row = TypeVar("Row", bound=Model)

LANGUAGES = ("en", "de")
THEMES = ("system", "light", "dark")
PREFIX_LENGTH = 8
MAX_NAME, MAX_PERSON_NAME = 80, 120


# Roles


@transaction.atomic
def ensure_builtin_roles() -> None:
    """The built-in roles exist; what an administrator has changed in them stays."""
    for name, permissions in BUILT_IN_ROLES.items():
        Role.objects.get_or_create(name=name, defaults={"permissions": list(permissions), "built_in": True})


@transaction.atomic
def create_role(*, name: str, permissions: Iterable[str]) -> Role:
    """A role of one's own."""
    _must_be_free(Role, name=name)
    return Role.objects.create(name=_filled(name), permissions=_known_permissions(permissions))


@transaction.atomic
def update_role(*, role: Role, name: str | None = None, permissions: Iterable[str] | None = None) -> Role:
    """Rename a role or change what it may do; built-in roles keep their names."""
    values: dict[str, Any] = {}
    if name is not None and name != role.name:
        _must_not_be_built_in(role)
        _must_be_free(Role, name=name)
        values["name"] = _filled(name)
    if permissions is not None:
        values["permissions"] = _known_permissions(permissions)
        wake("presence")  # what is held by whoever may not work any more goes back
    with _a_manager_stays():
        _write(role, values)
    return role


@transaction.atomic
def delete_role(*, role: Role) -> None:
    """Delete a role that nobody has."""
    _must_not_be_built_in(role)
    _delete(role, "Somebody or an API key still has this role. Give them another one first.", "role_in_use")


def _known_permissions(permissions: Iterable[str]) -> list[str]:
    wanted = sorted(set(permissions))
    unknown = [name for name in wanted if name not in Permission.values]
    if unknown:
        raise _wrong("permissions", f"There is no permission “{unknown[0]}”.")
    return wanted


def _must_not_be_built_in(role: Role) -> None:
    if role.built_in:
        raise ConflictError(
            "Built-in roles keep their names and can't be deleted. Make a role of your own.", "role_built_in"
        )


# People


@transaction.atomic
def create_user(
    *,
    email: str,
    name: str,
    role: Role | None,
    teams: Collection[Team] = (),
    language: str = "en",
    password: str | None = None,
) -> User:
    """Somebody who may sign in. Without a password they choose one by “forgotten password”."""
    address = _mail_address(email)
    _must_be_free(User, email=address)
    user = User.objects.create_user(
        address, name=_filled(name, MAX_PERSON_NAME), role=role, language=_one_of(LANGUAGES, language=language)
    )
    if password is not None:
        set_password(user=user, password=password)
    user.teams.set(teams)
    return user


@transaction.atomic
def update_user(  # every field is optional: one act of the settings screen
    *,
    user: User,
    email: str | None = None,
    name: str | None = None,
    role: Role | None = None,
    teams: Collection[Team] | None = None,
    language: str | None = None,
    theme: str | None = None,
    active: bool | None = None,
    password: str | None = None,
) -> User:
    """Change what is given. Raises ConflictError when nobody would be left who may manage settings."""
    if email is not None and _mail_address(email) != user.email:
        _must_be_free(User, email=_mail_address(email))
    values = {
        "email": None if email is None else _mail_address(email),
        "name": None if name is None else _filled(name, MAX_PERSON_NAME),
        "role": role,
        "language": None if language is None else _one_of(LANGUAGES, language=language),
        "theme": None if theme is None else _one_of(THEMES, theme=theme),
        "is_active": active,
    }
    with _a_manager_stays():
        _write(user, {name: value for name, value in values.items() if value is not None})
    if password is not None:
        set_password(user=user, password=password)
    if teams is not None:
        user.teams.set(teams)
    if role is not None or active is not None:
        wake("presence")  # what they hold goes back if they may not work any more
    return user


def deactivate_user(*, user: User) -> User:
    """Nobody is deleted: their answers keep their name. They can't sign in any more."""
    return update_user(user=user, active=False)


def set_password(*, user: User, password: str) -> None:
    """Set a password that the rules allow. Raises InvalidError with the rule that it breaks."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise _wrong("password", " ".join(error.messages)) from error
    user.set_password(password)
    user.save(update_fields=["password"])


@contextmanager
def _a_manager_stays() -> Iterator[None]:
    """Nobody can lock everybody out of the settings, themselves included.

    Whoever manages them is locked: of two who take that right from each other at once, the second sees what the first
    has done.
    """
    managers = people_who_may(Permission.MANAGE_SETTINGS).select_for_update(no_key=True).order_by("pk")
    was_managed = bool(list(managers.values_list("pk", flat=True)))
    yield
    if was_managed and needs_setup():
        raise ConflictError(
            "Nobody could manage the settings any more. Give that right to somebody else first.",
            "last_administrator",
        )


def _mail_address(text: str) -> str:
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise _wrong("email", "This is no mail address.") from error
    return address


# Teams and calendars


@transaction.atomic
def create_team(*, name: str, calendar: BusinessCalendar | None = None, members: Collection[User] = ()) -> Team:
    """People who share a part of the queue."""
    _must_be_free(Team, name=name)
    team = Team.objects.create(name=_filled(name), calendar=calendar)
    team.members.set(members)
    return team


@transaction.atomic
def update_team(*, team: Team, members: Collection[User] | None = None, **values: Any) -> Team:
    """Change `name` or `calendar` where given, and the members."""
    if values.get("name", team.name) != team.name:
        _must_be_free(Team, name=values["name"])
    _set(team, values, ("name", "calendar"))
    if members is not None:
        team.members.set(members)
    return team


@transaction.atomic
def delete_team(*, team: Team) -> None:
    """Delete a team; its interactions are everybody's then. ConflictError names the sites and doors of channels by
    which they come in: what comes there would be nobody's without a word."""
    Team.objects.select_for_update().filter(pk=team.pk).first()  # no door takes it meanwhile
    used_by = [str(site) for site in Site.objects.filter(team=team)]
    used_by += [name for kind in settings.CHANNELS for name in adapter_for(kind).doors_of_team(team.public_id)]
    if used_by:
        where = ", ".join(used_by)
        words = f"This team is still used by {where}. Choose another one there first."
        raise ConflictError(words, "team_in_use", used_by=used_by)
    team.delete()


@transaction.atomic
def create_calendar(*, name: str, **values: Any) -> BusinessCalendar:
    """Opening hours; see `business_hours.read_calendar` for what is refused."""
    _must_be_free(BusinessCalendar, name=name)
    calendar = BusinessCalendar(name=_filled(name))
    return _save_calendar(calendar, values)


@transaction.atomic
def update_calendar(*, calendar: BusinessCalendar, **values: Any) -> BusinessCalendar:
    """Change what is given; what is due by it already keeps its promise.

    Locked and read anew: the hours are checked as a whole, with what somebody else has just changed.
    """
    calendar = BusinessCalendar.objects.select_for_update(no_key=True).get(pk=calendar.pk)
    if values.get("name", calendar.name) != calendar.name:
        _must_be_free(BusinessCalendar, name=values["name"])
    return _save_calendar(calendar, values)


def _save_calendar(calendar: BusinessCalendar, values: Mapping[str, Any]) -> BusinessCalendar:
    for name in ("name", "time_zone", "hours", "holiday_country", "holiday_subdivision", "extra_holidays"):
        if name in values:
            setattr(calendar, name, values[name])
    checked = read_calendar(
        zone=calendar.time_zone,
        hours=calendar.hours,
        country=calendar.holiday_country,
        subdivision=calendar.holiday_subdivision,
        closed=calendar.extra_holidays,
    )
    refuse_overlaps(checked)
    calendar.save()
    return calendar


@transaction.atomic
def delete_calendar(*, calendar: BusinessCalendar) -> None:
    """Delete a calendar that nothing uses. ConflictError names the teams, sites and doors of channels that do."""
    BusinessCalendar.objects.select_for_update().filter(pk=calendar.pk).first()  # no door takes it meanwhile
    used_by = _users_of(calendar)
    if used_by:
        where = ", ".join(used_by)
        raise ConflictError(f"These hours are still used by {where}. Choose others there first.", used_by=used_by)
    calendar.delete()


def _users_of(calendar: BusinessCalendar) -> list[str]:
    own = [str(row) for model in (Team, Site) for row in model._default_manager.filter(calendar=calendar)]
    return own + [name for kind in settings.CHANNELS for name in adapter_for(kind).doors_with_hours(calendar.public_id)]


def check_door(*, team: str = "", calendar: str = "") -> None:
    """A door of a channel names its team and its hours by public ids ("" = none). InvalidError for an unknown one."""
    for field, model, name in (("team", Team, team), ("calendar", BusinessCalendar, calendar)):
        if name and not model._default_manager.select_for_update(no_key=True).filter(public_id=name).first():
            raise _wrong(field, f"There is no such {field} any more. Choose another one.")


# Sites


@transaction.atomic
def create_site(*, name: str, origins: Sequence[str], **values: Any) -> Site:
    """A web site that may show the widget, with a fresh key and a fresh secret for identities.

    Unless told otherwise its chat goes on by mail from the first mailbox.
    """
    values.setdefault("mail_from", next(iter(mail_addresses()), ""))
    site = Site(name=_filled(name), origins=_clean_origins(origins), identity_secret=secrets.token_hex(32))
    return _save_site(site, values)


@transaction.atomic
def update_site(*, site: Site, **values: Any) -> Site:
    """Change what is given. The key and the secret stay, so installed widgets go on working."""
    if "origins" in values:
        values["origins"] = _clean_origins(values["origins"])
    return _save_site(site, values)


def _save_site(site: Site, values: Mapping[str, Any]) -> Site:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", values.get("accent", site.accent)):
        raise _wrong("accent", "The accent is a colour like #0b57d0.")
    if values.get("mail_from"):
        values = {**values, "mail_from": _own_mailbox(values["mail_from"])}
    return _set(site, values, ("name", "origins", "team", "calendar", "accent", "greeting", "mail_from", "active"))


def _own_mailbox(text: str) -> str:
    """What leaves from an address that is not ours is refused on its way, and nobody gets the answer to it."""
    address = text.strip().lower()
    if address not in mail_addresses():
        raise _wrong("mail_from", "Choose one of your active mailboxes, or none.")
    return address


@transaction.atomic
def delete_site(*, site: Site) -> None:
    """Delete a site; its widget shows nothing any more. Its conversations stay."""
    site.delete()


def _clean_origins(origins: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(read_origin(origin) for origin in origins))


# Keys of integrations, and the link to the first administrator


@transaction.atomic
def create_api_key(*, name: str, role: Role, by: User | None) -> tuple[ApiKey, str]:
    """A new key and its token; the token is shown this once, we keep only its SHA-256."""
    prefix = secrets.token_hex(PREFIX_LENGTH // 2)
    token = f"{KEY_SCHEME}{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(name=_filled(name), prefix=prefix, digest=digest_of(token), role=role, created_by=by)
    return key, token


@transaction.atomic
def update_api_key(*, key: ApiKey, name: str | None = None, role: Role | None = None) -> ApiKey:
    """Rename a key or give it another role."""
    named = {} if name is None else {"name": _filled(name)}
    return _write(key, named if role is None else {**named, "role": role})


@transaction.atomic
def revoke_api_key(*, key: ApiKey, now: datetime) -> ApiKey:
    """From now on the key is refused. It stays in the list, so that its traces keep a name."""
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
    return key


@transaction.atomic
def create_setup_link() -> str:
    """A token that makes one administrator. Earlier unused ones stop working."""
    SetupLink.objects.filter(used_at=None).delete()
    token = secrets.token_urlsafe(32)
    SetupLink.objects.create(digest=digest_of(token))
    return token


def is_setup_link_open(token: str) -> bool:
    """Whether this link still makes an administrator: it was printed here, it is the newest, and nobody has used it."""
    return SetupLink.objects.filter(digest=digest_of(token), used_at=None).exists()


@transaction.atomic
def redeem_setup_link(*, token: str, email: str, name: str, password: str, language: str, now: datetime) -> User:
    """Make an administrator and use up the link, by one conditional statement. NotFoundError for a spent link."""
    if not SetupLink.objects.filter(digest=digest_of(token), used_at=None).update(used_at=now):
        raise NotFoundError("This link is not valid any more. Make a new one on the server with “setuplink”.")
    ensure_builtin_roles()
    role = Role.objects.get(name=ADMINISTRATOR)
    return create_user(email=email, name=name, role=role, language=language, password=password)


# Small questions that every verb asks


def _wrong(field: str, sentence: str) -> InvalidError:
    """An error that a form can show beside its field."""
    return InvalidError(sentence, **{field: sentence})


def _must_be_free(model: type[Model], **value: str) -> None:
    ((field, text),) = value.items()
    if model._default_manager.filter(**{f"{field}__iexact": text.strip()}).exists():
        raise _wrong(field, f"“{text.strip()}” is already in use.")


def _filled(name: str, most: int = MAX_NAME) -> str:
    if not name.strip():
        raise _wrong("name", "Give it a name.")
    if len(name.strip()) > most:
        raise InvalidError(f"This name is too long: at most {most} characters.", name="too_long", limit=most)
    return name.strip()


def _one_of(allowed: Collection[str], **value: str) -> str:
    ((field, text),) = value.items()
    if text not in allowed:
        raise _wrong(field, f"Choose one of: {', '.join(allowed)}.")
    return text


def _set(row: Row, values: Mapping[str, Any], fields: Collection[str]) -> Row:
    given = {name: values[name] for name in fields if name in values}
    return _write(row, given | ({"name": _filled(given["name"])} if "name" in given else {}))


def _write(row: Row, values: Mapping[str, Any]) -> Row:
    """These columns and no others: what somebody else has changed since the row was read stays. A new row is stored."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=None if row._state.adding else [*values])
    return row


def _delete(row: Model, refusal: str, code: str) -> None:
    try:
        row.delete()
    except ProtectedError as error:
        raise ConflictError(refusal, code=code) from error
