"""Work that could not be done is seen and tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from channels_app.email.models import Mailbox, RawMail
from interaction_center.access.models import User
from interaction_center.access.policy import SUPERVISOR
from interaction_center.queue.models import Entry, Outbox
from tests.access.builders import a_user, signed_in
from tests.console.builders import a_mail, get, post, refused, send
from tests.email.builders import mail, mailbox, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def sue() -> User:
    return a_user("Sue Supervisor", role=SUPERVISOR)


@pytest.fixture
def client(sue: User) -> Client:
    return signed_in(sue)


def a_dead_answer(client: Client) -> Outbox:
    path = f"/interactions/{a_mail().public_id}"
    post(client, f"{path}/take")
    post(client, f"{path}/reply", {"client_id": "1", "body": "Hello"})
    Outbox.objects.update(state="dead", last_error="550 no such user", attempts=10)
    Entry.objects.filter(outbox__isnull=False).update(delivery="failed")
    return Outbox.objects.get()


def test_dead_work_is_listed_with_its_reason_and_tried_again(client: Client) -> None:
    outbox = a_dead_answer(client)
    row = get(client, "/work")["items"][0]
    assert (row["kind"], row["id"], row["last_error"]) == ("deliveries", outbox.public_id, "550 no such user")
    post(client, f"/work/deliveries/{outbox.public_id}/retry")
    assert get(client, "/work")["items"] == []
    assert get(client, "/work", state="due")["items"][0]["attempts"] == 0


def test_all_dead_work_of_a_kind_is_tried_again(client: Client) -> None:
    a_dead_answer(client)
    assert post(client, "/work/deliveries/retry") == {"retried": 1}
    assert post(client, "/work/mail_in/retry") == {"retried": 0}
    assert get(client, "/work")["items"] == []
    assert get(client, "/work", state="due")["items"][0]["attempts"] == 0


def test_work_of_every_kind_is_paged_in_the_order_in_which_it_is_due(client: Client) -> None:
    due = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for number in range(3):
        path = f"/interactions/{a_mail(sender=f'c{number}@example.org').public_id}"
        post(client, f"{path}/take")
        post(client, f"{path}/reply", {"client_id": "1", "body": "Hello"})
        received(mail(f"mail {number}"), Mailbox.objects.first() or mailbox())
    for model, minutes in ((Outbox, (0, 2, 2)), (RawMail, (1, 2, 3))):
        for row, minute in zip(model.objects.all(), minutes, strict=True):
            model.objects.filter(pk=row.pk).update(state="dead", due_at=due + timedelta(minutes=minute))
    whole = get(client, "/work", limit=200)["items"]
    assert [row["due_at"][14:16] for row in whole] == ["00", "01", "02", "02", "02", "03"]
    for limit in (1, 2, 4):
        page = get(client, "/work", limit=limit)
        found = page["items"]
        while page["next"]:
            page = get(client, "/work", limit=limit, cursor=page["next"])
            found += page["items"]
        assert found == whole


def test_an_agent_sends_a_failed_answer_again(client: Client) -> None:
    outbox = a_dead_answer(client)
    entry = outbox.entry
    path = f"/interactions/{entry.interaction.public_id}"
    log = get(client, f"{path}/entries")["items"]
    assert next(item["error"] for item in log if item["delivery"] == "failed") == "550 no such user"
    post(client, f"{path}/resend", {"entry": entry.public_id})
    assert get(client, f"{path}/entries")["items"][-1]["delivery"] == "pending"


def test_what_was_never_sent_is_not_sent_again(client: Client) -> None:
    interaction, other = a_mail(), a_mail(sender="b@example.org")
    path = f"/interactions/{interaction.public_id}/resend"
    refused(send(client, "POST", path, {"entry": f"{interaction.public_id}-2"}), 404, "not_found")
    refused(send(client, "POST", path, {"entry": f"{other.public_id}-2"}), 404, "not_found")


@pytest.mark.parametrize("path", ["/work/deliveries/none/retry", "/work/nothing/none/retry", "/work/nothing/retry"])
def test_unknown_work_is_not_found(client: Client, path: str) -> None:
    refused(send(client, "POST", path), 404, "not_found")
