"""`loaddemo`: an invented company to try the centre out with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from interaction_center.access.models import User
from interaction_center.demo import loading
from interaction_center.demo.house import is_built


class Command(BaseCommand):
    help = "Fill an empty centre with an invented service company, its knowledge, customers and two weeks of work."

    def handle(self, *args: Any, **options: Any) -> None:
        if is_built():
            self.stdout.write(f"The demo data are there already. Passwords: {loading.sign_in_file()}")
            return
        if User.objects.exists():
            raise CommandError("This centre has people already; demo data are only for an empty one.")
        sign_ins = loading.fill(now=timezone.now())
        loading.keep_sign_ins(sign_ins)
        self.stdout.write("\nSign in to the console of the demo as (shown only now):\n")
        self.stdout.write("\n".join(f"  {line}" for line in loading.sign_in_table(sign_ins).splitlines()))
