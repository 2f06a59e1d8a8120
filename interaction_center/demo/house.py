"""The invented service company: its people, teams, hours and doors."""

import secrets
from dataclasses import dataclass

from django.conf import settings

from channels_app.email.services import create_mailbox
from interaction_center.access.models import BusinessCalendar, Role, Site, Team, User
from interaction_center.access.policy import AGENT
from interaction_center.access.services import (
    create_calendar,
    create_site,
    create_team,
    create_user,
    ensure_builtin_roles,
)
from interaction_center.demo.content import read
from interaction_center.routing.services import ensure_agent

COMPANY = "Lichthafen Imaging"
STAFF_DOMAIN = "lichthafen.example"
TEAMS = ("First line", "Imaging support", "Billing")
_DAY = [["08:00", "12:30"], ["13:00", "18:00"]]
_HOURS = dict.fromkeys(("mon", "tue", "wed", "thu"), _DAY) | {"fri": [["08:00", "12:30"], ["13:00", "16:00"]]}
# Room for all that waits and more: whatever a newcomer tries next is offered to them, whoever they sign in as.
PLACES = 20


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who may sign in to the demo's console; the password is told once."""

    user: User
    password: str


@dataclass(frozen=True, slots=True)
class House:
    """Everything that conversations need to know about the company."""

    sign_ins: list[SignIn]
    teams: dict[str, Team]
    agents: dict[str, list[User]]
    site: Site
    mailboxes: dict[str, str]


def staff_address(local: str) -> str:
    """The mail address of somebody of the company."""
    return f"{local}@{STAFF_DOMAIN}"


def mail_address(local: str) -> str:
    """A mailbox of the company: in the domain that the centre has, else in one that is told from a real one."""
    own = settings.CONFIG.mail_domain
    return staff_address(local) if own == "localhost" else f"{local}@{own}"


def is_built() -> bool:
    """Whether the company exists in this database."""
    return User.objects.filter(email=staff_address("admin")).exists()


def build_house() -> House:
    """The company with its people, each with a fresh password."""
    ensure_builtin_roles()
    calendar = create_calendar(
        name="Office hours", time_zone="Europe/Berlin", hours=_HOURS, holiday_country="DE", holiday_subdivision="BE"
    )
    sign_ins = [_member(*member[:4]) for member in read("people")["staff"]]
    teams = {name: _team(name, calendar, sign_ins) for name in TEAMS}
    agents = {name: list(team.members.filter(role__name=AGENT).order_by("pk")) for name, team in teams.items()}
    mailboxes = _mailboxes(teams, calendar)
    return House(sign_ins, teams, agents, _site(teams["First line"], calendar), mailboxes)


def _member(role: str, local: str, name: str, language: str) -> SignIn:
    password = secrets.token_urlsafe(9)
    user = create_user(
        email=staff_address(local),
        name=name,
        role=Role.objects.get(name=role),
        language=language,
        password=password,
    )
    ensure_agent(user=user, capacity=PLACES)
    return SignIn(user, password)


def _team(name: str, calendar: BusinessCalendar, sign_ins: list[SignIn]) -> Team:
    inside = {staff_address(member[1]) for member in read("people")["staff"] if name in member[4]}
    return create_team(name=name, calendar=calendar, members=[s.user for s in sign_ins if s.user.email in inside])


def _site(team: Team, calendar: BusinessCalendar) -> Site:
    """The shop page of the demo, which the centre itself serves."""
    return create_site(
        name=COMPANY,
        origins=[settings.PUBLIC_BASE_URL],
        team=team,
        calendar=calendar,
        accent="#0b6580",
        greeting={
            "en": "Hello! Ask us about your device, an order or an error code.",
            "de": "Guten Tag! Fragen Sie uns zu Gerät, Bestellung oder Fehlercode.",
        },
        mail_from=mail_address("support"),
    )


def _mailboxes(teams: dict[str, Team], calendar: BusinessCalendar) -> dict[str, str]:
    """Team -> the address that its mail comes to."""
    support, billing = mail_address("support"), mail_address("billing")
    for address, name, team in ((support, "support", "First line"), (billing, "billing", "Billing")):
        create_mailbox(
            address=address,
            name=f"{COMPANY} {name}",
            team=teams[team].public_id,
            calendar=calendar.public_id,
            signature=f"{COMPANY}\n{settings.PUBLIC_BASE_URL}/help/",
        )
    return {"First line": support, "Imaging support": support, "Billing": billing}
