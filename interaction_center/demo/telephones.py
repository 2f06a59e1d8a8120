"""The telephones of the demo: two lines of the company, one desk for everybody who takes calls, and the customers'.

All numbers are of ranges that are reserved for fiction, so that nobody has them: for Germany by the Bundesnetzagentur
(“Rufnummern für Film- und Fernsehproduktionen”), for the United Kingdom by Ofcom (“numbers for use in drama”).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from channels_app.callback.lines import create_line, set_phone
from channels_app.callback.models import AgentPhone, Mode, PhoneLine
from channels_app.callback.numbers import display
from interaction_center.access.models import User
from interaction_center.access.policy import AGENT
from interaction_center.access.selectors import names_of
from interaction_center.access.services import create_calendar
from interaction_center.demo.house import COMPANY, House

SERVICE, BILLING = "+494066969100", "+496990009200"
CUSTOMERS = ("+4915228817386", "+493023125900", "+442079460123")
FIRST_DESK = 493023125011
COUNTRIES = ["DE", "AT", "CH", "GB"]
_FICTION = re.compile(r"\+493023125\d{3}|\+442079460\d{3}|\+4915228817386")
_ROUND_THE_CLOCK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@dataclass(frozen=True, slots=True)
class Contact:
    """A number and whose it is; `shown` is the number as people write it."""

    number: str
    shown: str
    name: str = ""


def connect_telephones(house: House) -> None:
    """Lines and desks. The service line is open round the clock: a demo that sleeps at night shows nothing."""
    always = create_calendar(name="Callbacks, round the clock", time_zone="Europe/Berlin", hours=_ROUND_THE_CLOCK)
    create_line(
        name=f"{COMPANY} service",
        number=SERVICE,
        mode=Mode.AGENT_FIRST,
        site=house.site.key,
        team=house.teams["First line"].public_id,
        calendar=always.public_id,
        countries=COUNTRIES,
        quiet_until="00:00",
        quiet_from="24:00",
        records=True,  # only once both have said yes
        slot_minutes=60,
        days_ahead=3,  # round the clock that is a list that one can still read
    )
    create_line(
        name=f"{COMPANY} billing",
        number=BILLING,
        mode=Mode.CUSTOMER_FIRST,
        team=house.teams["Billing"].public_id,
        countries=COUNTRIES,
    )
    for place, user in enumerate(_who_take_calls(house)):
        set_phone(user=user.public_id, number=f"+{FIRST_DESK + place}")


def _who_take_calls(house: House) -> list[User]:
    """Agents first, then whoever leads them; the administrator takes none."""
    people = [sign_in.user for sign_in in house.sign_ins if sign_in.user.teams.exists()]
    return sorted(people, key=lambda user: user.role is None or user.role.name != AGENT)


def company_lines(language: str) -> list[Contact]:
    """Whom customers can call."""
    lines = PhoneLine.objects.filter(active=True).order_by("pk")
    return [Contact(line.number, display(line.number, language), str(line)) for line in lines]


def desks(language: str) -> list[Contact]:
    """The telephones of agents that ring on the demo page; never one that somebody really has."""
    phones = [phone for phone in AgentPhone.objects.order_by("number") if _FICTION.fullmatch(phone.number)]
    names = names_of([phone.user for phone in phones])
    return [Contact(phone.number, display(phone.number, language), names.get(phone.user, "")) for phone in phones]


def customers(language: str) -> list[Contact]:
    """Numbers to be called at."""
    return [Contact(number, display(number, language)) for number in CUSTOMERS]


def are_for_playing(numbers: Collection[str]) -> bool:
    """Whether whoever plays may pick up these telephones: not those of people who work here, nor our own lines."""
    real = [number for number in numbers if not _FICTION.fullmatch(number)]
    if not real:
        return True
    is_ours = AgentPhone.objects.filter(number__in=real).exists() or PhoneLine.objects.filter(number__in=real).exists()
    return not is_ours
