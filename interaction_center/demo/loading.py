"""Fills an empty centre with an invented company, its knowledge, its customers and two weeks of work."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction

from interaction_center.demo import cast
from interaction_center.demo.content import read
from interaction_center.demo.devices import install_devices
from interaction_center.demo.house import House, SignIn, build_house
from interaction_center.demo.knowledge import write_knowledge
from interaction_center.demo.story import Story
from interaction_center.demo.telephones import connect_telephones
from interaction_center.envelope import Address, InboundEnvelope, Proof
from interaction_center.queue.intake import receive_envelope

SEED = 20417
SIGN_INS = "demo-sign-ins.txt"


@transaction.atomic
def fill(*, now: datetime, seed: int = SEED) -> list[SignIn]:
    """All of it or nothing. `now` is where the two weeks end."""
    house, rng = build_house(), Random(seed)  # noqa: S311  invented conversations, not secrets
    connect_telephones(house)
    write_knowledge(house.sign_ins[0].user)
    content = read("conversations")["conversation"]
    customers = cast.people(read("people")["customers"], rng)
    for plan in cast.plans(content, customers, _codes(), now=now, rng=rng):
        Story(plan, house, rng).play()
    install_devices(customers)
    _odd_ones(house, now)
    return house.sign_ins


def sign_in_table(sign_ins: list[SignIn]) -> str:
    """Who may sign in, with their passwords, for a person's eyes."""
    rows = [(s.user.role.name if s.user.role else "", s.user.email, s.password) for s in sign_ins]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines)


def sign_in_file() -> Path:
    """Where the passwords of the demo are kept, readable by the owner of the data folder only."""
    return Path(settings.DATA_DIR) / SIGN_INS


def keep_sign_ins(sign_ins: list[SignIn]) -> None:
    """Writes the file anew, never readable by others, not even for a moment."""
    path = sign_in_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{settings.PUBLIC_BASE_URL}/console/\n\n{sign_in_table(sign_ins)}\n")


def _codes() -> dict[str, list[str]]:
    """Device family -> error codes that a customer writes about (not the dangerous ones: those people phone about)."""
    codes: dict[str, list[str]] = {}
    for entry in read("codes")["code"]:
        if entry["severity"] != "danger":
            codes.setdefault(entry["device"], []).append(entry["code"])
    return codes


def _odd_ones(house: House, now: datetime) -> None:
    """What every mailbox also gets: a machine's mail, and one that nobody can read."""
    newsletter = _mail(house, "demo.newsletter", "news@filmwelt.example", now - timedelta(hours=5))
    receive_envelope(newsletter)
    receive_envelope(_unreadable(house, now - timedelta(hours=3)))


def _mail(house: House, name: str, sender: str, at: datetime) -> InboundEnvelope:
    return InboundEnvelope(
        channel="email",
        account=house.mailboxes["First line"],
        external_id=name,
        sender=(Address("email", sender, Proof.RECEIVED),),
        received_at=at,
        text="Our spring catalogue is here: films, gel and pens at new prices. You get this mail as a customer.",
        sender_name="Filmwelt News",
        subject="The spring catalogue is here",
        language="en",
        automatic=True,
        team=house.teams["First line"].public_id,
    )


def _unreadable(house: House, at: datetime) -> InboundEnvelope:
    return InboundEnvelope(
        channel="email",
        account=house.mailboxes["First line"],
        external_id="demo.unreadable",
        sender=(Address("email", "scanner@praxis-nebenan.example", Proof.RECEIVED),),
        received_at=at,
        text=(
            "This mail could not be read: its form is broken.\n"
            "Diese Mail konnte nicht gelesen werden: ihr Aufbau ist fehlerhaft."
        ),
        subject="Scan 0007",
        automatic=True,
        quarantine="broken",
        team=house.teams["First line"].public_id,
    )
