"""The one way in: every envelope lands once, in the right conversation, with the next number."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from interaction_center.access.models import User
from interaction_center.access.selectors import promise
from interaction_center.access.services import delete_calendar
from interaction_center.envelope import Address, FilePart, InboundEnvelope, Proof
from interaction_center.errors import CenterError, InvalidError
from interaction_center.queue import hot_path
from interaction_center.queue.files import read_file, store_file
from interaction_center.queue.hot_path import Received
from interaction_center.queue.intake import receive_all, receive_envelope
from interaction_center.queue.models import Attachment, Entry, EntryKind, Interaction, State
from interaction_center.queue.services import reply
from interaction_center.routing.services import close_interaction, reopen_interaction, take_interaction
from tests.access.builders import OFFICE, a_calendar, a_site, a_team, a_user
from tests.builders import (
    NOW,
    a_chat,
    a_held_chat,
    a_held_mail,
    a_mail,
    a_supervisor,
    a_waiting_chat,
    assert_gapless,
    fresh,
    goes_on,
    happened,
    in_parallel,
    landed,
    log_of,
    said,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return a_user()


def test_an_envelope_lands_in_the_queue_once() -> None:
    envelope = a_mail("My printer shows E-04")
    results = [receive_envelope(envelope) for _ in range(5)]
    assert [result.duplicate for result in results] == [False, True, True, True, True]
    assert len({(result.interaction, result.seq, result.at) for result in results}) == 1
    assert said(results[0].interaction) == ["My printer shows E-04"]
    assert Interaction.objects.count() == 1


def test_a_chat_message_sent_five_times_with_one_client_id_is_one_entry() -> None:
    interaction = a_waiting_chat()
    again = a_chat("ok", visitor="v-1", thread=(interaction.public_id,), client_id="c-1")
    results = [receive_envelope(again) for _ in range(5)]
    assert len({result.seq for result in results}) == 1
    assert said(interaction).count("ok") == 1
    assert_gapless(interaction)


def test_two_equal_texts_with_two_ids_are_two_entries() -> None:
    interaction = a_waiting_chat()
    assert goes_on(interaction, "ok").seq + 1 == goes_on(interaction, "ok").seq
    assert said(interaction).count("ok") == 2


def test_a_repetition_tells_the_time_of_the_first_with_its_zone() -> None:
    interaction = a_waiting_chat()
    sent = a_chat(visitor="v-1", thread=(interaction.public_id,))
    first, second = receive_envelope(sent), receive_envelope(sent)
    assert first.at == second.at == sent.received_at
    assert second.at.isoformat() == first.at.isoformat()


def test_messages_without_an_own_id_are_all_kept() -> None:
    results = receive_all([a_mail("one", external_id=""), a_mail("two", external_id="")])
    assert [said(result.interaction) for result in results if isinstance(result, Received)] == [["one"], ["two"]]


def test_what_opens_an_interaction_is_kept_with_it() -> None:
    team = a_team(calendar=a_calendar())
    interaction = landed(
        a_mail("Hello\nthere", subject="Broken", team=team.public_id, received_at=NOW, sender_name="Jo Customer")
    )
    assert (interaction.state, interaction.team, interaction.subject) == (State.WAITING, team, "Broken")
    assert (interaction.first_words, interaction.language) == ("Hello there", "en")
    assert (interaction.reply_channel, interaction.reply_to) == ("email", "jo@example.org")
    assert interaction.waiting_since == NOW
    assert interaction.promised_at == NOW + timedelta(hours=4)
    assert interaction.customer.name == "Jo Customer"
    assert happened(interaction) == ["opened"]


def test_answers_go_where_the_channel_says_when_that_is_not_the_sender() -> None:
    interaction = landed(a_mail(data={"reply_to": "office@example.org"}))
    assert interaction.reply_to == "office@example.org"


def test_a_message_that_could_not_be_read_is_kept_and_marked() -> None:
    interaction = landed(a_mail("", by="x@example.org", quarantine="The mail has no end."))
    assert interaction.quarantined
    assert happened(interaction) == ["opened", "quarantined"]


def test_a_message_from_nobody_makes_a_nameless_customer() -> None:
    one, two = landed(a_mail(sender=())), landed(a_mail(sender=()))
    assert one.customer != two.customer


def test_the_first_unanswered_message_starts_the_wait_and_further_ones_do_not_change_it() -> None:
    interaction = a_waiting_chat(received_at=NOW)
    goes_on(interaction, received_at=NOW + timedelta(minutes=1))
    row = fresh(interaction)
    assert row.waiting_since == NOW
    assert row.promised_at == NOW + timedelta(minutes=2)
    assert row.last_entry_at == NOW + timedelta(minutes=1)


def test_only_what_begins_a_wait_that_nobody_holds_says_so(anna: User) -> None:
    opened = receive_envelope(a_chat())
    interaction = fresh(opened.interaction)
    waits = [opened, goes_on(interaction), goes_on(take_interaction(interaction=interaction, user=anna))]
    reply(interaction=interaction, user=anna, body="Restart it.", client_id="1")
    waits.append(goes_on(interaction))
    close_interaction(interaction=interaction, user=anna)
    reopening = a_chat("Again", thread=(interaction.public_id,))
    waits += [receive_envelope(reopening), receive_envelope(reopening), goes_on(interaction)]
    assert [received.starts_wait for received in waits] == [True, False, False, False, True, False, False]


def test_the_promise_counts_opening_hours_only() -> None:
    team = a_team(calendar=a_calendar())
    friday = NOW + timedelta(days=4)
    interaction = landed(a_mail(team=team.public_id, received_at=friday.replace(hour=15, minute=30)))
    assert interaction.promised_at == (friday + timedelta(days=3)).replace(hour=11, minute=30)


FRIDAY_EVENING = (NOW + timedelta(days=4)).replace(hour=17)  # 18:00 in Berlin, an hour after closing
MONDAY_NINE = (NOW + timedelta(days=7)).replace(hour=8)


@pytest.mark.parametrize("has_team", [False, True])
def test_the_hours_of_the_door_govern_the_clock_whatever_those_of_the_team(has_team: bool) -> None:
    at_night = a_calendar("Night", hours={day: [["00:00", "24:00"]] for day in OFFICE})
    team = a_team(calendar=at_night).public_id if has_team else ""
    office = a_calendar()
    mail = landed(a_mail(team=team, calendar=office.public_id, received_at=FRIDAY_EVENING))
    assert mail.calendar == office
    assert mail.promised_at == MONDAY_NINE + timedelta(hours=4)


def test_a_chat_that_waits_again_does_so_by_the_hours_of_its_door() -> None:
    site = a_site(calendar=a_calendar())
    chat = a_waiting_chat(calendar=site.calendar.public_id if site.calendar else "", received_at=FRIDAY_EVENING)
    assert chat.promised_at == MONDAY_NINE + timedelta(minutes=2)
    assert promise(site, FRIDAY_EVENING).opens_at == MONDAY_NINE
    Interaction.objects.filter(pk=chat.pk).update(waiting_since=None, promised_at=None)
    plain = a_chat("?", visitor="v-1", thread=(chat.public_id,), received_at=FRIDAY_EVENING)
    assert hot_path.continues(plain, chat)
    receive_envelope(plain)
    assert fresh(chat).promised_at == MONDAY_NINE + timedelta(minutes=2)


def test_what_is_opened_again_is_promised_by_the_hours_of_its_door(anna: User) -> None:
    mail = a_held_mail(anna, calendar=a_calendar().public_id)
    reply(interaction=mail, user=anna, body="Done.", client_id="c-1")
    close_interaction(interaction=mail, user=anna)
    with time_machine.travel(FRIDAY_EVENING, tick=False):
        reopen_interaction(interaction=mail, user=a_supervisor())
    assert fresh(mail).promised_at == MONDAY_NINE + timedelta(hours=4)


def test_hours_that_no_door_has_any_more_leave_the_clock_to_the_team() -> None:
    office = a_calendar()
    mail = landed(a_mail(calendar=office.public_id))
    delete_calendar(calendar=office)
    assert fresh(mail).calendar is None
    assert landed(a_mail(calendar=office.public_id)).calendar is None


ENTRY_FIELDS = [
    "seq", "kind", "author", "user", "author_name", "channel", "client_id",
    "automatic", "body", "html", "data", "delivery", "created_at",
]  # fmt: skip
ROW_FIELDS = [
    "seq", "version", "state", "first_words", "waiting_since", "promised_at", "last_entry_at", "customer_seen",
    "staff_seen", "reply_channel", "reply_account", "assigned_to", "priority", "closed_at",
]  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"text": "Ünïcödé 👩‍🔧 " + "x" * 7_000},
        {"text": "  leading\n\nand trailing  \n"},
        {"text": "a NUL \x00 inside"},
        {"sender_name": "Jo"},
        {"data": {"page": "https://shop.example/kasse?a=ü"}},
        {"received_at": NOW},
        {"received_at": NOW + timedelta(microseconds=1)},
    ],
)
@pytest.mark.parametrize("is_held", [False, True])
def test_the_short_way_and_the_long_way_store_the_same(
    values: dict[str, Any], is_held: bool, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    at = timezone.now()
    for visitor in ("v-1", "v-2"):
        interaction = a_held_chat(anna, visitor) if is_held else a_waiting_chat(visitor)
        Interaction.objects.filter(pk=interaction.pk).update(waiting_since=None, promised_at=None)
        common: dict[str, Any] = {
            "visitor": visitor,
            "thread": (interaction.public_id,),
            "client_id": "c",
            "received_at": at,
        }
        envelope = a_chat(**common | values)
        assert hot_path.continues(envelope, interaction) == (visitor == "v-1")
        received = receive_envelope(envelope)
        assert received.starts_wait == (not is_held)
        monkeypatch.setattr(hot_path, "continues", lambda *_: False)  # the second takes the long way
        entry = Entry.objects.filter(interaction=interaction).values(*ENTRY_FIELDS).latest("seq")
        found.append((entry, Interaction.objects.values(*ROW_FIELDS).get(pk=interaction.pk)))
    assert found[0] == found[1]


def test_a_mixed_group_stores_each_in_order_and_refuses_the_wrong_ones_alone() -> None:
    one, two = a_waiting_chat("v-1"), a_waiting_chat("v-2")
    old = a_chat("old", visitor="v-1", thread=(one.public_id,))
    receive_envelope(old)
    plain = [a_chat(f"p{n}", visitor="v-1", thread=(one.public_id,)) for n in range(3)]
    group: list[tuple[InboundEnvelope, object]] = [
        (plain[0], "new"),
        (a_chat("other", visitor="v-2", thread=(two.public_id,)), "new"),
        (old, "again"),
        (plain[0], "again"),
        (a_chat("file missing", visitor="v-1", thread=(one.public_id,), attached=("nowhere",)), "refused"),
        (plain[1], "new"),
        (
            a_chat("with file", visitor="v-1", thread=(one.public_id,), files=(FilePart("a", "text/plain", b"a"),)),
            "new",
        ),
        (a_mail("a mail"), "new"),
        (plain[2], "new"),
        (a_chat("first", visitor="v-3"), "new"),
        (a_chat("second", visitor="v-3"), "new"),
        (plain[2], "again"),
    ]
    results = receive_all([envelope for envelope, _ in group])
    assert [_fate(result) for result in results] == [fate for _, fate in group]
    assert said(one)[1:] == ["old", "p0", "p1", "with file", "p2"]
    assert said(two)[1:] == ["other"]
    third = results[9]
    assert isinstance(third, Received)
    assert said(third.interaction) == ["first", "second"]
    for interaction in (one, two, third.interaction):
        assert_gapless(interaction)


def _fate(result: Received | CenterError) -> str:
    if isinstance(result, CenterError):
        return "refused"
    return "again" if result.duplicate else "new"


def test_a_group_of_plain_messages_costs_the_same_number_of_queries_for_1_and_for_50(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    chats = [a_waiting_chat(f"v-{n}") for n in range(10)]
    group = [a_chat(f"{n}", visitor=f"v-{n % 10}", thread=(chats[n % 10].public_id,)) for n in range(50)]
    for chat in chats:
        Interaction.objects.filter(pk=chat.pk).update(state=State.ASSIGNED, assigned_to=_somebody())
    with django_assert_max_num_queries(64 + 4):  # the statements of one executemany are listed one by one on SQLite
        results = receive_all(group)
    assert all(isinstance(result, Received) and not result.duplicate for result in results)


def test_a_group_of_chats_that_nobody_holds_asks_as_often_for_20_as_for_2() -> None:
    asked = []
    for size in (2, 20):
        chats = [a_waiting_chat(f"v-{size}-{n}") for n in range(size)]
        group = [a_chat(visitor=chat.conversation, thread=(chat.public_id,)) for chat in chats]
        with CaptureQueriesContext(connection) as captured:
            receive_all(group)
        asked.append(sum(query["sql"].startswith(("SELECT", "WITH")) for query in captured))
    assert asked[0] == asked[1]


def _somebody() -> User:
    return User.objects.first() or a_user()


# Which conversation


def test_only_a_proved_thread_or_the_channels_own_key_continues_a_conversation() -> None:
    interaction = landed(a_mail(by="jo@example.org"))
    assert landed(a_mail(by="jo@example.org")) != interaction
    assert landed(a_mail(thread=(interaction.public_id,))) == interaction
    assert landed(a_mail(thread=("unknown", interaction.public_id))) == interaction
    assert_gapless(interaction)


def test_a_visitor_has_one_open_conversation() -> None:
    interaction = a_waiting_chat("v-1")
    assert landed(a_chat(visitor="v-1")) == interaction
    assert landed(a_chat(visitor="v-2")) != interaction


def test_the_database_refuses_a_second_open_interaction_of_one_conversation() -> None:
    interaction = a_waiting_chat("v-1")
    interaction.pk, interaction.public_id = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        interaction.save(force_insert=True)


def test_a_closed_conversation_is_opened_again_by_the_customer(anna: User) -> None:
    interaction = close_interaction(interaction=a_held_chat(anna), user=anna)
    goes_on(interaction, "It is broken again")
    row = fresh(interaction)
    assert (row.state, row.assigned_to, row.closed_at) == (State.WAITING, None, None)
    assert row.waiting_since is not None
    assert row.promised_at is not None
    assert happened(interaction)[-1] == "reopened"


def test_what_is_answered_after_more_than_thirty_days_starts_anew(anna: User) -> None:
    interaction = close_interaction(interaction=a_held_mail(anna), user=anna)
    Interaction.objects.filter(pk=interaction.pk).update(closed_at=timezone.now() - timedelta(days=31))
    assert landed(a_mail(thread=(interaction.public_id,))) != interaction


def test_an_old_window_writes_into_the_conversation_that_is_open_now(anna: User) -> None:
    old = close_interaction(interaction=a_held_chat(anna, "v-1"), user=anna)
    new = a_waiting_chat("v-1")
    assert new != old
    received = receive_envelope(a_chat("from the other tab", visitor="v-1", thread=(old.public_id,)))
    assert received.interaction == new.public_id
    assert fresh(old).state == State.CLOSED


def test_a_machine_neither_opens_a_closed_interaction_again_nor_sets_a_promise(anna: User) -> None:
    interaction = close_interaction(interaction=a_held_mail(anna), user=anna)
    receive_envelope(a_mail("I am on holiday", thread=(interaction.public_id,), automatic=True))
    row = fresh(interaction)
    assert (row.state, row.waiting_since, row.promised_at) == (State.CLOSED, None, None)
    assert said(interaction)[-1] == "I am on holiday"
    assert_gapless(interaction)


def test_what_a_machine_opens_waits_behind_people_without_a_promise() -> None:
    interaction = landed(a_mail("Delivery failed", automatic=True))
    assert (interaction.priority, interaction.waiting_since, interaction.promised_at) == (-1, None, None)


def test_an_open_conversation_goes_on_by_the_way_the_customer_wrote_last(anna: User) -> None:
    interaction = a_held_chat(anna)
    receive_envelope(a_mail("By mail now", thread=(interaction.public_id,), proof=Proof.VERIFIED))
    row = fresh(interaction)
    assert (row.channel, row.reply_channel, row.reply_to) == ("web_chat", "email", "jo@example.org")
    goes_on(interaction, "And by chat again")
    row = fresh(interaction)
    assert (row.reply_channel, row.reply_to) == ("web_chat", "v-1")


def test_a_mail_that_proves_an_address_joins_the_histories_of_its_owner() -> None:
    known = landed(a_mail(by="jo@example.org")).customer
    chat = a_waiting_chat(sender=(Address("visitor", "v-1", Proof.VERIFIED), Address("email", "jo@example.org")))
    assert fresh(chat).customer.merged_into is None
    receive_envelope(a_mail(thread=(chat.public_id,), proof=Proof.VERIFIED))
    assert fresh(chat).customer.merged_into == known


# Files


def test_files_come_along_with_their_bytes() -> None:
    part = FilePart("pic.png", "image/png", b"\x89PNG", "cid-1")
    interaction = landed(a_mail(files=(part,)))
    file = Attachment.objects.get(entry__interaction=interaction)
    assert (file.filename, file.content_type, file.content_id, file.size) == ("pic.png", "image/png", "cid-1", 4)
    assert read_file(file) == b"\x89PNG"


def test_a_message_that_is_only_a_file_shows_its_name_in_the_queue() -> None:
    interaction = a_waiting_chat("v-1")
    photo = store_file(FilePart("photo of display.png", "image/png", b"\x89PNG"), owner="visitor:v-1")
    goes_on(interaction, "", attached=(photo.public_id,))
    assert fresh(interaction).first_words == "photo of display.png"


def test_a_visitor_attaches_only_what_they_uploaded_and_only_once() -> None:
    part = FilePart("pic.png", "image/png", b"\x89PNG")
    mine, theirs = store_file(part, owner="visitor:v-1"), store_file(part, owner="visitor:v-2")
    interaction = landed(a_chat(visitor="v-1", attached=(mine.public_id,)))
    assert Attachment.objects.get(pk=mine.pk).entry is not None
    for stolen in (theirs, mine):
        with pytest.raises(InvalidError):
            goes_on(interaction, attached=(stolen.public_id,))
    assert Attachment.objects.get(pk=theirs.pk).entry is None
    assert_gapless(interaction)


def test_a_refused_message_leaves_nothing_behind() -> None:
    with pytest.raises(InvalidError):
        receive_envelope(a_chat(attached=("nowhere",)))
    assert Interaction.objects.count() == Entry.objects.count() == 0


# Many at once


@pytest.mark.django_db(transaction=True)
def test_fifty_senders_at_once_get_gapless_numbers() -> None:
    interaction = a_waiting_chat()
    senders = [partial(_write, interaction, n) for n in range(8)]
    results = in_parallel(senders)
    assert not [result for result in results if isinstance(result, BaseException)]
    assert_gapless(interaction)
    assert len(said(interaction)) == 1 + 8 * 6
    for n in range(8):
        assert [body for body in said(interaction) if body.startswith(f"{n}:")] == [f"{n}:{k}" for k in range(6)]


def _write(interaction: Interaction, sender: int) -> None:
    """Half of them the long way."""
    for k in range(6):
        file = (FilePart("a.txt", "text/plain", b"a"),) if sender % 2 else ()
        goes_on(interaction, f"{sender}:{k}", files=file)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False])
def test_the_same_message_from_eight_connections_at_once_is_one_entry(is_new: bool) -> None:
    envelope = a_mail("once", external_id="<same@example.org>")
    if not is_new:
        interaction = a_waiting_chat()
        envelope = a_chat("once", visitor="v-1", thread=(interaction.public_id,))
    results = in_parallel([partial(receive_envelope, envelope)] * 8)
    assert [result for result in results if isinstance(result, BaseException)] == []
    assert len({(r.interaction, r.seq) for r in results if isinstance(r, Received)}) == 1
    assert Entry.objects.filter(kind=EntryKind.MESSAGE, body="once").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_first_messages_of_one_visitor_open_one_interaction() -> None:
    results = in_parallel([partial(receive_envelope, a_chat(f"{n}", visitor="v-1")) for n in range(8)])
    assert [result for result in results if isinstance(result, BaseException)] == []
    interaction = Interaction.objects.get()
    assert sorted(said(interaction)) == [str(n) for n in range(8)]
    assert_gapless(interaction)


@pytest.mark.django_db(transaction=True)
def test_a_message_and_an_agent_taking_it_at_once_both_count(anna: User) -> None:
    interaction = a_waiting_chat()
    works: list[Callable[[], object]] = [
        partial(goes_on, interaction, "hurry"),
        partial(take_interaction, interaction=interaction, user=anna),
    ]
    assert [result for result in in_parallel(works) if isinstance(result, BaseException)] == []
    row = fresh(interaction)
    assert (row.state, row.assigned_to) == (State.ASSIGNED, anna)
    assert [entry.kind for entry in log_of(interaction)].count(EntryKind.MESSAGE) == 2
    assert_gapless(interaction)
