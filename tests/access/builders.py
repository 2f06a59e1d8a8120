"""People and doors for tests, as plain functions."""

from typing import Any

from django.test import Client

from interaction_center.access import services
from interaction_center.access.models import ApiKey, BusinessCalendar, Role, Site, Team, User
from interaction_center.access.policy import ADMINISTRATOR, AGENT
from interaction_center.routing.services import ensure_agent

PASSWORD = "seven-blue-lanterns"
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def a_role(name: str = AGENT) -> Role:
    services.ensure_builtin_roles()
    return Role.objects.get(name=name)


def a_user(name: str = "Anna Agent", *, role: str = AGENT, **values: Any) -> User:
    email = values.pop("email", f"{name.split(maxsplit=1)[0].lower()}@center.test")
    user = services.create_user(email=email, name=name, role=a_role(role), **values)
    ensure_agent(user=user)
    return user


def an_administrator(name: str = "Ada Admin") -> User:
    return a_user(name, role=ADMINISTRATOR)


def a_calendar(name: str = "Office", **values: Any) -> BusinessCalendar:
    return services.create_calendar(**{"name": name, "time_zone": "Europe/Berlin", "hours": OFFICE, **values})


def a_team(name: str = "Service", *members: User, **values: Any) -> Team:
    return services.create_team(name=name, members=members, **values)


def a_site(name: str = "Shop", **values: Any) -> Site:
    return services.create_site(**{"name": name, "origins": ["https://shop.example"], **values})


def an_api_key(role: str = AGENT, *, name: str = "Robot") -> tuple[ApiKey, str]:
    return services.create_api_key(name=name, role=a_role(role), by=None)


def signed_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def with_key(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})
