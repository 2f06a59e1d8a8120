"""Questions about doors and hours: which site is this, is somebody there, and what may we promise."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from django.conf import settings
from django.db.models import QuerySet
from django.utils import dateformat, translation
from django.utils.timezone import get_default_timezone

from interaction_center.access.models import BusinessCalendar, Permission, Role, Site, Team, User
from interaction_center.adapters import mail_addresses
from interaction_center.bulk import rows_of
from interaction_center.business_hours import Calendar, CalendarError, read_calendar
from interaction_center.errors import NotFoundError

ANSWER_WITHIN = timedelta(hours=4)  # of open time: what we promise when nobody can answer at once


@dataclass(frozen=True, slots=True)
class Promise:
    """What we can say to somebody who writes now. `opens_at` is None while open; `by` is when they have an answer."""

    open: bool
    opens_at: datetime | None
    by: datetime


def site_by_key(key: str) -> Site:
    """The active site with this public key. Raises NotFoundError."""
    site = Site.objects.select_related("team__calendar", "calendar").filter(key=key, active=True).first()
    if site is None:
        raise NotFoundError("There is no active site with this key. Check data-site in the page.")
    return site


def site_keys() -> list[str]:
    """The keys of all active sites, the oldest first."""
    return list(Site.objects.filter(active=True).order_by("pk").values_list("key", flat=True))


def all_sites() -> QuerySet[Site]:
    """Every site, also those that are switched off."""
    return Site.objects.all()


def mailbox_of(site: Site) -> str:
    """Where answers in this site's chat leave from when they go on by mail; "" when they can't.

    A mailbox that was switched off since it was chosen is none: what leaves from it could not be answered.
    """
    return site.mail_from if site.mail_from in mail_addresses() else ""


def help_site() -> Site | None:
    """The site whose help pages these are: the oldest active one."""
    sites = Site.objects.select_related("team__calendar", "calendar").filter(active=True)
    return sites.order_by("pk").first()


def mailbox_for(site: Site | None) -> str:
    """Where mail to the customers of this site leaves from: its own mailbox, else the default; "" without any."""
    return (mailbox_of(site) if site else "") or next(iter(mail_addresses()), "")


def mailbox_for_key(key: str) -> str:
    """The same for the site with this key; that of no site when it has been switched off since."""
    try:
        return mailbox_for(site_by_key(key))
    except NotFoundError:
        return mailbox_for(None)


def calendar_for(owner: Team | Site | None) -> Calendar | None:
    """The hours of a team, or of a site (its own, else its team's). None: always open."""
    return hours(owner.calendar, owner.team) if isinstance(owner, Site) else hours(None, owner)


def hours(own: BusinessCalendar | None, team: Team | None) -> Calendar | None:
    """The hours of what came by a door: the door's own, else those of the team. None: always open."""
    row = own or (team.calendar if team else None)
    return calendar_of(row) if row else None


def calendar_of(row: BusinessCalendar) -> Calendar:
    """The stored calendar as a value that can be asked."""
    week = tuple((day, tuple(tuple(frame) for frame in frames)) for day, frames in sorted(row.hours.items()))
    closed = tuple(row.extra_holidays)
    return _read(row.time_zone, week, row.holiday_country, row.holiday_subdivision, closed)


@lru_cache(maxsize=128)
def _read(
    zone: str,
    hours: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...],
    country: str,
    subdivision: str,
    closed: tuple[str, ...],
) -> Calendar:
    return read_calendar(zone=zone, hours=dict(hours), country=country, subdivision=subdivision, closed=closed)


def promise(owner: Team | Site | None, now: datetime) -> Promise:
    """Whether somebody is there, and by when an answer comes."""
    calendar = _that_opens(calendar_for(owner), now)
    by = calendar.add_open_time(now, int(ANSWER_WITHIN.total_seconds())) if calendar else now + ANSWER_WITHIN
    opens_at = calendar.next_opening(now) if calendar and not calendar.is_open(now) else None
    return Promise(opens_at is None, opens_at, by)


def promised(calendar: Calendar | None, by: datetime) -> dict[str, str]:
    """The promise as a sentence by language, with its date: a mail is read on another day than it is written."""
    local = by.astimezone(calendar.zone if calendar else get_default_timezone())
    clock, (whose_en, whose_de) = f"{local:%H:%M}", _zone_in_words(local.tzinfo)
    with translation.override("en"):
        english = dateformat.format(local, "l, j F Y")
    with translation.override("de"):
        german = dateformat.format(local, "l, j. F Y")
    return {
        "en": f"You will have an answer by {clock} {whose_en} on {english}.",
        "de": f"Sie haben spätestens am {german}, um {clock} Uhr {whose_de} eine Antwort.",
    }


def _zone_in_words(zone: tzinfo | None) -> tuple[str, str]:
    """Whose clock it is: the reader's zone is not known here, so a time of day never stands without it."""
    area, _, place = str(zone).rpartition("/")
    name = place.replace("_", " ")
    return (f"({name} time)", f"(Zeit in {name})") if area not in ("", "Etc") else (f"({name})", f"({name})")


def _that_opens(calendar: Calendar | None, now: datetime) -> Calendar | None:
    """A calendar that never opens again is as good as none: nobody may be turned away because of it."""
    try:
        return calendar if calendar and calendar.next_opening(now) else None
    except CalendarError:
        return None


def people_who_may(permission: str) -> QuerySet[User]:
    """Everybody active whose role holds `permission`; roles are read now, people when the answer is used."""
    roles = [role.pk for role in Role.objects.only("permissions") if permission in role.permissions]
    return User.objects.filter(is_active=True, role__in=roles)


def names_of(users: Collection[str]) -> dict[str, str]:
    """Public id -> name, of the people that there are."""
    return {user.public_id: str(user) for user in rows_of(User, "public_id", users)}


def needs_setup() -> bool:
    """Whether nobody is there who may manage the settings."""
    return not people_who_may(Permission.MANAGE_SETTINGS).exists()


def setup_address(token: str) -> str:
    """The page that redeems a setup link. The token stays behind the #, so no log and no referrer ever shows it."""
    return f"{settings.PUBLIC_BASE_URL}/setup/#{token}"


def hours_of_doors(doors: Collection[tuple[str, str]]) -> dict[tuple[str, str], Calendar | None]:
    """(team, calendar) of doors, public ids or "" -> their hours: their own, else those of the team. Two queries."""
    own = BusinessCalendar.objects.filter(public_id__in={calendar for _, calendar in doors if calendar})
    teams = Team.objects.select_related("calendar").filter(public_id__in={team for team, _ in doors if team})
    calendars = {row.public_id: row for row in own}
    people = {row.public_id: row for row in teams}
    return {(team, calendar): hours(calendars.get(calendar), people.get(team)) for team, calendar in set(doors)}


def person_who_may(permission: str, name: str) -> User:
    """The active person with this public id, whose role holds `permission`. NotFoundError."""
    found = people_who_may(permission).filter(public_id=name).first()
    if found is None:
        raise NotFoundError("There is nobody here by this name who may do this.")
    return found


def person_named(name: str) -> User | None:
    """The active person with this public id."""
    return User.objects.filter(public_id=name, is_active=True).first()


def team_named(name: str) -> Team:
    """The team with this public id. NotFoundError."""
    found = Team.objects.filter(public_id=name).first()
    if found is None:
        raise NotFoundError("There is no such team any more.")
    return found
