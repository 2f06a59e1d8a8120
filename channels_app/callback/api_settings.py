"""Settings of calls over HTTP: lines and their pause, numbers that are never called, where agents are rung."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from channels_app.callback import lines, selectors
from channels_app.callback.models import AgentPhone, DoNotCall, PhoneLine
from channels_app.callback.schemas import (
    Cursor,
    DoNotCallIn,
    DoNotCallOut,
    DoNotCallPage,
    Id,
    Limit,
    LineChange,
    LineIn,
    LineOut,
    LinePage,
    LineStates,
    Ok,
    PauseIn,
    PersonPhone,
    PersonPhonePage,
    PhoneIn,
    PhoneOut,
)
from channels_app.callback.wire import line_wire
from interaction_center.access.doors import require
from interaction_center.access.selectors import names_of, people_who_may, person_who_may
from interaction_center.errors import InvalidError
from interaction_center.paging import decode_cursor, encode_cursor, first_rows, listed
from interaction_center.queue.wire import moment

router = Router(tags=["calls"])

WORK, SUPERVISE, MANAGE = "work_queue", "supervise", "manage_settings"
NULLABLE = ("site", "team", "calendar")
FIELDS = tuple(name for name in LineIn.model_fields if name not in NULLABLE)


@router.get("/callback/lines", response=LinePage)
def list_lines(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """Our telephone lines, by name."""
    require(request, WORK, MANAGE)
    return listed(selectors.all_lines(), ("name", "pk"), _line, name="phone-lines", cursor=cursor, limit=limit)


@router.post("/callback/lines", response={201: LineOut})
def create_line(request: HttpRequest, line: LineIn) -> Status[dict[str, Any]]:
    """One more of our numbers."""
    require(request, MANAGE)
    return Status(201, _line(lines.create_line(**_stored(line.model_dump()))))


@router.patch("/callback/lines/{id}", response=LineOut)
def change_line(request: HttpRequest, id: Id, change: LineChange) -> dict[str, Any]:
    """Change a line; calls that are under way go on as they began."""
    require(request, MANAGE)
    given = _stored(change.model_dump(exclude_unset=True))
    return _line(lines.update_line(line=selectors.line_by_id(id), **given))


@router.post("/callback/pause", response=LineStates)
def pause(request: HttpRequest, pause: PauseIn) -> dict[str, Any]:
    """Stop or resume dialling at once. A call that is under way goes on."""
    who = require(request, SUPERVISE).person
    line = selectors.line_by_id(pause.line) if pause.line else None
    lines.pause_lines(line=line, paused=pause.paused, by=who.public_id, now=timezone.now())
    return {"items": [line_wire(one) for one in selectors.all_lines()]}


@router.get("/callback/do-not-call", response=DoNotCallPage)
def list_do_not_call(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """Numbers that are never called, the latest first."""
    require(request, SUPERVISE)
    after = decode_cursor("do-not-call", cursor)
    found, last = first_rows(DoNotCall.objects.all(), ("-pk",), after=after, limit=limit)
    names = names_of({entry.user for entry in found if entry.user})
    return {"items": [_entry(entry, names) for entry in found], "next": encode_cursor("do-not-call", last)}


@router.post("/callback/do-not-call", response={201: DoNotCallOut})
def add_do_not_call(request: HttpRequest, entry: DoNotCallIn) -> Status[dict[str, Any]]:
    """Never call this number again. One that is on the list stays as it is."""
    who = require(request, SUPERVISE).person
    added = lines.add_do_not_call(**entry.model_dump(), by=who.public_id, now=timezone.now())
    return Status(201, _entry(added, names_of({added.user} - {""})))


@router.delete("/callback/do-not-call/{id}", response=Ok)
def remove_do_not_call(request: HttpRequest, id: Id) -> dict[str, Any]:
    """It may be called again when its owner asks for it."""
    require(request, SUPERVISE)
    lines.remove_do_not_call(entry=selectors.do_not_call_by_id(id))
    return {"ok": True}


@router.get("/callback/my-phone", response=PhoneOut)
def my_phone(request: HttpRequest) -> dict[str, Any]:
    """Where I am rung."""
    return _phone(selectors.phone_of(require(request, WORK).person.public_id))


@router.put("/callback/my-phone", response=PhoneOut)
def change_my_phone(request: HttpRequest, phone: PhoneIn) -> dict[str, Any]:
    """Be rung at a number in a country that our lines ring, in the console, or not at all."""
    return _changed(require(request, WORK).person.public_id, phone, everywhere=False)


@router.get("/callback/phones", response=PersonPhonePage)
def list_phones(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """Everybody who works in the queue, and where they are rung; by name."""
    require(request, MANAGE)
    after = decode_cursor("phones", cursor)
    people, last = first_rows(people_who_may(WORK), ("name", "pk"), after=after, limit=limit)
    phones = {phone.user: phone for phone in AgentPhone.objects.filter(user__in=[one.public_id for one in people])}
    items = [{"id": one.public_id, "name": str(one)} | _phone(phones.get(one.public_id)) for one in people]
    return {"items": items, "next": encode_cursor("phones", last)}


@router.put("/callback/phones/{user}", response=PersonPhone)
def change_phone(request: HttpRequest, user: Id, phone: PhoneIn) -> dict[str, Any]:
    """Where somebody is rung: in any country, since an administrator says so."""
    require(request, MANAGE)
    person = person_who_may(WORK, user)
    return {"id": person.public_id, "name": str(person)} | _changed(person.public_id, phone, everywhere=True)


def _changed(user: str, phone: PhoneIn, *, everywhere: bool) -> dict[str, Any]:
    if phone.kind == "none":
        lines.forget_phone(user=user)
        return _phone(None)
    if phone.kind == "number" and not phone.number:
        sentence = "Give the number at which you are rung, like +49 30 123456."
        raise InvalidError(sentence, number=sentence)
    number = phone.number if phone.kind == "number" else ""
    return _phone(lines.set_phone(user=user, number=number, countries=lines.EVERY_COUNTRY if everywhere else None))


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    """Columns hold "" where the API says null; a null for anything that can't be empty changes nothing."""
    return {
        name: "" if value is None else value for name, value in values.items() if value is not None or name in NULLABLE
    }


def _line(line: PhoneLine) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in FIELDS},
        **{name: getattr(line, name) or None for name in NULLABLE},
        "id": line.public_id,
        "paused_at": moment(line.paused_at),
        "paused_by": line.paused_by,
        "web_hook": f"{settings.PUBLIC_BASE_URL}/cb/in/{line.public_id}",
    }


def _entry(entry: DoNotCall, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": entry.public_id,
        "number": entry.number,
        "reason": entry.reason,
        "by": names.get(entry.user, ""),
        "at": moment(entry.created_at),
    }


def _phone(phone: AgentPhone | None) -> dict[str, Any]:
    if phone is None:
        return {"kind": "none", "number": ""}
    return {"kind": "number" if phone.number else "softphone", "number": phone.number}
