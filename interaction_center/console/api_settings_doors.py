"""Settings of doors and hours: web sites that show the widget, and the calendars that say when somebody is there."""

import html
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from ninja import Status as Answer
from pydantic import Field, StringConstraints

from interaction_center.access import services
from interaction_center.access.models import BusinessCalendar, Permission, Site, Team
from interaction_center.access.selectors import calendar_of
from interaction_center.business_hours import opening_days
from interaction_center.console.fields import Clean, Cursor, Id, Limit, Line, MailAddress, Name
from interaction_center.console.http import actor, doors
from interaction_center.console.lookup import one, one_or_none
from interaction_center.console.schemas import Items, Ok
from interaction_center.paging import listed

router = Router(tags=["settings"], auth=doors(Permission.MANAGE_SETTINGS))
PREVIEW_DAYS = 14
Short = Annotated[str, StringConstraints(max_length=64), Clean]
WallTime = Annotated[str, StringConstraints(max_length=5), Clean]
Frames = Annotated[list[Annotated[list[WallTime], Field(min_length=2, max_length=2)]], Field(max_length=12)]
Greeting = Annotated[str, StringConstraints(max_length=500), Clean]


class CalendarIn(Schema):
    """Opening hours. `hours` maps mon..sun to frames; `extra_holidays` are YYYY-MM-DD, or MM-DD for every year."""

    name: Name
    time_zone: Short = "Europe/Berlin"
    hours: dict[Short, Frames]
    holiday_country: Annotated[str, StringConstraints(max_length=2), Clean] = ""
    holiday_subdivision: Annotated[str, StringConstraints(max_length=8), Clean] = ""
    extra_holidays: Annotated[list[Short], Field(max_length=400)] = []


class CalendarChange(Schema):
    """What to change; what is left out stays."""

    name: Name | None = None
    time_zone: Short | None = None
    hours: dict[Short, Frames] | None = None
    holiday_country: Annotated[str, StringConstraints(max_length=2), Clean] | None = None
    holiday_subdivision: Annotated[str, StringConstraints(max_length=8), Clean] | None = None
    extra_holidays: Annotated[list[Short], Field(max_length=400)] | None = None


class CalendarOut(Schema):
    """Opening hours."""

    id: str
    name: str
    time_zone: str
    hours: dict[str, list[list[str]]]
    holiday_country: str
    holiday_subdivision: str
    extra_holidays: list[str]


class PreviewDay(Schema):
    """One local day: its open stretches in the zone of the calendar, and the name of the holiday."""

    date: str
    open: list[list[str]]
    holiday: str


class Preview(Schema):
    """The days from today on."""

    items: list[PreviewDay]


class SiteIn(Schema):
    """A web site that may show the widget; `team` and `calendar` are ids, `greeting` maps en and de to a text.

    `mail_from` is one of the active mailboxes, "" for none; left out, the first of them.
    """

    name: Name
    origins: Annotated[list[Line], Field(max_length=50)] = []
    team: Id | None = None
    calendar: Id | None = None
    accent: Short = "#0b57d0"
    greeting: dict[Short, Greeting] = {}
    mail_from: MailAddress | None = None
    active: bool = True


class SiteChange(Schema):
    """What to change; what is left out stays."""

    name: Name | None = None
    origins: Annotated[list[Line], Field(max_length=50)] | None = None
    team: Id | None = None
    calendar: Id | None = None
    accent: Short | None = None
    greeting: dict[Short, Greeting] | None = None
    mail_from: MailAddress | None = None
    active: bool | None = None


class SiteOut(Schema):
    """A web site. `snippet` is the line that its pages need; `identity_secret` signs who is signed in there."""

    id: str
    key: str
    name: str
    origins: list[str]
    team: str | None
    calendar: str | None
    accent: str
    greeting: dict[str, str]
    mail_from: str
    active: bool
    snippet: str
    identity_secret: str


