"""`twiliodoctor`: say whether real calls would work, and what to do where they would not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from channels_app.callback.doctor import Verdict, examine, lines_to_examine


class Command(BaseCommand):
    """Exit code 0 when nothing fails. docs/twilio.md explains each check."""

    help = "Check the Twilio account, its numbers, their webhooks, permissions and the clock; one line for each."

    def add_arguments(self, parser: CommandParser) -> None:
        """Numbers, further countries, and leave to mend."""
        parser.add_argument(
            "--number",
            action="append",
            default=[],
            metavar="+493012345",
            help="a number of ours; without any, those of all telephone lines that are on",
        )
        parser.add_argument("--country", action="append", default=[], metavar="DE", help="a country that is called")
        parser.add_argument("--fix", action="store_true", help="set the webhooks of the numbers right")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each check, as soon as it is done."""
        failed = 0
        countries = [country.upper() for country in options["country"]]
        for check in examine(lines_to_examine(options["number"]), countries, mend=options["fix"]):
            self.stdout.write(f"{check.verdict:<5}{check.name:<16}{check.text}")
            failed += check.verdict is Verdict.BAD
        if failed:
            raise CommandError(f"{failed} of the checks failed: calls will not work as they should.")
