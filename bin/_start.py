"""The second half of bin/serve, run by the Python of .venv: migrate, fill, say where everything is, serve.

One process from here on: each further Python would cost the second start a second.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import Error as DatabaseError
from django.db import connection, connections, transaction
from django.utils.module_loading import import_string
from pydantic import ValidationError

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ["DATA_DIR"])
MIGRATED = DATA_DIR / ".migrated"
FILLED = DATA_DIR / ".filled"


def main() -> int:
    """Everything up to the moment where the server takes over."""
    remember_choice()
    django.setup()
    migrate_when_needed()
    fill_when_new()
    announce()
    connections.close_all()
    call_command("runcenter", host=os.environ["WEB_HOST"], port=int(os.environ["WEB_PORT"]))
    return 0


def remember_choice() -> None:
    """A centre first started without demo data stays without, whatever a later start says."""
    if FILLED.exists() and FILLED.read_text() == "no-demo":
        os.environ["DEMO"] = "0"


def wants_demo() -> bool:
    """As the settings read it."""
    return bool(settings.CONFIG.demo)


def migrate_when_needed() -> None:
    """Run the migrations unless this data folder has seen exactly these and still has its database."""
    wanted = schema_digest()
    database = DATA_DIR / "center.sqlite3"
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite and database.exists() and MIGRATED.exists() and MIGRATED.read_text() == wanted:
        return
    print("Database …", end="", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    print(" ready", flush=True)
    MIGRATED.write_text(wanted)


def schema_digest() -> str:
    """One hash over our migrations and the versions of everyone else's."""
    total = hashlib.sha256((ROOT / "requirements" / "run.txt").read_bytes())
    for package in ("interaction_center", "channels_app", "kb"):
        for path in sorted((ROOT / package).glob("**/migrations/*.py")):
            total.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return total.hexdigest()


def fill_when_new() -> None:
    """Demo data on the very first start; without it, a link while nobody can manage the centre."""
    is_first = not FILLED.exists()
    if is_first and wants_demo() and not has_people():
        with transaction.atomic():  # a start that is broken off leaves an empty centre, not half a demo
            call_command("loaddemo")
    needs_setup = import_string("interaction_center.access.selectors.needs_setup")  # models load after the setup
    if not wants_demo() and needs_setup():
        print("\nOpen this link once to make yourself the first administrator:", flush=True)
        call_command("setuplink")
    if is_first:
        FILLED.write_text("demo" if wants_demo() else "no-demo")


def has_people() -> bool:
    """A database that somebody already uses never gets demo data."""
    return get_user_model().objects.exists()


def announce() -> None:
    """The addresses."""
    base, port = settings.PUBLIC_BASE_URL, os.environ["SMTP_PORT"]
    print(f"\n  Console   {base}/console/")
    if wants_demo():
        print(f"  Demo      {base}/demo/    be the customer: chat, mail, pick up the telephone")
    calls = "by Twilio" if settings.CONFIG.twilio_account_sid else "in a box: no real telephone can ring"
    print(f"  Calls     {calls} (docs/twilio.md)")
    print(f"  Mail in   {os.environ['SMTP_HOST']}:{port} (SMTP)")
    print(f"  API       {base}/api/docs")
    print("\nCtrl-C stops the centre.", flush=True)


def one_line(error: ValidationError) -> str:
    """The first setting that is wrong, by the name under which it is set."""
    first = error.errors()[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "A setting"
    return f"{name}: {first['msg']}. Correct it in .env or in the environment"


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    try:
        sys.exit(main())
    except ValidationError as error:
        sys.exit(f"serve: {one_line(error)}")
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        sys.exit(f"serve: the database cannot be used ({reason}): check DATABASE_URL and the data folder")
    except KeyboardInterrupt:
        sys.exit(130)
