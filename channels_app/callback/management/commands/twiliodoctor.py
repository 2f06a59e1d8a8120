"""`twiliodoctor`: say whether real calls would work, and what to do where they would not."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from channels_app.callback.doctor import Line, Verdict, examine


class Command(BaseCommand):
    """Exit code 0 when nothing fails. docs/twilio.md explains each check."""

    help = "Check the Twilio account, its numbers, their webhooks, permissions and the clock; one line for each."

    def add_arguments(self, parser: CommandParser) -> None:
        """Numbers, countries, and leave to mend."""
        parser.add_argument(
            "--number",
            action="append",
            default=[],
            metavar="+493012345[=LINE]",
            help="a number of ours, with the id of its line when its webhook shall be compared or mended",
        )
        parser.add_argument("--country", action="append", default=[], metavar="DE", help="a country that is called")
        parser.add_argument("--fix", action="store_true", help="set the webhooks of the numbers right")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each check, as soon as it is done."""
        failed = 0
        countries = [country.upper() for country in options["country"]]
        for check in examine(map(line_of, options["number"]), countries, mend=options["fix"]):
            self.stdout.write(f"{check.verdict:<5}{check.name:<16}{check.text}")
            failed += check.verdict is Verdict.BAD
        if failed:
            raise CommandError(f"{failed} of the checks failed: calls will not work as they should.")


def line_of(words: str) -> Line:
    """`+493012345` or `+493012345=LINE`."""
    number, _, line = words.partition("=")
    return Line(number, f"{settings.PUBLIC_BASE_URL}/cb/in/{line}" if line else "")