@router.get("/settings/calendars", response=Items[CalendarOut])
def list_calendars(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """All calendars, by name."""
    return listed(BusinessCalendar.objects.all(), ("name",), _calendar, name="calendars", cursor=cursor, limit=limit)


@router.post("/settings/calendars", response={201: CalendarOut})
def create_calendar(request: HttpRequest, calendar: CalendarIn) -> Answer[dict[str, Any]]:
    """New opening hours."""
    return Answer(201, _calendar(services.create_calendar(**calendar.model_dump())))


@router.patch("/settings/calendars/{id}", response=CalendarOut)
def change_calendar(request: HttpRequest, id: Id, change: CalendarChange) -> dict[str, Any]:
    """Change opening hours."""
    return _calendar(services.update_calendar(calendar=one(BusinessCalendar, id), **_given(change)))


@router.delete("/settings/calendars/{id}", response=Ok)
def delete_calendar(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Delete opening hours that nobody uses."""
    services.delete_calendar(calendar=one(BusinessCalendar, id))
    return {"ok": True}


@router.get("/settings/calendars/{id}/preview", response=Preview)
def preview_calendar(request: HttpRequest, id: Id) -> dict[str, Any]:
    """The next 14 days."""
    who = actor(request)
    calendar = calendar_of(one(BusinessCalendar, id))
    zone = calendar.zone
    today = timezone.now().astimezone(zone).date()
    days = opening_days(calendar, today, PREVIEW_DAYS, who.user.language if who.user else "en")
    return {
        "items": [
            {
                "date": day.isoformat(),
                "open": [
                    [start.astimezone(zone).isoformat(), end.astimezone(zone).isoformat()] for start, end in segments
                ],
                "holiday": holiday,
            }
            for day, segments, holiday in days
        ]
    }


@router.get("/settings/sites", response=Items[SiteOut])
def list_sites(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """All web sites, by name."""
    sites = Site.objects.select_related("team", "calendar")
    return listed(sites, ("name", "pk"), _site, name="sites", cursor=cursor, limit=limit)


@router.post("/settings/sites", response={201: SiteOut})
def create_site(request: HttpRequest, site: SiteIn) -> Answer[dict[str, Any]]:
    """A new web site, with a fresh key."""
    return Answer(201, _site(services.create_site(**_with_rows(site.model_dump(exclude_none=True)))))


@router.patch("/settings/sites/{id}", response=SiteOut)
def change_site(request: HttpRequest, id: Id, change: SiteChange) -> dict[str, Any]:
    """Change a web site; its key stays."""
    nullable = {name: value for name, value in change.model_dump(exclude_unset=True).items() if name in ROWS}
    values = _with_rows(_given(change) | nullable)
    return _site(services.update_site(site=one(Site, id), **values))


@router.delete("/settings/sites/{id}", response=Ok)
def delete_site(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Its widget shows nothing any more; its conversations stay."""
    services.delete_site(site=one(Site, id))
    return {"ok": True}


ROWS = {"team": Team, "calendar": BusinessCalendar}


def _with_rows(values: dict[str, Any]) -> dict[str, Any]:
    """Ids of team and calendar replaced by their rows."""
    rows = {name: one_or_none(model, values[name], name) for name, model in ROWS.items() if name in values}
    return values | rows


def _given(change: Schema) -> dict[str, Any]:
    return {name: value for name, value in change.model_dump(exclude_unset=True).items() if value is not None}


def _calendar(row: BusinessCalendar) -> dict[str, Any]:
    fields = ("name", "time_zone", "hours", "holiday_country", "holiday_subdivision", "extra_holidays")
    return {"id": row.public_id} | {field: getattr(row, field) for field in fields}


def _site(site: Site) -> dict[str, Any]:
    fields = ("key", "name", "origins", "accent", "greeting", "mail_from", "active", "identity_secret")
    address = html.escape(settings.PUBLIC_BASE_URL)
    return {field: getattr(site, field) for field in fields} | {
        "id": site.public_id,
        "team": site.team.public_id if site.team else None,
        "calendar": site.calendar.public_id if site.calendar else None,
        "snippet": f'<script async src="{address}/widget.js" data-site="{site.key}"></script>',
    }
