"""What people do during a call, judged by who hears whom in the phone network in a box."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from channels_app.callback import controls
from channels_app.callback.models import CallLeg, DoNotCall, Party, PhoneCall, PhoneLine
from channels_app.callback.simulator.phones import Script
from interaction_center.errors import ConflictError, ForbiddenError, InvalidError, RateLimitedError
from interaction_center.queue.models import State
from interaction_center.routing.models import Agent
from interaction_center.routing.services import transfer_interaction
from tests.access.builders import a_team
from tests.builders import fresh, happened
from tests.callback.builders import (
    ACCEPTS,
    MARIA,
    OURS,
    a_line,
    a_request,
    a_world,
    an_agent_with_phone,
    stands,
    taken_by,
    the_call,
)
from tests.callback.talking import ANNA, BEN, SILENT, SUE, a_colleague, a_supervisor, a_talk, hears, is_silent, leg

pytestmark = pytest.mark.django_db
OUTSIDE = "+4930777888"


# Hold, mute, hang up.


def test_a_customer_on_hold_hears_words_and_nobody_until_they_are_taken_back() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        controls.hold(the_call(request), anna, True)
        world.run(12)
        assert hears(world, MARIA) == set()
        assert leg(the_call(request)).on_hold
        assert "Please hold the line." in world.heard()
        controls.hold(the_call(request), anna, False)
        world.run(2)
        assert hears(world, MARIA) == {ANNA}
        assert not leg(the_call(request)).on_hold
        assert not is_silent(world)


def test_hold_on_and_off_and_on_again_at_once_ends_on_hold() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        for on in (True, False, True, True):
            controls.hold(the_call(request), anna, on)
        world.run(3)
        assert hears(world, MARIA) == set()
        assert leg(the_call(request)).on_hold


def test_nobody_hears_who_is_muted() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        mine = leg(the_call(request), Party.AGENT).public_id
        controls.mute(the_call(request), anna, mine, True)
        world.run(2)
        assert (hears(world, MARIA), hears(world, ANNA)) == (set(), {MARIA})
        controls.mute(the_call(request), anna, mine, False)
        world.run(2)
        assert hears(world, MARIA) == {ANNA}


def test_an_agent_who_hangs_up_ends_the_call_for_both() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        controls.hang_up(the_call(request), anna)
        controls.hang_up(the_call(request), anna)
        world.run(5)
        assert world.network.current_call(MARIA) is None
        assert world.network.current_call(ANNA) is None
        assert (the_call(request).outcome, stands(request).stage) == ("talked", "wrapup")
        controls.hang_up(the_call(request), anna)


def test_an_agent_who_hangs_up_while_it_rings_has_not_called_them() -> None:
    with a_world() as world:
        anna, request = an_agent_with_phone("Anna Agent", ANNA), a_request(a_line())
        world.network.script(ANNA, ACCEPTS)
        world.network.script(MARIA, SILENT)
        taken_by(anna, request)
        world.run(18)
        assert stands(request).stage == "dialling"
        controls.hang_up(the_call(request), anna)
        world.run(10)
        call = PhoneCall.objects.get(pk=the_call(request).pk)
        assert (call.outcome, stands(request).calls_made) == ("cancelled", 0)
        assert world.network.current_call(MARIA) is None


def test_what_comes_after_the_end_is_refused_in_words() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        world.network.hang_up(MARIA)
        world.run(5)
        with pytest.raises(ConflictError, match="This call is over"):
            controls.hold(the_call(request), anna, True)


def test_an_act_in_the_moment_in_which_the_customer_hangs_up_harms_nothing() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        world.network.hang_up(MARIA)  # we have not heard of it
        controls.hold(the_call(request), anna, True)
        controls.mute(the_call(request), anna, leg(the_call(request), Party.AGENT).public_id, True)
        world.run(10)
        assert (the_call(request).outcome, stands(request).stage) == ("talked", "wrapup")
        assert not CallLeg.objects.filter(ended_at=None).exists()


# Put through, blind.


def test_a_customer_who_is_put_through_waits_with_words_and_talks_with_the_colleague() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world)
        controls.transfer(the_call(request), anna, {"user": ben.public_id})
        world.run(2)
        assert world.network.current_call(ANNA) is None, "who has put through is free"
        world.run(15)
        assert hears(world, MARIA) == {BEN}
        call = the_call(request)
        assert (call.agent, call.transfer, call.ended_at) == (ben.public_id, {}, None)
        interaction = fresh(request.interaction)
        assert (interaction.assigned_to, interaction.exclusive) == (ben, True)
        assert "I am putting you through" in " ".join(world.heard())
        assert "Maria is on the line and waits for you." in world.heard(BEN)[0]
        assert not is_silent(world)
        assert "call_transferred" in happened(request.interaction)
        world.network.hang_up(MARIA)
        world.run(5)
        assert stands(request).stage == "wrapup"


def test_a_colleague_who_does_not_answer_brings_the_customer_back() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world, script=SILENT)
        controls.transfer(the_call(request), anna, {"user": ben.public_id})
        world.run(60)
        assert hears(world, MARIA) == {ANNA}
        assert (world.rings(ANNA), world.rings(BEN), world.rings(MARIA)) == (2, 1, 1)
        assert the_call(request).agent == anna.public_id
        assert fresh(request.interaction).assigned_to == anna
        assert not leg(the_call(request)).on_hold
        assert not is_silent(world)


def test_where_nobody_is_left_the_customer_hears_an_apology_and_is_due_again() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world, script=SILENT)
        world.network.script(ANNA, SILENT)
        controls.transfer(the_call(request), anna, {"user": ben.public_id})
        world.run(100)
        call = PhoneCall.objects.filter(request=request).order_by("pk")[0]
        assert call.outcome == "agent_missed"
        assert world.heard()[-1].startswith("I am sorry, we can't connect you now")
        assert stands(request).stage == "due"
        assert fresh(request.interaction).state == State.WAITING
        assert Agent.objects.get(user=anna).wanted == "away"
        assert not is_silent(world)


def test_a_team_is_rung_one_after_the_other() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben, cem = a_colleague(world, script=SILENT), a_colleague(world, "Cem Agent", "+4930555004")
        team = a_team("Spare parts", ben, cem)
        controls.transfer(the_call(request), anna, {"team": team.public_id})
        world.run(60)
        assert hears(world, MARIA) == {"+4930555004"}
        interaction = fresh(request.interaction)
        assert (interaction.team, interaction.assigned_to) == (team, cem)
        assert world.rings(BEN) <= 1


def test_a_team_without_anybody_free_is_refused_and_the_talk_goes_on() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        team = a_team("Spare parts")
        with pytest.raises(ConflictError, match="Nobody of this team is free"):
            controls.transfer(the_call(request), anna, {"team": team.public_id})
        world.run(2)
        assert hears(world, MARIA) == {ANNA}


def test_a_number_outside_hears_nothing_of_the_customer_before_they_answer() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        world.network.script(OUTSIDE, ACCEPTS)
        controls.transfer(the_call(request), anna, {"number": "030 777888"})
        world.run(20)
        assert hears(world, MARIA) == {OUTSIDE}
        assert "Maria" not in " ".join(world.heard(OUTSIDE))
        assert not fresh(request.interaction).exclusive, "the agent is free for something else"
        world.network.hang_up(OUTSIDE)
        world.run(5)
        assert (the_call(request).outcome, the_call(request).agent) == ("talked", anna.public_id)


@pytest.mark.parametrize("number", ["0900 1234567", "112", "+1 876 555 0100", "hello", OURS, MARIA])
def test_a_number_that_may_not_be_rung_is_refused(number: str) -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        with pytest.raises(InvalidError):
            controls.transfer(the_call(request), anna, {"number": number})
        world.run(2)
        assert hears(world, MARIA) == {ANNA}


def test_a_number_on_the_list_is_not_rung() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        DoNotCall.objects.create(number=OUTSIDE, created_at=timezone.now())
        with pytest.raises(InvalidError, match="never called"):
            controls.add(the_call(request), anna, {"number": OUTSIDE})


def test_an_agent_rings_only_so_many_numbers_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "NUMBERS_AN_HOUR", 1)
    with a_world() as world:
        anna, request = a_talk(world)
        world.network.script(OUTSIDE, Script(reaction="busy", after=1))
        controls.add(the_call(request), anna, {"number": OUTSIDE})
        world.run(10)
        with pytest.raises(RateLimitedError):
            controls.add(the_call(request), anna, {"number": OUTSIDE})


def test_the_same_transfer_twice_is_one_and_another_has_to_wait() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben, cem = a_colleague(world), a_colleague(world, "Cem Agent", "+4930555004")
        for _ in range(2):
            controls.transfer(the_call(request), anna, {"user": ben.public_id})
        with pytest.raises(ConflictError, match="being put through"):
            controls.transfer(the_call(request), anna, {"user": cem.public_id})
        world.run(20)
        assert (world.rings(BEN), world.rings("+4930555004")) == (1, 0)


def test_a_customer_who_hangs_up_while_they_are_put_through_ends_the_call() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world, script=SILENT)
        controls.transfer(the_call(request), anna, {"user": ben.public_id})
        world.run(5)
        world.network.hang_up(MARIA)
        world.run(10)
        assert world.network.current_call(BEN) is None
        assert (the_call(request).outcome, stands(request).stage) == ("talked", "wrapup")


def test_a_colleague_on_another_call_can_not_be_chosen() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world)
        other = a_request(request.line, "+4930123457")
        taken_by(ben, other)
        world.run(20)
        with pytest.raises(ConflictError, match="engaged"):
            controls.transfer(the_call(request), anna, {"user": ben.public_id})


# Warm.


def test_a_colleague_is_added_talks_and_has_the_call_when_the_agent_leaves() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world)
        for _ in range(2):
            controls.add(the_call(request), anna, {"user": ben.public_id})
        world.run(15)
        assert hears(world, MARIA) == {ANNA, BEN}
        assert world.heard(BEN)[0].startswith("A colleague asks you into a talk with Maria.")
        controls.hang_up(the_call(request), anna)
        world.run(5)
        assert hears(world, MARIA) == {BEN}
        assert (the_call(request).agent, fresh(request.interaction).assigned_to) == (ben.public_id, ben)
        assert world.rings(BEN) == 1


@pytest.mark.parametrize("number", [BEN, OUTSIDE])
def test_an_agent_who_has_spoken_to_somebody_while_the_customer_held_leaves_the_two_together(number: str) -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world)
        world.network.script(OUTSIDE, ACCEPTS)
        controls.hold(the_call(request), anna, True)
        controls.mute(the_call(request), anna, leg(the_call(request)).public_id, True)
        controls.add(the_call(request), anna, {"user": ben.public_id} if number == BEN else {"number": number})
        world.run(20)
        assert (hears(world, number), hears(world, MARIA)) == ({ANNA}, set())
        controls.hang_up(the_call(request), anna)
        world.run(5)
        assert (hears(world, MARIA), hears(world, number)) == ({number}, {MARIA})
        assert not is_silent(world)


def test_an_agent_who_leaves_while_the_colleague_still_rings_leaves_no_silence() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world, script=Script(after=12.0, actions=ACCEPTS.actions))
        controls.add(the_call(request), anna, {"user": ben.public_id})
        world.run(3)
        world.network.hang_up(ANNA)
        world.run(30)
        assert hears(world, MARIA) == {BEN}
        assert the_call(request).agent == ben.public_id
        assert not is_silent(world)


def test_whom_one_has_added_can_be_sent_away_and_the_agent_can_not() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world)
        controls.add(the_call(request), anna, {"user": ben.public_id})
        world.run(15)
        added = leg(the_call(request), Party.COLLEAGUE).public_id
        for _ in range(2):
            controls.remove(the_call(request), anna, added)
            world.run(3)
        assert hears(world, MARIA) == {ANNA}
        with pytest.raises(ConflictError, match="Only who was added"):
            controls.remove(the_call(request), anna, leg(the_call(request), Party.AGENT).public_id)


def test_a_colleague_who_is_sent_away_before_they_are_rung_never_is() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben = a_colleague(world)
        controls.add(the_call(request), anna, {"user": ben.public_id})
        controls.remove(the_call(request), anna, leg(the_call(request), Party.COLLEAGUE).public_id)
        world.run(10)
        assert world.rings(BEN) == 0


# Supervisors.


def test_a_supervisor_listens_whispers_barges_and_leaves() -> None:
    with a_world() as world:
        _, request = a_talk(world)
        sue, call = a_supervisor(world), the_call(request)
        controls.listen(call, sue, "listen")
        world.run(15)
        assert (hears(world, SUE), hears(world, ANNA), hears(world, MARIA)) == ({ANNA, MARIA}, {MARIA}, {ANNA})
        controls.listen(call, sue, "whisper")
        world.run(2)
        assert (hears(world, ANNA), hears(world, MARIA)) == ({MARIA, SUE}, {ANNA})
        controls.listen(call, sue, "barge")
        world.run(2)
        assert (hears(world, ANNA), hears(world, MARIA)) == ({MARIA, SUE}, {ANNA, SUE})
        controls.listen(call, sue, "listen")
        world.run(2)
        assert hears(world, MARIA) == {ANNA}
        controls.listen(call, sue, "off")
        world.run(3)
        assert world.network.current_call(SUE) is None
        assert hears(world, MARIA) == {ANNA}
        assert world.rings(SUE) == 1
        assert happened(request.interaction).count("call_listened") == 4


@pytest.mark.parametrize("how", ["listen", "whisper", "barge"])
def test_a_supervisor_is_heard_from_the_first_second_as_they_chose(how: str) -> None:
    with a_world() as world:
        _, request = a_talk(world)
        controls.listen(the_call(request), a_supervisor(world), how)
        world.run(15)
        assert (SUE in hears(world, ANNA), SUE in hears(world, MARIA)) == (how != "listen", how == "barge")
        maria = leg(the_call(request)).call_sid
        heard = {bridge.speaker for bridge in world.network.ledger.bridges if bridge.listener == maria}
        assert len(heard) == (2 if how == "barge" else 1), "not even for a moment"


def test_who_whispers_is_heard_by_the_new_agent_after_a_transfer() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        sue, ben = a_supervisor(world), a_colleague(world)
        controls.listen(the_call(request), sue, "whisper")
        world.run(15)
        controls.transfer(the_call(request), anna, {"user": ben.public_id})
        world.run(20)
        assert (SUE in hears(world, BEN), SUE in hears(world, MARIA)) == (True, False)


def test_a_whisper_while_there_is_no_agent_is_heard_by_nobody() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        sue, ben = a_supervisor(world), a_colleague(world, script=SILENT)
        controls.listen(the_call(request), sue, "listen")
        world.run(15)
        controls.transfer(the_call(request), anna, {"user": ben.public_id})
        world.run(3)
        controls.listen(the_call(request), sue, "whisper")
        world.run(60)
        assert hears(world, MARIA) == {ANNA}, "who has come back"
        assert SUE in hears(world, ANNA)
        maria, sid = leg(the_call(request)).call_sid, leg(the_call(request), Party.SUPERVISOR).call_sid
        assert (maria, sid) not in {(one.listener, one.speaker) for one in world.network.ledger.bridges}


def test_a_supervisor_does_not_keep_a_call_alive() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        controls.listen(the_call(request), a_supervisor(world), "listen")
        world.run(15)
        controls.hang_up(the_call(request), anna)
        world.run(5)
        assert world.network.current_call(SUE) is None
        assert stands(request).stage == "wrapup"


# Who may.


@pytest.mark.parametrize("who", ["stranger", "member", "supervisor"])
def test_who_may_do_what_with_a_call_of_somebody_else(who: str) -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben, call = a_colleague(world), the_call(request)
        if who == "member":
            controls.add(call, anna, {"user": ben.public_id})
            world.run(15)
        person = a_supervisor(world) if who == "supervisor" else ben
        agents = leg(call, Party.AGENT).public_id
        acts = {
            "hold": lambda: controls.hold(call, person, True),
            "unhold": lambda: controls.hold(call, person, False),
            "mute": lambda: controls.mute(call, person, agents, True),
            "transfer": lambda: controls.transfer(call, person, {"number": "0900 1"}),
            "add": lambda: controls.add(call, person, {"number": "0900 1"}),
            "remove": lambda: controls.remove(call, person, agents),
            "listen": lambda: controls.listen(call, person, "off"),
            "record": lambda: controls.record(call, person, True),
            "hang_up": lambda: controls.hang_up(call, person),
        }
        refused = {name for name, act in acts.items() if is_forbidden(act)}
        allowed = {"stranger": set(), "member": {"hang_up"}, "supervisor": set(acts) - {"record"}}[who]
        assert refused == set(acts) - allowed
        world.run(5)
        assert (hears(world, MARIA) == {ANNA}) == (who != "supervisor")


def is_forbidden(act: Callable[[], None]) -> bool:
    try:
        act()
    except ForbiddenError:
        return True
    except (ConflictError, InvalidError):
        return False
    return False


def test_a_colleague_mutes_themselves_and_nobody_else() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben, call = a_colleague(world), the_call(request)
        controls.add(call, anna, {"user": ben.public_id})
        world.run(15)
        controls.mute(call, ben, leg(call, Party.COLLEAGUE).public_id, True)
        world.run(2)
        assert hears(world, MARIA) == {ANNA}
        with pytest.raises(ForbiddenError):
            controls.mute(call, ben, leg(call, Party.AGENT).public_id, True)


def test_an_interaction_that_somebody_took_over_meanwhile_stays_theirs() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        ben, sue = a_colleague(world), a_supervisor(world)
        controls.transfer(the_call(request), anna, {"user": ben.public_id})
        transfer_interaction(interaction=fresh(request.interaction), user=sue, to=sue)
        world.run(20)
        assert (hears(world, MARIA), the_call(request).agent) == ({BEN}, ben.public_id)
        assert fresh(request.interaction).assigned_to == sue


def test_only_this_line_s_countries_are_rung() -> None:
    with a_world() as world:
        anna, request = a_talk(world)
        with pytest.raises(InvalidError):
            controls.add(the_call(request), anna, {"number": "+43 1 5123456"})
        PhoneLine.objects.update(countries=["DE", "AT"])
        controls.add(the_call(request), anna, {"number": "+43 1 5123456"})
        world.run(5)
        assert world.rings("+4315123456") == 1
