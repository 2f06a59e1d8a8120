"""`setuplink`: print a one-time address that makes an administrator."""

from typing import Any

from django.core.management.base import BaseCommand

from interaction_center.access.selectors import setup_address
from interaction_center.access.services import create_setup_link


class Command(BaseCommand):
    """Earlier links that nobody has used stop working."""

    help = "Print a one-time address that makes an administrator. Earlier unused ones stop working."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the link and print it."""
        self.stdout.write(setup_address(create_setup_link()))
