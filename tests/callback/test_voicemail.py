"""Messages of callers: what is recorded reaches the interaction with the same bytes, and leaves nothing at Twilio."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.callback import rest
from channels_app.callback.failures import Action as Does
from channels_app.callback.failures import CallFailure
from channels_app.callback.hub_acts import close_interaction
from channels_app.callback.models import CallbackRequest, Recording
from channels_app.callback.simulator.calls import Recording as Tape
from channels_app.callback.simulator.phones import Action, Script
from channels_app.callback.simulator.recordings import wav
from interaction_center.due_work import WorkState
from interaction_center.queue.files import read_file
from interaction_center.queue.models import Attachment, State
from interaction_center.routing.services import offer_due
from tests.access.builders import a_calendar
from tests.builders import assert_gapless, happened, log_of, said
from tests.callback.builders import MARIA, NOON, World, a_world
from tests.callback.callers import (
    HIDDEN,
    a_hotline,
    an_agent_who_answers,
    call_of,
    calls_us,
    has_heard,
    interaction_of,
    longest_silence,
    spoken_to,
)

pytestmark = pytest.mark.django_db
TO_MESSAGE = Action("press", heard="die 2", after=0.5, digits="2")
SPEAKS = Action("say", heard="nach dem Ton", after=6, text="Mein Drucker zeigt E-04", seconds=42)


def a_message(world: World, *then: Action, caller: str = MARIA) -> str:
    """The sid of a call whose caller presses 2 and speaks for 42 seconds."""
    return calls_us(world, caller, Script(actions=(TO_MESSAGE, SPEAKS, *then)))


def the_tape(world: World) -> Tape:
    """What Twilio holds."""
    return next(iter(world.network.recordings.all.values()))


def files_of(sid: str) -> list[Attachment]:
    return list(Attachment.objects.filter(entry__interaction=interaction_of(sid)))


def test_a_message_reaches_the_interaction_byte_for_byte_and_is_deleted_at_twilio() -> None:
    with a_world() as world:
        a_hotline(world)
        sid = a_message(world)
        world.run(40, step=1)
        tape = the_tape(world)
        world.run(40, step=1)
        assert spoken_to(world, sid)[-1] == "Danke, Ihre Nachricht ist angekommen. Auf Wiederhören."
        (file,) = files_of(sid)
        assert read_file(file) == wav(tape.seconds)
        assert (file.content_type, file.filename) == ("audio/wav", "voicemail-20260302-1101.wav")
        assert said(call_of(sid).interaction)[-1].startswith("Voicemail (0:")
        assert not world.network.recordings.all
        assert (call_of(sid).outcome, Recording.objects.get().state) == ("voicemail", WorkState.DONE)
        assert_gapless(call_of(sid).interaction)
        assert longest_silence(world, sid) <= 2


def test_a_message_waits_in_the_queue_as_any_other_and_its_agent_is_not_rung() -> None:
    with a_world() as world:
        a_hotline(world)
        an_agent_who_answers(world)
        sid = a_message(world)
        world.run(20, step=1)
        assert not offer_due()
        world.run(80, step=1)
        assert offer_due() == 1
        interaction = interaction_of(sid)
        assert (interaction.state, interaction.exclusive) == (State.OFFERED, False)
        world.run(400, step=10)
        assert not CallbackRequest.objects.exists()


def test_who_hangs_up_while_speaking_has_left_a_message_and_was_not_missed() -> None:
    with a_world() as world:
        a_hotline(world)
        sid = a_message(world, Action("hang_up", heard="nach dem Ton", after=20))
        world.run(400, step=2)
        assert len(files_of(sid)) == 1
        assert (call_of(sid).outcome, call_of(sid).follow_up_at) == ("voicemail", None)
        assert interaction_of(sid).state == State.WAITING
        assert not CallbackRequest.objects.exists()


def test_who_hangs_up_before_the_tone_leaves_no_empty_message_and_is_called_back() -> None:
    with a_world() as world:
        a_hotline(world)
        hangs_up = Action("hang_up", heard="nach dem Ton", after=1)
        sid = calls_us(world, MARIA, Script(actions=(TO_MESSAGE, hangs_up)))
        world.run(60, step=1)
        assert call_of(sid).outcome == "hung_up"
        assert not Recording.objects.exists()
        assert not files_of(sid)
        world.run(320, step=10)
        assert CallbackRequest.objects.get().number == MARIA


def test_silence_after_the_tone_is_no_message() -> None:
    with a_world() as world:
        a_hotline(world)
        sid = calls_us(world, MARIA, Script(actions=(TO_MESSAGE,)))
        world.run(60, step=1)
        assert has_heard(world, sid, "Wir haben nichts gehört")
        assert not Recording.objects.exists()


def test_outside_the_hours_whoever_has_no_keys_may_still_leave_a_message() -> None:
    with a_world(NOON.replace(hour=20)) as world:
        a_hotline(world, calendar=a_calendar().public_id)
        sid = calls_us(world, HIDDEN, Script(actions=(SPEAKS,)))
        world.run(140, step=1)
        assert has_heard(world, sid, "Danke, Ihre Nachricht ist angekommen.")
        assert len(files_of(sid)) == 1


def test_a_line_without_voicemail_does_not_offer_it_and_takes_none() -> None:
    with a_world() as world:
        a_hotline(world, takes_voicemail=False)
        sid = calls_us(world, MARIA, Script(actions=(Action("press", heard="Position", digits="2"), TO_MESSAGE)))
        world.run(5)
        world.network.press(MARIA, "2")
        world.run(60, step=1)
        assert not has_heard(world, sid, "Nachricht")
        assert not has_heard(world, sid, "nach dem Ton")


def test_what_was_said_in_english_is_written_down_in_the_log_once() -> None:
    with a_world() as world:
        a_hotline(world)
        to_message = Action("press", heard="press 2", after=0.5, digits="2")
        speaks = Action("say", heard="after the tone", after=6, text="My printer shows E-04", seconds=8)
        sid = calls_us(world, "+442071838750", Script(actions=(to_message, speaks)))
        world.run(90, step=1)
        log = [entry.data for entry in log_of(call_of(sid).interaction) if entry.data.get("name") == "call_transcribed"]
        assert [data["text"] for data in log] == ["My printer shows E-04"]
        assert Recording.objects.get().transcript == "My printer shows E-04"


def test_a_message_that_twilio_does_not_give_is_asked_for_again_and_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_world() as world:
        a_hotline(world)
        fetch, delete, failures = rest.fetch_media, rest.delete_recording, [1, 1]

        def flaky_fetch(sid: str) -> bytes:
            if failures:
                failures.pop()
                raise CallFailure(Does.RECONCILE)
            return fetch(sid)

        def flaky_delete(sid: str) -> None:
            delete(sid)
            if not deleted:
                deleted.append(sid)
                raise CallFailure(Does.RECONCILE)

        deleted: list[str] = []
        monkeypatch.setattr(rest, "fetch_media", flaky_fetch)
        monkeypatch.setattr(rest, "delete_recording", flaky_delete)
        sid = a_message(world)
        world.run(140, step=1)
        assert len(files_of(sid)) == 1
        assert Recording.objects.get().state == WorkState.DONE
        assert not world.network.recordings.all


def test_a_message_whose_sound_is_gone_is_said_to_be_lost_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_sid: str) -> bytes:
        raise CallFailure(Does.GONE)

    with a_world() as world:
        a_hotline(world)
        monkeypatch.setattr(rest, "fetch_media", gone)
        sid = a_message(world)
        world.run(300, step=5)
        assert Recording.objects.get().state == WorkState.DEAD
        assert "call_recording_lost" in happened(call_of(sid).interaction)
        assert interaction_of(sid).state == State.WAITING


def test_a_message_about_something_that_was_closed_meanwhile_opens_it_again() -> None:
    with a_world() as world:
        a_hotline(world)
        sid = a_message(world)
        world.run(25, step=1)
        close_interaction(call_of(sid).interaction)
        world.run(80, step=1)
        assert interaction_of(sid).state == State.WAITING
        assert len(files_of(sid)) == 1


def test_a_hidden_caller_who_speaks_and_hangs_up_is_heard_all_the_same() -> None:
    with a_world() as world:
        a_hotline(world)
        sid = a_message(world, Action("hang_up", heard="nach dem Ton", after=20), caller=HIDDEN)
        world.run(100, step=1)
        assert len(files_of(sid)) == 1
        assert interaction_of(sid).state == State.WAITING
        assert timezone.now() - call_of(sid).created_at > timedelta(seconds=90)
