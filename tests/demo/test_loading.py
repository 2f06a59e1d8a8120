"""The invented company: complete, consistent, and there only once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from random import Random
from stat import S_IMODE

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from channels_app.callback.models import AgentPhone, PhoneLine
from channels_app.callback.numbers import read_number
from interaction_center.access.models import Site, Team, User
from interaction_center.access.selectors import mailbox_of
from interaction_center.customers.models import Customer, SuspectedMatch
from interaction_center.demo import cast
from interaction_center.demo.content import read
from interaction_center.demo.house import mail_address
from interaction_center.demo.loading import fill, sign_in_file
from interaction_center.demo.telephones import COUNTRIES, customers, desks
from interaction_center.queue.models import Entry, Interaction, Outbox
from interaction_center.routing.selectors import agents_with_load
from kb.models import Article, ErrorCode
from kb.services import suggest

pytestmark = pytest.mark.django_db
MAX_QUERIES = 7500


@dataclass(frozen=True, slots=True)
class Company:
    """When it was loaded, and by how many queries."""

    now: datetime
    queries: int


def counts() -> dict[str, int]:
    models = (User, Team, Site, Customer, Interaction, Entry, Article, ErrorCode)
    return {model.__name__: model.objects.count() for model in models}


@pytest.fixture
def data_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_loading_twice_makes_nothing_double_and_tells_the_passwords_once(data_folder: Path) -> None:
    first, second = StringIO(), StringIO()
    call_command("loaddemo", stdout=first)
    before = counts()
    call_command("loaddemo", stdout=second)
    assert counts() == before
    assert "admin@lichthafen.example" in first.getvalue()
    assert "there already" in second.getvalue()
    passwords_work_and_are_kept_for_their_owner_only()


def passwords_work_and_are_kept_for_their_owner_only() -> None:
    assert S_IMODE(sign_in_file().stat().st_mode) == 0o600
    rows = [line.split() for line in sign_in_file().read_text().splitlines()[2:]]
    assert len(rows) == 5
    assert all(User.objects.get(email=row[-2]).check_password(row[-1]) for row in rows)


def test_a_centre_that_people_use_gets_no_demo_data() -> None:
    User.objects.create_user("real@center.test", name="Real")
    with pytest.raises(CommandError, match="only for an empty one"):
        call_command("loaddemo", stdout=StringIO())


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Company]:
    """Loaded once for the tests that only look; each of them runs inside this transaction."""
    now = timezone.now()
    with django_db_blocker.unblock(), transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            fill(now=now)
        yield Company(now, len(queries))
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("domain", "address"), [("localhost", "support@lichthafen.example"), ("mail.test", "support@mail.test")]
)
def test_the_companys_mailbox_is_in_the_domain_of_the_centre_else_in_its_own(
    settings: Settings, domain: str, address: str
) -> None:
    settings.CONFIG = settings.CONFIG.model_copy(update={"mail_domain": domain})
    assert mail_address("support") == address


def test_the_company_can_be_written_to_where_its_site_says(company: Company) -> None:
    assert Site.objects.get().mail_from == mail_address("support")
    assert mailbox_of(Site.objects.get()) == mail_address("support")


def test_the_company_is_complete_and_cheap(company: Company) -> None:
    assert company.queries < MAX_QUERIES
    assert set(Team.objects.values_list("name", flat=True)) == {"First line", "Imaging support", "Billing"}
    assert Article.objects.count() == 2 * len(read("articles")["article"]) >= 50
    assert ErrorCode.objects.count() == 2 * 40
    assert set(Interaction.objects.values_list("state", flat=True)) == {"waiting", "assigned", "closed"}
    assert Interaction.objects.count() == cast.CONVERSATIONS + 2
    assert Interaction.objects.filter(quarantined=True).count() == 1
    assert SuspectedMatch.objects.exists()


def test_whoever_is_played_first_has_room_for_all_that_waits_and_for_a_callback(company: Company) -> None:
    waiting = Interaction.objects.filter(state="waiting").count()
    assert all(agent.capacity - agent.load > waiting for agent in agents_with_load(company.now))


def test_whoever_takes_calls_has_a_desk_with_a_number_that_nobody_has(company: Company) -> None:
    lines = PhoneLine.objects.order_by("pk").values_list("mode", "records")
    assert list(lines) == [("agent_first", True), ("customer_first", False)]
    for number in PhoneLine.objects.values_list("number", flat=True):
        assert read_number(number, "DE", COUNTRIES).e164 == number
    shown = desks("en")
    assert [desk.name for desk in shown] == ["Mika Brandt", "Jonas Feld", "Thea Lund", "Vera Sandström"]
    assert len(shown) == AgentPhone.objects.count()
    assert all(read_number(contact.number, "DE", COUNTRIES) for contact in [*shown, *customers("en")])


def test_every_log_is_gapless_ordered_in_time_and_in_the_past(company: Company) -> None:
    logs: dict[int, list[Entry]] = {}
    for entry in Entry.objects.order_by("interaction", "seq"):
        logs.setdefault(entry.interaction_id, []).append(entry)
    for interaction in Interaction.objects.all():
        log = logs[interaction.pk]
        times = [entry.created_at for entry in log]
        assert [entry.seq for entry in log] == list(range(1, interaction.seq + 1))
        assert times == sorted(times)
        assert times[-1] == interaction.last_entry_at <= company.now
    assert not Interaction.objects.filter(state="closed", closed_at=None).exists()


def test_nothing_of_the_past_is_sent_again(company: Company) -> None:
    assert Outbox.objects.exists()
    assert not Outbox.objects.exclude(state="done").exists()
    assert not Entry.objects.filter(delivery="pending").exists()


def test_the_same_moment_and_seed_give_the_same_conversations() -> None:
    now = datetime(2031, 3, 5, 10, tzinfo=UTC)
    scripts, rows = read("conversations")["conversation"], read("people")["customers"]
    codes = {"Aurelia MR": ["M-101"], "Kestrel DX": ["X-1207"], "Sonora US": ["S-01"], "Filma P": ["P-10"]}

    def planned() -> list[cast.Plan]:
        rng = Random(7)
        return cast.plans(scripts, cast.people(rows, rng), codes, now=now, rng=rng)

    assert planned() == planned()
    assert all(plan.starts_at < now for plan in planned())


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("I forgot my password", "reset-password"),
        ("Wo finde ich meine Rechnung?", "find-invoice"),
        ("paper jam in the printer", "printer-film-jam"),
        ("Papierstau im Drucker", "printer-film-jam"),
        ("Roentgengeraet kalibrieren", "xray-calibrate-detector"),
        ("ultrasound probe not recognized", "us-probe-not-found"),
        ("Helium sinkt", "mr-helium-level"),
        ("when does my parcel arrive", "delivery-time"),
        ("goodwill refund", ""),
        ("winter check fixed price", ""),
        ("What is the capital of France?", ""),
    ],
)
def test_customers_find_the_right_article_and_no_internal_one(company: Company, question: str, slug: str) -> None:
    found = [suggestion.path for suggestion in suggest(question)]
    if slug:
        assert found[0] in {f"/help/en/{slug}", f"/help/de/{slug}"}
    assert not any(word in path for path in found for word in ("goodwill", "winter", "handover"))
