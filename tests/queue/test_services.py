"""What people do with an interaction: answer, note, draft, hand over, close, open again."""

import json
from functools import partial
from uuid import uuid4

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from interaction_center.access.models import User
from interaction_center.envelope import FilePart
from interaction_center.errors import AlreadyTakenError, ConflictError, InvalidError
from interaction_center.events import agent_topic, customer_topic, staff_topic
from interaction_center.queue import services as queue
from interaction_center.queue.files import store_file
from interaction_center.queue.models import Attachment, Delivery, Draft, Entry, Interaction, Outbox, State
from interaction_center.queue.services import MAX_BODY
from interaction_center.queue.wire import CUSTOMER_EVENTS, customer_entry_wire
from interaction_center.routing import services as routing
from tests.access.builders import a_calendar, a_team, a_user
from tests.builders import (
    Tap,
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
    later,
    log_of,
    said,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    return a_user("Anna Agent")


@pytest.fixture
def ben() -> User:
    return a_user("Ben Agent")


def reply(
    interaction: Interaction, user: User, body: str = "We are on it.", client_id: str = "", **values: object
) -> Entry:
    return queue.reply(
        interaction=interaction, user=user, body=body, client_id=client_id or str(uuid4()), **values  # type: ignore[arg-type]
    )  # fmt: skip


# Answers


def test_an_answer_is_one_entry_and_one_row_of_the_outbox(anna: User) -> None:
    interaction = a_held_mail(anna)
    entry = reply(interaction, anna, "Please restart it.")
    outbox = Outbox.objects.get(entry=entry)
    assert (entry.author, entry.user, entry.body, entry.delivery) == ("agent", anna, "Please restart it.", "pending")
    assert (outbox.channel, outbox.account, outbox.to) == ("email", "service@center.test", "jo@example.org")
    assert outbox.message_id
    assert_gapless(interaction)


def test_an_answer_sent_five_times_with_one_client_id_is_one(anna: User) -> None:
    interaction = a_held_mail(anna)
    entries = {reply(interaction, anna, client_id="c-1").pk for _ in range(5)}
    assert len(entries) == 1
    assert Outbox.objects.count() == 1


def test_two_equal_answers_with_two_ids_are_two(anna: User) -> None:
    interaction = a_held_mail(anna)
    reply(interaction, anna, "ok")
    reply(interaction, anna, "ok")
    assert said(interaction)[1:] == ["ok", "ok"]
    assert Outbox.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_answer_from_eight_windows_at_once_is_one(anna: User) -> None:
    interaction = a_held_mail(anna)
    results = in_parallel([partial(reply, interaction, anna, client_id="c-1")] * 8)
    assert {result.pk for result in results if isinstance(result, Entry)} == {
        Entry.objects.get(body="We are on it.").pk
    }
    assert len([result for result in results if isinstance(result, Entry)]) == 8
    assert_gapless(interaction)


def test_what_is_rolled_back_leaves_nothing_and_tells_nobody(anna: User) -> None:
    interaction = a_held_mail(anna)
    with Tap() as tap, transaction.atomic():
        reply(interaction, anna)
        transaction.set_rollback(True)
    assert Outbox.objects.count() == 0
    assert said(interaction) == ["My printer shows E-04"]
    assert tap.pushes == []
    assert_gapless(interaction)
    assert reply(interaction, anna).seq == fresh(interaction).seq


def test_a_chat_answer_has_arrived_with_its_commit_and_is_looked_at_again_later(anna: User) -> None:
    entry = reply(a_held_chat(anna), anna)
    assert entry.delivery == Delivery.SENT
    assert Outbox.objects.get().to == "v-1"


def test_an_answer_stops_the_clock_and_removes_its_draft(anna: User, ben: User) -> None:
    interaction = a_held_mail(anna)
    for user in (anna, ben):
        queue.save_draft(interaction=interaction, user=user, kind="message", body="We are")
    queue.save_draft(interaction=interaction, user=anna, kind="note", body="Careful")
    entry = reply(interaction, anna)
    row = fresh(interaction)
    assert (row.waiting_since, row.promised_at, row.staff_seen) == (None, None, entry.seq)
    assert {(draft.user, draft.kind) for draft in Draft.objects.all()} == {(ben, "message"), (anna, "note")}


def test_an_answer_takes_its_own_uploads_along_and_nobody_elses(anna: User, ben: User) -> None:
    part = FilePart("plan.pdf", "application/pdf", b"%PDF")
    mine = store_file(part, owner=f"user:{anna.public_id}")
    theirs = store_file(part, owner=f"user:{ben.public_id}")
    interaction = a_held_mail(anna)
    entry = reply(interaction, anna, "", attachments=[mine.public_id])
    assert list(entry.attachments.all()) == [mine]
    for stolen in (theirs.public_id, mine.public_id, "nowhere"):
        with pytest.raises(InvalidError):
            reply(interaction, anna, "See there", attachments=[stolen])
    assert Attachment.objects.get(pk=theirs.pk).entry is None
    assert_gapless(interaction)


@pytest.mark.parametrize("body", ["", "  \n\t ", "\x00", "x" * (MAX_BODY + 1)])
def test_nothing_and_too_much_are_refused(anna: User, body: str) -> None:
    interaction = a_held_mail(anna)
    for write in (reply, partial(_note)):
        with pytest.raises(InvalidError):
            write(interaction, anna, body)
    assert_gapless(interaction)


def _note(interaction: Interaction, user: User, body: str) -> Entry:
    return queue.add_note(interaction=interaction, user=user, body=body, client_id=str(uuid4()))


def test_an_answer_needs_a_client_id(anna: User) -> None:
    interaction = a_held_mail(anna)
    with pytest.raises(InvalidError):
        queue.reply(interaction=interaction, user=anna, body="x", client_id="")


def test_a_nul_is_taken_out(anna: User) -> None:
    assert reply(a_held_mail(anna), anna, "be\x00fore").body == "before"


def test_an_acknowledgement_is_sent_once_and_stops_no_clock(anna: User) -> None:
    interaction = landed(a_mail())
    first, second = (
        queue.acknowledge(interaction=interaction.public_id, body="We have your mail.", client_id="ack")
        for _ in range(2)
    )
    assert first is not None
    assert second is None
    assert (first.automatic, first.author) == (True, "system")
    assert Outbox.objects.count() == 1
    assert fresh(interaction).waiting_since is not None


# Notes, drafts, marks


def test_a_note_never_reaches_the_customer(
    anna: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    interaction = a_held_chat(anna)
    with Tap() as tap, django_capture_on_commit_callbacks(execute=True):
        note = _note(interaction, anna, "A difficult person")
    told = [json.loads(frame) for frame in tap.frames(customer_topic(interaction.public_id))]
    assert told == [{"t": "ev", "c": interaction.public_id, "s": note.seq, "kind": "skip"}]
    assert json.loads(tap.frames(staff_topic(interaction.public_id))[0])["body"] == "A difficult person"
    assert Outbox.objects.count() == 0


def test_customers_see_messages_and_some_events_of_all_else_only_that_a_number_was_used(anna: User, ben: User) -> None:
    interaction = a_held_chat(anna)
    _note(interaction, anna, "secret")
    routing.transfer_interaction(interaction=interaction, user=anna, to=ben, note="secret too")
    queue.note_contact(interaction=interaction, email="jo@example.org", name="Jo")
    reply(interaction, ben)
    shown = [customer_entry_wire(entry) for entry in log_of(interaction)]
    assert [wire["s"] for wire in shown] == list(range(1, len(shown) + 1))
    names = [(wire["kind"], (wire.get("event") or {}).get("name")) for wire in shown]
    assert names == [
        ("event", "opened"),
        ("message", None),
        ("event", "assigned"),
        ("skip", None),
        ("skip", None),
        ("event", "transferred"),
        ("skip", None),
        ("message", None),
    ]
    assert "secret" not in json.dumps(shown)
    assert "jo@example.org" not in json.dumps(shown)


def test_what_customers_may_see_of_events_is_a_short_list() -> None:
    assert {"opened", "assigned", "released", "transferred", "closed", "reopened", "promised"} == CUSTOMER_EVENTS


def test_a_note_is_written_once_by_anybody_even_when_closed(anna: User, ben: User) -> None:
    interaction = routing.close_interaction(interaction=a_held_mail(anna), user=anna)
    notes = {queue.add_note(interaction=interaction, user=ben, body="By the way", client_id="n-1").pk for _ in range(3)}
    assert len(notes) == 1
    assert fresh(interaction).state == State.CLOSED


def test_a_draft_is_kept_one_for_each_person_and_kind(anna: User, ben: User) -> None:
    interaction = landed(a_mail())
    save = partial(queue.save_draft, interaction=interaction)
    for user, kind, body in (
        (anna, "message", "a"),
        (anna, "message", "ab"),
        (anna, "note", "n"),
        (ben, "message", "b"),
    ):
        save(user=user, kind=kind, body=body)
    assert {(d.user, d.kind, d.body) for d in Draft.objects.all()} == {
        (anna, "message", "ab"), (anna, "note", "n"), (ben, "message", "b"),
    }  # fmt: skip
    save(user=anna, kind="message", body="  ")
    assert not Draft.objects.filter(user=anna, kind="message").exists()
    with pytest.raises(InvalidError):
        save(user=anna, kind="event", body="x")


def test_what_was_seen_is_never_unseen_and_never_in_the_future(anna: User) -> None:
    interaction = a_waiting_chat()
    goes_on(interaction)
    for seq in (2, 1, 99, 10**30, -5):
        queue.mark_seen(interaction=interaction, by="staff", seq=seq)
    row = fresh(interaction)
    assert (row.staff_seen, row.customer_seen) == (2, 0)


def test_both_sides_hear_how_far_the_other_has_seen(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    interaction = a_waiting_chat()
    with Tap() as tap, django_capture_on_commit_callbacks(execute=True):
        queue.mark_seen(interaction=interaction, by="customer", seq=2)
        queue.mark_seen(interaction=interaction, by="customer", seq=1)
    frame = {"t": "seen", "c": interaction.public_id, "by": "customer", "s": 2}
    for topic in (staff_topic(interaction.public_id), customer_topic(interaction.public_id)):
        assert [json.loads(text) for text in tap.frames(topic)] == [frame]


# Who has it


@pytest.mark.django_db(transaction=True)
def test_of_eight_people_who_take_it_at_once_one_has_it() -> None:
    people = [a_user(f"P{n} Agent", email=f"p{n}@center.test") for n in range(8)]
    interaction = a_waiting_chat()
    results = in_parallel([partial(routing.take_interaction, interaction=interaction, user=user) for user in people])
    assert [type(result) for result in results].count(AlreadyTakenError) == 7
    assert fresh(interaction).assigned_to in people
    assert happened(interaction).count("assigned") == 1
    assert_gapless(interaction)


def test_who_takes_it_twice_takes_it_once(anna: User) -> None:
    interaction = a_held_chat(anna)
    routing.take_interaction(interaction=interaction, user=anna)
    assert happened(interaction).count("assigned") == 1


def test_a_supervisor_takes_it_from_an_agent_who_hears_of_it(
    anna: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    interaction, boss = a_held_chat(anna), a_supervisor()
    with Tap() as tap, django_capture_on_commit_callbacks(execute=True):
        routing.take_interaction(interaction=interaction, user=boss)
    assert fresh(interaction).assigned_to == boss
    row = json.loads(tap.frames(agent_topic(anna.public_id))[-1])["row"]
    assert row["assigned_to"] == {"id": boss.public_id, "name": "Sue Supervisor"}


def test_what_is_released_waits_at_its_old_place(anna: User) -> None:
    first, second = a_held_chat(anna, "v-1"), a_waiting_chat("v-2")
    before = fresh(first)
    released = routing.release_interaction(interaction=first, user=anna)
    assert (released.state, released.assigned_to) == (State.WAITING, None)
    assert (fresh(first).waiting_since, fresh(first).promised_at) == (before.waiting_since, before.promised_at)
    assert fresh(first).promised_at < fresh(second).promised_at  # type: ignore[operator]


def test_a_team_gets_it_into_its_queue_and_a_person_has_it_at_once(anna: User, ben: User) -> None:
    team = a_team("Second level", ben, calendar=a_calendar())
    interaction = a_held_chat(anna)
    routing.transfer_interaction(interaction=interaction, user=anna, team=team, note="Needs a part")
    row = fresh(interaction)
    assert (row.state, row.team, row.assigned_to) == (State.WAITING, team, None)
    assert [entry.body for entry in log_of(interaction) if entry.kind == "note"] == ["Needs a part"]
    routing.transfer_interaction(interaction=interaction, user=ben, to=anna)
    row = fresh(interaction)
    assert (row.state, row.team, row.assigned_to) == (State.ASSIGNED, team, anna)
    assert happened(interaction)[-1] == "transferred"


def test_handing_over_needs_exactly_one_target_who_takes_work(anna: User) -> None:
    interaction = a_held_chat(anna)
    nobody = User.objects.create_user("x@center.test", name="No Agent")
    for target in ({}, {"team": a_team(), "to": anna}, {"to": nobody}):
        with pytest.raises(InvalidError):
            routing.transfer_interaction(interaction=interaction, user=anna, **target)
    assert fresh(interaction).assigned_to == anna


def test_closing_ends_all_clocks(anna: User) -> None:
    interaction = routing.close_interaction(interaction=a_held_chat(anna), user=anna)
    row = fresh(interaction)
    assert (row.state, row.waiting_since, row.promised_at) == (State.CLOSED, None, None)
    assert row.closed_at is not None
    assert log_of(interaction)[-1].data["by"] == "Anna Agent"


def test_who_opens_their_own_again_has_it_anybody_else_puts_it_into_the_queue(anna: User, ben: User) -> None:
    interaction = routing.close_interaction(interaction=a_held_chat(anna), user=anna)
    assert routing.reopen_interaction(interaction=interaction, user=anna).state == State.ASSIGNED
    routing.close_interaction(interaction=interaction, user=anna)
    routing.reopen_interaction(interaction=interaction, user=ben)
    row = fresh(interaction)
    assert (row.state, row.assigned_to, row.closed_at) == (State.WAITING, None, None)
    assert row.promised_at is not None


@pytest.mark.parametrize("who", ["the same agent", "somebody else"])
def test_who_takes_a_close_back_gives_an_unanswered_customer_the_promise_back(who: str, anna: User, ben: User) -> None:
    interaction = a_held_chat(anna)
    before = fresh(interaction)
    promised_at = later(-60)
    queue.note_promise(interaction=interaction, by=promised_at)
    for _ in range(2):
        routing.close_interaction(interaction=interaction, user=anna)
        assert fresh(interaction).promised_at is None
        reopened = routing.reopen_interaction(interaction=interaction, user=anna if who == "the same agent" else ben)
        row = fresh(interaction)
        assert (row.waiting_since, row.promised_at) == (before.waiting_since, promised_at)
        if reopened.state == State.WAITING:
            routing.take_interaction(interaction=interaction, user=anna)
    routing.release_interaction(interaction=interaction, user=anna)
    assert fresh(interaction).promised_at == promised_at


def test_who_takes_a_close_back_owes_an_answered_customer_nothing(anna: User) -> None:
    interaction = a_held_chat(anna)
    routing.close_interaction(interaction=interaction, user=anna)
    routing.reopen_interaction(interaction=interaction, user=anna)
    routing.reply_and_close(interaction=interaction, user=anna, body="Done.", client_id="c-1")
    routing.reopen_interaction(interaction=interaction, user=anna)
    assert (fresh(interaction).waiting_since, fresh(interaction).promised_at) == (None, None)


def test_an_old_chat_cannot_be_opened_beside_a_newer_one(anna: User) -> None:
    old = routing.close_interaction(interaction=a_held_chat(anna, "v-1"), user=anna)
    a_waiting_chat("v-1")
    with pytest.raises(ConflictError, match="newer"):
        routing.reopen_interaction(interaction=old, user=anna)


def test_what_is_open_is_not_opened_again(anna: User) -> None:
    for interaction in (a_held_chat(anna), a_held_mail(anna)):
        with pytest.raises(ConflictError, match="while the interaction is assigned"):
            routing.reopen_interaction(interaction=interaction, user=anna)


def test_the_typed_address_is_in_the_log_and_the_name_on_the_customer() -> None:
    interaction = a_waiting_chat()
    queue.note_contact(interaction=interaction, email="jo@example.org", name="Jo")
    assert log_of(interaction)[-1].data == {"name": "contact_typed", "email": "jo@example.org", "customer": "Jo"}
    assert fresh(interaction).customer.name == "Jo"
