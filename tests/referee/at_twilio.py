"""A centre with a Twilio account whose hosts are elsewhere: TWILIO_IS_AT=http://… python -m tests.referee.at_twilio …

Everything else is as with the real one. All words go to Django.
"""

import os
import sys

import django
from django.core.management import execute_from_command_line

from channels_app.callback import accounts


def main() -> None:
    """Lead the hosts of Twilio to one address, then do what was asked for."""
    django.setup()
    elsewhere = tuple((host, os.environ["TWILIO_IS_AT"]) for host, _ in accounts.REAL_HOSTS)
    vars(accounts).update(REAL_HOSTS=elsewhere)
    execute_from_command_line(["django", *sys.argv[1:]])


if __name__ == "__main__":
    main()
