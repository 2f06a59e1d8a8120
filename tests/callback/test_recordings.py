"""Recordings: none without the yes of both, by the phone network's own books; and what becomes of one that is made."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from channels_app.callback import controls, recordings, rest
from channels_app.callback.consenting import ASKED_ALOUD
from channels_app.callback.failures import Action as FailureAction
from channels_app.callback.failures import CallFailure
from channels_app.callback.models import Consent, Party, PhoneCall, Recording, RecordingState
from channels_app.callback.scenes import locked_scenes
from channels_app.callback.simulator.faults import Fault
from channels_app.callback.simulator.phones import Script
from channels_app.callback.tokens import hook_url, token_of
from channels_app.callback.words import words
from interaction_center import settings as house
from interaction_center.access.models import User
from interaction_center.errors import ConflictError, ForbiddenError
from interaction_center.queue.files import read_file
from interaction_center.queue.models import Attachment, Entry
from interaction_center.queue.wire import customer_entry_wire
from tests.access.builders import signed_in
from tests.builders import happened, log_of
from tests.callback.builders import MARIA, World, a_world, the_call
from tests.callback.talking import (
    ANNA,
    CONSENTS,
    REFUSES,
    a_colleague,
    a_supervisor,
    a_talk,
    hears,
    is_silent,
    leg,
)

pytestmark = pytest.mark.django_db
QUIET = Script()


def running(world: World) -> list[str]:
    """How the recordings stand that the network has."""
    return [recording.status for recording in world.network.recordings.all.values()]


def recorded_seconds(world: World) -> float:
    return sum(recording.seconds for recording in world.network.recordings.all.values())


def test_a_call_is_recorded_once_both_have_said_yes_and_not_a_second_sooner() -> None:
    with a_world() as world:
        anna, request = a_talk(world, CONSENTS, records=True)
        assert running(world) == []
        controls.record(the_call(request), anna, True)
        controls.record(the_call(request), anna, True)
        world.run(4)
        assert (running(world), hears(world, MARIA)) == ([], set()), "the question is heard"
        world.run(20)
        assert running(world) == ["in-progress"]
        assert (hears(world, MARIA), hears(world, ANNA)) == ({ANNA}, {MARIA})
        assert the_call(request).recording == RecordingState.ON
        given = Consent.objects.order_by("pk").values_list("leg__party", "wording", "given")
        assert list(given) == [("agent", "button-2026-11", True), ("customer", "key-2026-11", True)]
        said = [entry.data for entry in log_of(request.interaction) if entry.data.get("name") == "recording_consent"]
        assert [(one["party"], one["given"], one["wording"]) for one in said] == [
            ("agent", True, "button-2026-11"),
            ("customer", True, "key-2026-11"),
        ]
        assert all(one["at"] for one in said)
        assert "Thank you. The call is recorded from now on." in world.heard()
        assert not is_silent(world)
        assert not is_silent(world, ANNA)


@pytest.mark.parametrize("script", [REFUSES, QUIET])
def test_without_the_customers_yes_no_byte_exists(script: Script) -> None:
    with a_world() as world:
        anna, request = a_talk(world, script, records=True)
        controls.record(the_call(request), anna, True)
        world.run(30)
        assert hears(world, MARIA) == {ANNA}, "the talk goes on"
        with pytest.raises(ConflictError, match="does not want to be recorded"):
            controls.record(the_call(request), anna, True)
        world.network.hang_up(MARIA)
        world.run(10)
        assert running(world) == []
        assert not Recording.objects.exists()
        assert list(Consent.objects.filter(given=True).values_list("leg__party", flat=True)) == ["agent"]


def test_a_call_that_nobody_asked_about_is_not_recorded() -> None:
    with a_world() as world:
        a_talk(world, CONSENTS, records=True)
        world.network.hang_up(MARIA)
        world.run(10)
        assert running(world) == []


def test_a_line_that_does_not_record_refuses() -> None:
    with a_world() as world:
        anna, request = a_talk(world, CONSENTS)
        with pytest.raises(ConflictError, match="records nothing"):
            controls.record(the_call(request), anna, True)


def test_nobody_says_yes_for_the_agent() -> None:
    with a_world() as world:
        _, request = a_talk(world, CONSENTS, records=True)
        with pytest.raises(ForbiddenError):
            controls.record(the_call(request), a_supervisor(world), True)
        assert not Consent.objects.exists()


def a_recorded_talk(world: World) -> tuple[User, PhoneCall]:
    """Anna and Maria talk, and both have said yes."""
    anna, request = a_talk(world, CONSENTS, records=True)
    controls.record(the_call(request), anna, True)
    world.run(20)
    assert running(world) == ["in-progress"]
    return anna, the_call(request)


def test_a_pause_is_not_in_the_recording_and_needs_no_second_question() -> None:
    with a_world() as world:
        anna, call = a_recorded_talk(world)
        controls.record(call, anna, False)
        controls.record(call, anna, False)
        world.run(2)
        before = recorded_seconds(world)
        world.run(20)
        assert (running(world), recorded_seconds(world)) == (["paused"], before)
        controls.record(call, anna, True)
        world.run(5)
        assert running(world) == ["in-progress"]
        assert Consent.objects.count() == 2


@pytest.mark.parametrize("how", ["add", "barge", "transfer"])
def test_it_pauses_before_somebody_is_heard_who_was_not_asked(how: str) -> None:
    with a_world() as world:
        anna, call = a_recorded_talk(world)
        ben, sue = a_colleague(world), a_supervisor(world)
        if how == "add":
            controls.add(call, anna, {"user": ben.public_id})
        elif how == "transfer":
            controls.transfer(call, anna, {"user": ben.public_id})
        else:
            controls.listen(call, sue, "listen")
            world.run(15)
            assert running(world) == ["in-progress"], "whoever only listens is not heard"
            controls.listen(call, sue, "barge")
        world.run(2)
        before = recorded_seconds(world)
        world.run(20)
        assert len(hears(world, MARIA)) == (1 if how == "transfer" else 2)
        assert (running(world), recorded_seconds(world)) == (["paused"], before)


def test_a_new_agent_has_to_say_yes_for_themselves() -> None:
    with a_world() as world:
        anna, call = a_recorded_talk(world)
        ben = a_colleague(world)
        controls.transfer(call, anna, {"user": ben.public_id})
        world.run(20)
        assert running(world) == ["paused"]
        controls.record(call, ben, True)
        world.run(3)
        assert running(world) == ["in-progress"]
        assert world.heard().count("Thank you. The call is recorded from now on.") == 1, "the customer was asked once"
        agents = Consent.objects.filter(leg__party=Party.AGENT).values_list("leg__user", flat=True)
        assert set(agents) == {anna.public_id, ben.public_id}


def test_a_recording_whose_answer_was_lost_is_not_made_twice() -> None:
    with a_world() as world:
        anna, request = a_talk(world, CONSENTS, records=True)
        world.network.faults.add(Fault("lost_answer", match="/Recordings.json"))
        controls.record(the_call(request), anna, True)
        world.run(30)
        assert running(world) == ["in-progress"]


# What becomes of it.


def test_a_recording_that_twilio_refuses_is_not_shown_as_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise CallFailure(FailureAction.ALERT, 21235)

    with a_world() as world:
        anna, request = a_talk(world, CONSENTS, records=True)
        monkeypatch.setattr(rest, "start_recording", refuse)
        controls.record(the_call(request), anna, True)
        world.run(24)
        assert the_call(request).recording == RecordingState.OFF
        assert hears(world, MARIA) == {ANNA}
        assert "Twilio refuses to record" in caplog.text


def test_a_recording_is_kept_for_staff_deleted_at_twilio_and_removed_in_its_time() -> None:
    with a_world() as world:
        _, call = a_recorded_talk(world)
        world.network.hang_up(MARIA)
        world.run(10)
        assert running(world) == [], "deleted at Twilio"
        (file,) = Attachment.objects.filter(entry__interaction__public_id=call.interaction)
        note = Entry.objects.get(attachments=file)
        assert read_file(file).startswith(b"RIFF")
        assert (note.kind, customer_entry_wire(note)["kind"]) == ("note", "skip")
        kept = next(entry.data for entry in log_of(call.interaction) if entry.data.get("name") == "recording_kept")
        assert kept["until"].startswith("2026-05-31")
        recording = Recording.objects.get()
        assert (recording.entry, recording.state) == (note.seq, "due")
        world.clock.shift(timedelta(days=89))
        assert recordings.serve_recordings_once() == 0
        world.clock.shift(timedelta(days=2))
        assert recordings.serve_recordings_once() == 1
        assert not Attachment.objects.filter(entry__isnull=False).exists()
        assert "recording_removed" in happened(call.interaction)
        assert recordings.serve_recordings_once() == 0


def test_a_report_names_a_recording_and_no_address() -> None:
    with a_world() as world:
        _, request = a_talk(world, CONSENTS, records=True)
        [scene] = locked_scenes([the_call(request).pk])
        for sid in ("", "RE1", "../Calls/CA" + "1" * 32, "RE" + "1" * 32 + "?a"):
            facts = {"RecordingStatus": "completed", "RecordingSid": sid}
            recordings.take_report(scene, leg(the_call(request)), facts, timezone.now())
        assert not Recording.objects.exists()


def test_another_wording_of_the_question_gets_another_name() -> None:
    """Who has said yes has said it to these very words."""
    assert ASKED_ALOUD == "key-2026-11"
    assert [words("consent", language) for language in ("en", "de")] == [
        "May this call be recorded, so that nothing of it is lost? For yes, press 1. For no, press 2.",
        "Darf dieses Gespräch aufgezeichnet werden, damit nichts davon verloren geht? Für ja drücken Sie die 1, für "
        "nein die 2.",
    ]


def test_staff_hear_it_and_nobody_else() -> None:
    with a_world() as world:
        anna, call = a_recorded_talk(world)
        world.network.hang_up(MARIA)
        world.run(10)
        path = f"/api/attachments/{Attachment.objects.get().public_id}"
        assert signed_in(anna).get(path).status_code == 200
        assert Client().get(path).status_code == 401
        assert call.interaction


def test_what_can_not_be_fetched_now_is_fetched_later_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = [CallFailure(FailureAction.RECONCILE), CallFailure(FailureAction.BACK_OFF)]
    real = rest.fetch_media

    def fetch(sid: str) -> bytes:
        if failing:
            raise failing.pop()
        return real(sid)

    monkeypatch.setattr(rest, "fetch_media", fetch)
    with a_world() as world:
        _, call = a_recorded_talk(world)
        world.network.hang_up(MARIA)
        world.run(2)
        assert not Attachment.objects.exists()
        assert len(running(world)) == 1, "not deleted before it is kept"
        world.run(30)
        assert Attachment.objects.filter(entry__interaction__public_id=call.interaction).count() == 1
        assert running(world) == []


def test_a_crash_between_keeping_and_deleting_keeps_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_world() as world:
        _, call = a_recorded_talk(world)
        real = rest.delete_recording

        def broken(_sid: str) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(rest, "delete_recording", broken)
        world.network.hang_up(MARIA)
        world.run(6)
        monkeypatch.setattr(rest, "delete_recording", real)
        world.run(60)
        assert running(world) == []
        assert Attachment.objects.filter(entry__interaction__public_id=call.interaction).count() == 1


def test_a_recording_that_nobody_agreed_to_is_deleted_unheard() -> None:
    with a_world() as world:
        _, request = a_talk(world, records=True)
        maria = world.network.current_call(MARIA)
        hook = hook_url("r", token_of(leg(the_call(request))))
        rest.start_recording(str(maria and maria.sid), status_callback=hook)
        world.network.hang_up(MARIA)
        world.run(10)
        assert running(world) == []
        assert not Attachment.objects.exists()
        assert Recording.objects.get().state == "done"


def test_a_hook_makes_text_of_it() -> None:
    with a_world() as world:
        _, call = a_recorded_talk(world)
        with override_settings(CONFIG=house.CONFIG.model_copy(update={"transcriber": f"{__name__}.heard_text"})):
            world.network.hang_up(MARIA)
            world.run(10)
        assert Recording.objects.get().transcript == "en: hello"
        note = Entry.objects.get(interaction__public_id=call.interaction, kind="note")
        assert note.body.endswith("en: hello")
        world.clock.shift(timedelta(days=91))
        assert recordings.serve_recordings_once() == 1
        note.refresh_from_db()
        assert (note.body.startswith("Recording of the call, "), "hello" in note.body) == (True, False)
        assert Recording.objects.get().transcript == "", "the words go with the sound"


def test_a_hook_that_fails_costs_the_text_and_not_the_recording() -> None:
    with a_world() as world:
        _, call = a_recorded_talk(world)
        with override_settings(CONFIG=house.CONFIG.model_copy(update={"transcriber": f"{__name__}.broken_text"})):
            world.network.hang_up(MARIA)
            world.run(10)
        assert Attachment.objects.filter(entry__interaction__public_id=call.interaction).count() == 1


def heard_text(sound: bytes, language: str) -> str:
    return f"{language}: hello" if sound.startswith(b"RIFF") else "?"


def broken_text(_sound: bytes, _language: str) -> str:
    raise ZeroDivisionError
