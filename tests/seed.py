"""The people and doors that every test centre has: known names, one password, one site, one mailbox, always open."""

from channels_app.email.models import Mailbox
from interaction_center.access.models import BusinessCalendar, Role, Site, Team
from interaction_center.access.policy import ADMINISTRATOR, AGENT
from interaction_center.access.services import create_user, ensure_builtin_roles
from interaction_center.routing.models import Agent

PASSWORD = "plenty-of-glass-beads"
ADMIN, ANNA, BEN = "admin@center.test", "anna@center.test", "ben@center.test"
MAILBOX = "service@center.test"
SITE_KEY = "testsitekey12345"
SITE_SECRET = "0" * 64
SITE_ORIGIN = "http://shop.test"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def fill() -> None:
    """One administrator, two agents in one team, one site of that team, one mailbox."""
    ensure_builtin_roles()
    calendar = BusinessCalendar.objects.create(name="Always", hours={day: [["00:00", "24:00"]] for day in DAYS})
    team = Team.objects.create(name="Test team", calendar=calendar)
    create_user(email=ADMIN, name="Ada Admin", role=Role.objects.get(name=ADMINISTRATOR), password=PASSWORD)
    for email, name in ((ANNA, "Anna Agent"), (BEN, "Ben Agent")):
        role = Role.objects.get(name=AGENT)
        Agent.objects.create(user=create_user(email=email, name=name, role=role, teams=[team], password=PASSWORD))
    Site.objects.create(
        key=SITE_KEY,
        name="Test site",
        origins=[SITE_ORIGIN],
        team=team,
        calendar=calendar,
        identity_secret=SITE_SECRET,
        greeting={"en": "How can we help?", "de": "Wie können wir helfen?"},
        mail_from=MAILBOX,
    )
    Mailbox.objects.create(address=MAILBOX, name="Test service", team=team.public_id, calendar=calendar.public_id)
