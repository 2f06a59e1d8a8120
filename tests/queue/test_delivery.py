"""Answers leave at least once under one name; what cannot leave is visible and can be tried again."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.utils import timezone

from interaction_center.access.models import User
from interaction_center.customers.models import Customer
from interaction_center.customers.services import claim_address, merge_customers
from interaction_center.due_work import WorkState, list_work, retry_all_work, retry_at, retry_work
from interaction_center.envelope import Address, FilePart, Forward, Receipt
from interaction_center.errors import DeliveryError, NotFoundError
from interaction_center.queue import delivery
from interaction_center.queue import services as queue
from interaction_center.queue.delivery import LEASE, deliver_due, finish_deliveries, resend
from interaction_center.queue.files import path_of, store_file
from interaction_center.queue.models import Delivery, Entry, Interaction, Outbox
from tests.access.builders import a_user
from tests.builders import NOW, Tap, a_chat, a_held_chat, a_mail, fresh, in_thread, landed
from tests.queue.sink import HOP, deliver_all

pytestmark = pytest.mark.django_db(transaction=True)

OFFLINE = DeliveryError("The mail server is away.", permanent=False)
UNKNOWN = DeliveryError("There is no such mailbox.", permanent=True)


@pytest.fixture(autouse=True)
def sinks(settings: LazySettings) -> None:
    """Two channels more."""
    HOP.attempts, HOP.answers, HOP.slow = [], [], {}
    own = {"sink": "tests.queue.sink.SinkAdapter", "chat_sink": "tests.queue.sink.ChatSinkAdapter"}
    settings.CHANNELS = settings.CHANNELS | own


def answered(
    body: str = "Please restart it.", *, channel: str = "sink", files: int = 0, to: Interaction | None = None
) -> Entry:
    """An answer that waits in the outbox."""
    user = User.objects.filter(name="Anna Agent").first() or a_user()
    interaction = to or landed(a_mail(channel=channel, data={"message_id": "<question@example.org>"}))
    if interaction.assigned_to is None:
        interaction = queue.take(interaction=interaction, user=user)
    parts = [FilePart(f"{n}.txt", "text/plain", f"file {n}".encode()) for n in range(files)]
    uploads = [store_file(part, owner=f"user:{user.public_id}").public_id for part in parts]
    return queue.reply(interaction=interaction, user=user, body=body, client_id=str(uuid4()), attachments=uploads)


def state_of(entry: Entry) -> tuple[str, str, int]:
    """Delivery as the log shows it, state and attempts of the outbox row."""
    row = Outbox.objects.select_related("entry").get(entry=entry)
    return row.entry.delivery, row.state, row.attempts


def everything_is_due() -> None:
    Outbox.objects.filter(state=WorkState.DUE).update(due_at=timezone.now() - timedelta(seconds=1))


async def test_an_answer_leaves_complete_and_once() -> None:
    entry = await in_thread(lambda: answered(files=2))
    assert await deliver_all() == 1
    assert await deliver_all() == 0
    (message,) = HOP.attempts
    assert (message.to, message.text, message.subject) == ("jo@example.org", "Please restart it.", "Printer")
    assert (message.author_name, message.language) == ("Anna Agent", "en")
    assert message.references == ("<question@example.org>",)
    assert message.data["in_reply_to"] == "<question@example.org>"
    assert [(file.filename, file.content) for file in message.files] == [("0.txt", b"file 0"), ("1.txt", b"file 1")]
    assert await in_thread(lambda: state_of(entry)) == ("sent", "done", 1)
    assert (await in_thread(Outbox.objects.get)).remote_id == "remote-1"


async def test_an_answer_is_addressed_by_a_name_that_anybody_of_the_family_gave() -> None:
    def prepare() -> None:
        nameless = Customer.objects.create()
        carla = landed(a_mail(channel="sink", sender_name="Carla"))
        merge_customers(loser=carla.customer, winner=nameless, reason="mail_link")
        answered(to=carla)

    await in_thread(prepare)
    await deliver_all()
    assert HOP.attempts[0].to_name == "Carla"


async def test_later_answers_name_all_earlier_messages_in_order() -> None:
    first = await in_thread(answered)
    await deliver_all()
    await in_thread(lambda: answered("And this.", to=fresh(first.interaction)))
    await deliver_all()
    ours = HOP.attempts[0].message_id
    assert HOP.attempts[1].references == ("<question@example.org>", ours)
    assert HOP.attempts[1].data["in_reply_to"] == "<question@example.org>"


async def test_what_fails_for_now_is_tried_again_later_under_the_same_name() -> None:
    entry = await in_thread(answered)
    HOP.answers = [OFFLINE, OFFLINE]
    waits = []
    for _ in range(3):
        await in_thread(everything_is_due)
        assert await deliver_all() == 1
        row = await in_thread(Outbox.objects.get)
        waits.append((row.due_at - timezone.now()).total_seconds())
    assert 1.5 < waits[0] <= 3
    assert 3.5 < waits[1] <= 6
    assert await in_thread(lambda: state_of(entry)) == ("sent", "done", 3)
    assert len({(message.message_id, message.delivery_id) for message in HOP.attempts}) == 1
    assert len(HOP.attempts) == 3


async def test_while_it_waits_the_log_says_pending_and_why() -> None:
    await in_thread(answered)
    HOP.answers = [OFFLINE]
    with Tap() as tap:
        await deliver_all()
    row = await in_thread(Outbox.objects.get)
    assert (row.state, row.last_error, row.lease_owner) == ("due", "The mail server is away.", "")
    assert any('"upd"' in push.frame and "The mail server is away." in push.frame for push in tap.pushes)


async def test_a_final_refusal_is_not_tried_again() -> None:
    entry = await in_thread(answered)
    HOP.answers = [UNKNOWN]
    await deliver_all()
    await in_thread(everything_is_due)
    assert await deliver_all() == 0
    assert await in_thread(lambda: state_of(entry)) == ("failed", "dead", 1)


async def test_after_the_last_attempt_it_is_laid_aside_listed_and_revived_by_a_person() -> None:
    entry = await in_thread(answered)
    await in_thread(lambda: Outbox.objects.update(max_attempts=2))
    HOP.answers = [OFFLINE, OFFLINE]
    for _ in range(2):
        await in_thread(everything_is_due)
        await deliver_all()
    assert await in_thread(lambda: state_of(entry)) == ("failed", "dead", 2)
    (shown,) = await in_thread(lambda: list_work("dead"))
    assert (shown.kind, shown.title, shown.last_error) == ("deliveries", "jo@example.org", "The mail server is away.")
    assert shown.interaction == entry.interaction.public_id
    await in_thread(lambda: retry_work("deliveries", shown.id))
    assert await in_thread(lambda: state_of(entry)) == ("pending", "due", 0)
    assert await deliver_all() == 1
    assert await in_thread(lambda: state_of(entry)) == ("sent", "done", 1)
    assert await in_thread(lambda: list_work("dead")) == []


async def test_a_relay_that_is_away_for_days_loses_no_answer() -> None:
    entry = await in_thread(answered)
    row = await in_thread(Outbox.objects.get)
    waits = (retry_at(attempt, NOW, 0.0) - NOW for attempt in range(1, row.max_attempts))
    assert sum(waits, timedelta()) >= timedelta(days=4)
    await in_thread(lambda: Outbox.objects.update(attempts=row.max_attempts - 2))
    HOP.answers = [OFFLINE]
    await deliver_all()
    await in_thread(everything_is_due)
    await deliver_all()
    assert await in_thread(lambda: state_of(entry)) == ("sent", "done", row.max_attempts)


async def test_all_that_was_laid_aside_is_revived_at_once() -> None:
    entries = await in_thread(lambda: [answered(body) for body in ("a", "b", "c")])
    HOP.answers = [UNKNOWN, UNKNOWN]
    await deliver_all()
    with Tap() as tap:
        assert await in_thread(lambda: retry_all_work("deliveries")) == 2
    assert sum('"pending"' in push.frame for push in tap.pushes) == 4  # two answers, each for staff and the customer
    assert await deliver_all() == 2
    assert {(await in_thread(lambda entry=entry: state_of(entry)))[0] for entry in entries} == {"sent"}  # type: ignore[misc]
    assert await in_thread(lambda: retry_all_work("deliveries")) == 0
    with pytest.raises(NotFoundError):
        await in_thread(lambda: retry_all_work("nonsense"))


async def test_unknown_work_is_not_revived() -> None:
    for kind, row in (("deliveries", "nowhere"), ("nonsense", "x")):
        with pytest.raises(NotFoundError):
            await in_thread(lambda kind=kind, row=row: retry_work(kind, row))  # type: ignore[misc]


async def test_only_what_was_laid_aside_is_revived() -> None:
    entry = await in_thread(answered)
    await deliver_all()
    await in_thread(lambda: resend(entry=entry))
    assert await in_thread(lambda: state_of(entry)) == ("sent", "done", 1)


async def test_an_unexpected_failure_of_a_channel_is_tried_again() -> None:
    entry = await in_thread(answered)
    HOP.answers = [ZeroDivisionError()]
    await deliver_all()
    assert await in_thread(lambda: state_of(entry)) == ("pending", "due", 1)


async def test_one_row_that_cannot_be_sent_does_not_hold_back_the_others() -> None:
    entries = await in_thread(lambda: [answered("a"), answered("b", files=1), answered("c")])
    await in_thread(lambda: path_of(entries[1].attachments.get()).unlink())
    await deliver_all()
    assert sorted(message.text for message in HOP.attempts) == ["a", "c"]
    states = await in_thread(lambda: [state_of(entry) for entry in entries])
    assert states == [("sent", "done", 1), ("pending", "due", 1), ("sent", "done", 1)]


async def test_a_row_whose_sender_died_is_sent_again_when_the_lease_is_over_and_not_before() -> None:
    await in_thread(answered)

    def died(ago: timedelta) -> int:
        return Outbox.objects.update(lease_until=timezone.now() + LEASE - ago, attempts=1)

    await in_thread(lambda: died(timedelta(0)))
    assert await deliver_all() == 0
    await in_thread(lambda: died(LEASE + timedelta(seconds=1)))
    assert await deliver_all() == 1
    assert HOP.attempts[0].message_id == (await in_thread(Outbox.objects.get)).message_id


async def test_two_rounds_at_once_send_each_answer_once() -> None:
    await in_thread(lambda: [answered(str(number)) for number in range(6)])
    await asyncio.gather(deliver_all(), deliver_all())
    assert sorted(message.text for message in HOP.attempts) == [str(number) for number in range(6)]


async def test_a_slow_delivery_holds_back_no_other_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PLACES", 2)
    HOP.slow["slow"] = asyncio.Event()
    slow = await in_thread(lambda: answered("slow"))
    assert await deliver_due() == 1
    for body in ("a", "b", "c"):
        entry = await in_thread(lambda body=body: answered(body))  # type: ignore[misc]
        assert await deliver_due() == 1
        assert await in_thread(lambda entry=entry: state_of(entry)) == ("sent", "done", 1)  # type: ignore[misc]
    assert await in_thread(lambda: state_of(slow)) == ("pending", "due", 1)
    HOP.slow["slow"].set()
    await finish_deliveries()
    assert await in_thread(lambda: state_of(slow)) == ("sent", "done", 1)


async def test_no_more_are_claimed_than_places_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PLACES", 2)
    HOP.slow["slow"] = asyncio.Event()
    await in_thread(lambda: [answered(body) for body in ("slow", "a", "b", "c")])
    begun = [await deliver_due() for _ in range(3)]
    assert begun == [2, 1, 1]
    HOP.slow["slow"].set()
    await finish_deliveries()
    assert sorted(message.text for message in HOP.attempts) == ["a", "b", "c", "slow"]


# A chat that goes on by mail


def a_chat_of_sink() -> Interaction:
    return landed(a_chat(channel="chat_sink"))


async def test_an_answer_in_a_chat_needs_no_sending_but_is_looked_at_once_more() -> None:
    entry = await in_thread(lambda: answered(to=a_chat_of_sink()))
    assert entry.delivery == Delivery.SENT
    assert await deliver_all() == 1
    assert await in_thread(lambda: state_of(entry)) == ("sent", "done", 1)


async def test_what_a_visitor_has_not_seen_goes_on_by_another_channel_in_one_bundle() -> None:
    def prepare() -> Interaction:
        interaction = a_chat_of_sink()
        claim_address(customer=interaction.customer, address=Address("email", "jo@example.org"))
        for body in ("seen", "first unseen", "second unseen"):
            entry = answered(body, to=fresh(interaction))
            if body == "seen":
                queue.mark_seen(interaction=interaction, by="customer", seq=entry.seq)
        Outbox.objects.filter(entry__body="seen").delete()
        return interaction

    await in_thread(prepare)
    forward = Receipt(forward=Forward("sink", "service@center.test", "jo@example.org"))
    HOP.answers = [forward, forward]
    await deliver_all()
    assert [message.data["seen"] for message in HOP.attempts] == [False, False]
    assert {message.data["mail_address"] for message in HOP.attempts} == {"jo@example.org"}
    HOP.attempts.clear()
    await deliver_all()
    (mailed,) = HOP.attempts
    assert (mailed.channel, mailed.account, mailed.to) == ("sink", "service@center.test", "jo@example.org")
    assert mailed.text.startswith("first unseen\n\nsecond unseen\n\n")
    assert "/confirm/#t=" in mailed.text
    states = await in_thread(lambda: sorted(Outbox.objects.values_list("state", flat=True)))
    assert states == ["done", "done"]


async def test_a_forwarded_answer_keeps_one_name_over_all_further_attempts() -> None:
    await in_thread(lambda: answered(to=a_chat_of_sink()))
    HOP.answers = [Receipt(forward=Forward("sink", "box", "jo@example.org")), OFFLINE]
    await deliver_all()
    for _ in range(2):
        await in_thread(everything_is_due)
        await deliver_all()
    chat, *mails = HOP.attempts
    assert len(mails) == 2
    assert len({message.message_id for message in mails}) == 1
    assert {message.delivery_id for message in HOP.attempts} == {chat.delivery_id}


async def test_files_of_an_unseen_answer_are_mailed_with_it() -> None:
    def prepare() -> None:
        interaction = a_chat_of_sink()
        answered("with files", to=interaction, files=2)
        answered("plain", to=fresh(interaction))

    await in_thread(prepare)
    HOP.answers = [Receipt(forward=Forward("sink", "box", "jo@example.org"))] * 2
    await deliver_all()
    await deliver_all()
    mails = [message for message in HOP.attempts if message.channel == "sink"]
    assert sum(len(message.files) for message in mails) == 2
    assert sorted(message.text.split("\n\n")[:-1] for message in mails) == [["plain"], ["with files"]]


async def test_the_real_chat_mails_nothing_to_a_visitor_who_left_no_address() -> None:
    def prepare() -> Entry:
        entry = answered(to=a_held_chat(a_user()))
        everything_is_due()
        return entry

    entry = await in_thread(prepare)
    await deliver_all()
    assert await in_thread(lambda: state_of(entry)) == ("sent", "done", 1)
    assert await in_thread(lambda: list_work("dead")) == []
