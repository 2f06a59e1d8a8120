"""Verbs of the settings: our lines and their pause, numbers that are never called, where agents are rung.

People are named by their public ids.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import phonenumbers
from django.db import transaction
from phonenumbers import NumberParseException, PhoneNumberFormat

from channels_app.callback.models import AgentPhone, DoNotCall, PhoneLine
from channels_app.callback.numbers import NumberProblem, read_number
from channels_app.callback.selectors import countries_rung
from channels_app.callback.telling import LinesChanged
from interaction_center.access.selectors import site_by_key
from interaction_center.access.services import check_door
from interaction_center.due_work import wake
from interaction_center.errors import InvalidError, NotFoundError
from interaction_center.events import publish_on_commit

DIALLER = "callbacks"
EVERY_COUNTRY = frozenset(phonenumbers.SUPPORTED_REGIONS)

CHANGED = "phone_lines"  # rung whenever a line was saved


# Lines


@transaction.atomic
def create_line(**values: Any) -> PhoneLine:
    """One more of our numbers. InvalidError names the field that is wrong."""
    return _saved(PhoneLine(), values)


@transaction.atomic
def update_line(*, line: PhoneLine, **values: Any) -> PhoneLine:
    """Change what is given. Locked and read anew: the hours are checked as a whole, with what others changed."""
    return _saved(PhoneLine.objects.select_for_update(no_key=True).get(pk=line.pk), values)


def _saved(line: PhoneLine, values: Mapping[str, Any]) -> PhoneLine:
    for name, value in values.items():
        setattr(line, name, value)
    line.number = own_number(line.number)
    _check(line)
    line.save()
    publish_on_commit(LinesChanged())
    wake(DIALLER)
    wake(CHANGED)
    return line


def _check(line: PhoneLine) -> None:
    """What a schema can't see: other rows, and values that belong together."""
    if not line.name.strip():
        raise _wrong("name", "Give it a name.")
    if PhoneLine.objects.filter(number=line.number).exclude(pk=line.pk).exists():
        raise _wrong("number", f"“{line.number}” is already in use.")
    if not line.quiet_until < line.quiet_from:
        raise _wrong("quiet_from", "The evening, when calling ends, must be later than the morning, when it begins.")
    check_door(team=line.team, calendar=line.calendar)
    _check_site(line.site)
    unknown = sorted(set(line.countries) - EVERY_COUNTRY)
    if unknown:
        raise _wrong("countries", f"“{unknown[0]}” is no country code: write DE, AT, CH.")


def _check_site(key: str) -> None:
    if not key:
        return
    try:
        site_by_key(key)
    except NotFoundError as error:
        raise _wrong("site", "There is no such site any more. Choose another one.") from error


@transaction.atomic
def pause_lines(*, line: PhoneLine | None, paused: bool, by: str, now: datetime) -> None:
    """Stop or resume dialling at once, on one line or on all. A call that is under way goes on."""
    lines = PhoneLine.objects.filter(paused_at__isnull=paused)
    if line is not None:
        lines = lines.filter(pk=line.pk)
    locked = lines.select_for_update(no_key=True).order_by("pk")  # as all who lock them
    keys = list(locked.values_list("pk", flat=True))
    PhoneLine.objects.filter(pk__in=keys).update(paused_at=now if paused else None, paused_by=by if paused else "")
    publish_on_commit(LinesChanged())
    wake(DIALLER)


# Numbers that are never called


@transaction.atomic
def add_do_not_call(*, number: str, reason: str, by: str, now: datetime) -> DoNotCall:
    """Never ring this number again; the same one twice is one row. InvalidError for what is no number."""
    facts = {"reason": reason.strip(), "user": by, "created_at": now}
    entry, _is_new = DoNotCall.objects.get_or_create(number=own_number(number), defaults=facts)
    wake(DIALLER)
    return entry


@transaction.atomic
def remove_do_not_call(*, entry: DoNotCall) -> None:
    """It may be rung again when its owner asks for it."""
    entry.delete()


# Where agents are rung


@transaction.atomic
def set_phone(*, user: str, number: str, countries: Collection[str] | None = None) -> AgentPhone:
    """The telephone of an agent; "" = the softphone in the console.

    Without `countries`, those that our lines ring: it is we who pay for that call. InvalidError for others.
    """
    e164 = _ringable(number, countries_rung() if countries is None else countries) if number.strip() else ""
    phone, _is_new = AgentPhone.objects.update_or_create(user=user, defaults={"number": e164})
    wake(DIALLER)
    return phone


@transaction.atomic
def forget_phone(*, user: str) -> None:
    """This agent is not rung at all."""
    AgentPhone.objects.filter(user=user).delete()


def own_number(text: str) -> str:
    """A number with its country code as E.164, of whatever kind: ours may be free of charge. InvalidError."""
    try:
        parsed = phonenumbers.parse(text)
    except NumberParseException as error:
        raise _no_number() from error
    if not phonenumbers.is_valid_number(parsed):
        raise _no_number()
    parsed.extension = None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def _ringable(text: str, countries: Collection[str]) -> str:
    try:
        number = read_number(text, min(countries, default="DE"), countries).e164
    except NumberProblem as problem:
        raise InvalidError(problem.message, problem.code, number=problem.message) from problem
    if PhoneLine.objects.filter(number=number).exists():
        raise _wrong("number", "This is one of our lines. Give the number of your own telephone.")
    return number


def _no_number() -> InvalidError:
    return _wrong("number", "This is no telephone number. Write it with its country code, like +49 30 123456.")


def _wrong(field: str, sentence: str) -> InvalidError:
    return InvalidError(sentence, **{field: sentence})
