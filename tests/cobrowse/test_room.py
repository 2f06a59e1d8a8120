"""What becomes of frames in a room: order, credit, whoever is slow or comes late, whoever does what they may not."""

from typing import Any

import pytest

from channels_app.cobrowse.company import MAX_VIOLATIONS, Member
from channels_app.cobrowse.outbox import MIRROR_MARK
from channels_app.cobrowse.pacing import ACK_AT, ACK_SECONDS, BURST, BYTES_A_SECOND, MOST_UNACKED, UNPACKED
from channels_app.cobrowse.picture import BEHIND_SECONDS, RATE, RESUME_AGAIN_SECONDS, SNAPSHOT_EVERY
from channels_app.cobrowse.policy import Role, Scope
from channels_app.cobrowse.relay import MAX_ACTIONS
from channels_app.cobrowse.replay import MAX_BYTES
from tests.cobrowse.builders import mirror, packed
from tests.cobrowse.rooms import ANNA, BEN, Held, Scene, facts, held

BIG: list[list[Any]] = [["t", 7, 3, 0, "•" * 4_000, 0]]  # 12 kB


def a_late_agent(scene: Scene, user: str = "cleo") -> Member:
    scene.change(views={ANNA: "", BEN: "", user: "late"})
    late = Member(Role.AGENT, Held(), user, "Cleo Late", "late")
    scene.room.enter_agent(late)
    return late


# Order


def test_what_is_shown_reaches_every_agent_and_is_acknowledged() -> None:
    scene = Scene()
    frames = [scene.show(snapshot=True), scene.show(), scene.show()]
    assert held(scene.anna).mirrored() == frames
    assert held(scene.ben).mirrored() == frames
    assert held(scene.page).of("ack") == []
    scene.wait(ACK_SECONDS)
    assert held(scene.page).of("ack") == [{"t": "ack", "s": scene.s}]


def test_much_is_acknowledged_at_once_and_little_together() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    first = scene.s
    while not held(scene.page).of("ack"):
        scene.show(ops=BIG)
        for agent in (scene.anna, scene.ben):
            held(agent).deliver()
    assert held(scene.page).of("ack") == [{"t": "ack", "s": scene.s}]
    assert 2 <= scene.s - first <= 1 + ACK_AT // 12_000


def test_a_frame_that_came_before_is_acknowledged_again_and_not_handed_on() -> None:
    scene = Scene()
    frame = scene.show(snapshot=True)
    scene.wait(ACK_SECONDS)
    scene.room.take_mirror(frame)
    assert held(scene.anna).mirrored() == [frame]
    assert [ack["s"] for ack in held(scene.page).of("ack")] == [scene.s, scene.s]


def test_a_gap_is_answered_by_what_is_missing_and_once() -> None:
    scene = Scene()
    frame = scene.show(snapshot=True)
    for later in (2, 3, 4):
        scene.room.take_mirror(mirror(scene.s + later))
    assert held(scene.page).of("resume") == [{"t": "resume", "from": scene.s}]
    assert held(scene.anna).mirrored() == [frame]


def test_what_is_missing_is_asked_for_again_until_it_comes() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    scene.room.take_mirror(mirror(scene.s + 2))
    scene.room.take_mirror(mirror(scene.s + 2))  # sent again, and what is missing was lost again
    scene.wait(RESUME_AGAIN_SECONDS)
    assert held(scene.page).of("resume") == [{"t": "resume", "from": scene.s}] * 2
    scene.show()
    scene.show()
    scene.wait(RESUME_AGAIN_SECONDS)
    scene.wait(RESUME_AGAIN_SECONDS)
    assert len(held(scene.page).of("resume")) == 2
    assert held(scene.page).of("ack")[-1]["s"] == scene.s


@pytest.mark.parametrize("change", [{"paused": True}, {"scopes": []}])
def test_nothing_is_asked_for_that_is_not_shown_any_more(change: dict[str, Any]) -> None:
    scene = Scene()
    scene.show(snapshot=True)
    scene.room.take_mirror(mirror(scene.s + 2))
    scene.change(**change)
    scene.wait(RESUME_AGAIN_SECONDS)
    assert len(held(scene.page).of("resume")) == 1


def test_a_new_snapshot_needs_nothing_that_came_before() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    scene.s += 50
    again = scene.show(snapshot=True)
    assert held(scene.anna).mirrored()[-1] == again
    scene.wait(ACK_SECONDS)
    assert held(scene.page).of("ack")[-1]["s"] == scene.s


# Who has the place


def test_of_two_connections_of_a_tab_the_newer_one_stays_whichever_comes_first() -> None:
    for order in (("older", "newer"), ("newer", "older")):
        scene = Scene()
        pages = {name: Member(Role.CUSTOMER, Held(), connection=name) for name in order}
        rows = {name: facts(2 + (name == "newer"), page=name) for name in order}
        for name in order:
            scene.room.hear(rows[name])
            scene.room.enter_page(pages[name])
        assert scene.room.page is pages["newer"]
        assert (held(scene.page).code, held(pages["older"]).code, held(pages["newer"]).code) == (4409, 4409, None)
        assert not scene.room.leave(pages["older"])


def test_of_two_windows_of_an_agent_the_newer_one_stays_whichever_comes_first() -> None:
    for order in (("older", "newer"), ("newer", "older")):
        scene = Scene()
        windows = {name: Member(Role.AGENT, Held(), ANNA, "Anna Agent", name) for name in order}
        rows = {name: facts(2 + (name == "newer"), views={ANNA: name, BEN: ""}) for name in order}
        for name in order:
            scene.room.hear(rows[name])
            scene.room.enter_agent(windows[name])
        assert scene.room.views == ["newer", ""]
        assert (held(windows["older"]).code, held(windows["newer"]).code) == (4409, None)


def test_a_view_that_has_lost_its_place_is_closed_and_may_come_back() -> None:
    scene = Scene()
    scene.change(views={BEN: ""})
    assert (held(scene.anna).code, held(scene.ben).code, held(scene.page).code) == (4000, None, None)


# Who comes late or reads slowly


def test_who_comes_late_gets_everything_since_the_last_snapshot() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    frames = [scene.show(snapshot=True), scene.show()]
    late = a_late_agent(scene)
    assert held(late).mirrored() == frames


def test_who_comes_back_gets_what_they_miss() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    has = scene.s
    missed = [scene.show(), scene.show()]
    back = a_late_agent(scene, ANNA)
    assert held(scene.anna).code == 4409
    scene.room.resume_agent(back, has)
    assert held(back).mirrored() == missed
    scene.room.resume_agent(back, scene.s + 1_000)  # of a room that there was before
    assert len(held(back).mirrored()) == 2 + 3


def test_a_page_that_is_paused_is_shown_to_nobody_who_comes() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    scene.change(paused=True)
    late = a_late_agent(scene)
    scene.show()
    assert held(late).mirrored() == []
    scene.change(paused=False)
    assert len(held(scene.page).of("snapshot.request")) == 1


def test_the_page_waits_for_an_agent_who_does_not_read_but_not_for_long() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    scene.wait(ACK_SECONDS)
    held(scene.ben).lag = MIRROR_MARK
    scene.show()
    scene.wait(BEHIND_SECONDS)
    assert len(held(scene.page).of("ack")) == 1
    scene.wait(0.1)
    assert held(scene.page).of("ack")[-1]["s"] == scene.s
    assert len(held(scene.anna).mirrored()) == 2
    assert len(held(scene.ben).mirrored()) == 1


def test_whoever_was_behind_gets_the_rest_when_they_read_again() -> None:
    scene = Scene()
    frames = [scene.show(snapshot=True)]
    held(scene.ben).lag = MIRROR_MARK
    frames += [scene.show() for _ in range(3)]
    scene.wait(BEHIND_SECONDS + 1)
    frames.append(scene.show())
    held(scene.ben).lag = 0
    scene.wait(0.05)
    assert held(scene.ben).mirrored() == frames


def test_whoever_was_too_far_behind_begins_with_the_next_snapshot() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    held(scene.ben).lag = MIRROR_MARK
    scene.show()
    scene.wait(BEHIND_SECONDS + 1)
    fresh = [scene.show(snapshot=True), scene.show()]
    held(scene.ben).lag = 0
    scene.wait(0.05)
    assert held(scene.ben).mirrored()[1:] == fresh


def test_a_picture_that_is_too_large_to_be_kept_is_asked_for_anew_by_whoever_comes() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    size = 0
    while size <= MAX_BYTES:
        size += len(scene.show(ops=BIG))
        scene.wait(0.05)
        held(scene.anna).deliver()
        held(scene.ben).deliver()
    late = a_late_agent(scene)
    assert held(late).mirrored() == []
    assert len(held(scene.page).of("snapshot.request")) == 1
    scene.wait(SNAPSHOT_EVERY - 1)
    assert len(held(scene.page).of("snapshot.request")) == 1
    fresh = scene.show(snapshot=True)
    assert held(late).mirrored() == [fresh]


def test_memory_is_bounded_whatever_is_shown() -> None:
    scene = Scene()
    for _ in range(3 * MAX_BYTES // 12_000):
        scene.show(ops=BIG)
        scene.wait(0.05)
    kept = sum(len(frame) for frame in scene.room._picture._replay._frames)
    assert kept <= MAX_BYTES
    for agent in (scene.anna, scene.ben):
        assert held(agent).backlog <= MIRROR_MARK + 20_000


# How much


def test_acknowledgements_come_no_faster_than_the_rate() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    sent = 0
    acknowledged = scene.s
    while scene.s - acknowledged < 2 * ACK_AT // 12_000 and sent < BURST + 100_000:
        sent += len(scene.show(ops=BIG))
        for agent in (scene.anna, scene.ben):
            held(agent).deliver()
        acknowledged = max((ack["s"] for ack in held(scene.page).of("ack")), default=acknowledged)
    assert BURST - 2 * ACK_AT <= sent <= BURST + 3 * ACK_AT
    scene.wait(3 * ACK_AT / BYTES_A_SECOND)
    assert held(scene.page).of("ack")[-1]["s"] == scene.s


def test_a_page_that_does_not_wait_is_closed() -> None:
    scene = Scene()
    held(scene.anna).lag = MIRROR_MARK
    sent = 0
    while held(scene.page).code is None and sent < 2 * MOST_UNACKED:
        sent += len(scene.show(snapshot=not sent, ops=BIG))
    assert held(scene.page).code == 4429
    assert sent <= MOST_UNACKED + 20_000


def test_frames_of_few_bytes_that_unpack_to_many_are_counted_as_many() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    sent = unpacked = 0
    while held(scene.page).code is None and unpacked < 16 * BURST:
        scene.s += 1
        frame = packed(scene.s, [["-", 1]] * 4_000)
        scene.room.take_mirror(frame)
        sent += len(frame)
        unpacked += 4_000 * len('["-", 1], ')
    assert held(scene.page).code == RATE
    assert sent < BURST / 20
    assert unpacked <= UNPACKED * (BURST + MOST_UNACKED) + 50_000


def test_pointers_are_the_first_to_be_dropped() -> None:
    scene = Scene(scopes=["view", "point"])
    held(scene.page).lag = 20_000
    scene.room.relay(scene.anna, "pointer", {"t": "pointer", "x": 1, "y": 1})
    scene.room.relay(scene.anna, "clear", {"t": "clear"})
    assert held(scene.page).of("pointer") == []
    assert len(held(scene.page).of("clear")) == 1


# Who does what they may not


def test_the_third_frame_without_consent_shuts_the_door_and_all_are_written_down() -> None:
    scene = Scene()
    for count in range(1, MAX_VIOLATIONS + 1):
        assert held(scene.anna).code is None, count
        scene.room.relay(scene.anna, "draw", {"t": "draw", "id": "a", "points": [[1, 1]]})
    assert held(scene.anna).code == 4403
    assert [(line.user, line.kind, line.outcome) for line in scene.lines] == [(ANNA, "draw", "no_consent")] * 3
    assert held(scene.page).of("draw") == []


def test_who_acts_while_another_one_controls_is_closed_with_4409() -> None:
    scene = Scene(scopes=["view", "point", "control"], controller=ANNA)
    for _ in range(MAX_VIOLATIONS):
        scene.room.relay(scene.ben, "input.click", {"t": "input.click", "id": 1, "e": 1, "n": 1})
    assert held(scene.ben).code == 4409
    assert held(scene.page).of("input.click") == []


def test_a_bad_frame_is_dropped_written_down_and_the_page_is_asked_anew() -> None:
    scene = Scene()
    frame = scene.show(snapshot=True)
    scene.show(ops=[["+", 9, 3, 0, "script", {}, 0]])
    assert held(scene.anna).mirrored() == [frame]
    assert [(line.kind, line.outcome) for line in scene.lines] == [("mirror", "bad_frame")]
    assert held(scene.page).of("err")[0]["of"] == "mirror"
    assert len(held(scene.page).of("snapshot.request")) == 1
    for _ in range(2):
        scene.s -= 1
        scene.show(ops=[["+", 9, 3, 0, "script", {}, 0]])
    assert held(scene.page).code == 4400
    assert scene.page.has_violated


# Acts on the page


def act(scene: Scene, number: int, kind: str = "input.click") -> None:
    scene.room.relay(scene.anna, kind, {"t": kind, "id": number, "e": 1, "n": 2})


def done(scene: Scene, number: int, *, ok: bool = True, code: str = "") -> None:
    frame = {"t": "input.done", "id": number, "ok": ok, "code": code, "what": "ab" * 8}
    scene.room.relay(scene.page, "input.done", frame)


def test_each_act_is_written_down_with_what_became_of_it() -> None:
    scene = Scene(scopes=["view", "point", "control"], controller=ANNA)
    act(scene, 1)
    act(scene, 2, "input.type")
    act(scene, 3)
    done(scene, 1)
    done(scene, 2, ok=False, code="masked")
    sent = held(scene.page).of("input.click")[0]
    assert (sent["by"], sent["name"], sent["submit"]) == (ANNA, "Anna Agent", False)
    assert [frame["id"] for frame in held(scene.anna).of("input.done")] == [1, 2]
    assert held(scene.ben).of("input.done") == []
    scene.change(scopes=["view", "point"], controller="")
    assert [(line.kind, line.outcome, line.what) for line in scene.lines] == [
        ("input.click", "done", "ab" * 8),
        ("input.type", "masked", "ab" * 8),
        ("input.click", "unanswered", ""),
    ]


def test_an_answer_to_nothing_is_no_act() -> None:
    scene = Scene(scopes=["view", "point", "control"], controller=ANNA)
    done(scene, 7)
    assert scene.lines == []
    assert held(scene.anna).of("input.done") == []


def test_more_acts_than_the_page_answers_are_not_handed_on() -> None:
    scene = Scene(scopes=["view", "point", "control"], controller=ANNA)
    for number in range(MAX_ACTIONS + 1):
        act(scene, number)
        held(scene.page).deliver()
    act(scene, 5)
    assert len(held(scene.page).of("input.click")) == MAX_ACTIONS
    assert [frame["id"] for frame in held(scene.anna).of("input.done")] == [MAX_ACTIONS, 5]


# A direct connection


def test_descriptions_go_to_the_one_peer() -> None:
    scene = Scene(scopes=["view", "p2p"])
    scene.room.relay(scene.page, "ice", {"t": "ice", "to": BEN, "candidate": None})
    scene.room.relay(scene.anna, "ice", {"t": "ice", "to": "", "candidate": None})
    assert held(scene.ben).of("ice") == [{"t": "ice", "candidate": None}]
    assert held(scene.anna).of("ice") == []
    assert held(scene.page).of("ice") == [{"t": "ice", "candidate": None, "from": ANNA}]


def test_both_ends_hear_where_they_can_meet_when_it_is_granted() -> None:
    scene = Scene()
    scene.change(scopes=["view", "p2p"])
    for member in (scene.page, scene.anna, scene.ben):
        assert held(member).of("turn") == [{"t": "turn", "servers": []}]


def test_whoever_has_lost_a_direct_line_hears_anew_where_they_can_meet() -> None:
    scene = Scene(scopes=["view", "p2p"])
    scene.room.relay(scene.page, "p2p", {"t": "p2p", "to": ANNA, "up": True, "s": 1})
    assert held(scene.page).of("turn") == []
    scene.room.relay(scene.page, "p2p", {"t": "p2p", "to": ANNA, "up": False, "s": 1})
    assert [len(held(member).of("turn")) for member in (scene.page, scene.anna)] == [1, 1]


# How it stands


def test_everybody_hears_of_every_change_and_the_page_reads_the_question() -> None:
    scene = Scene()
    asked = {"by": ANNA, "name": "Anna Agent", "until": "2026-03-02T12:00:00+00:00", "submit": False}
    scene.change(asks={"point": asked})
    (ask,) = held(scene.page).of("ask")
    assert (ask["scope"], ask["by"]) == ("point", {"id": ANNA, "name": "Anna Agent"})
    assert held(scene.ben).of("asked")[0]["scope"] == "point"
    scene.change(asks={"point": asked}, scopes=["view"])
    assert len(held(scene.page).of("ask")) == 1
    assert len(held(scene.anna).of("state")) == 2


def test_agents_hear_with_the_next_state_that_a_question_is_not_open_any_more() -> None:
    scene = Scene()
    asked = {"by": ANNA, "name": "Anna Agent", "until": "2026-03-02T12:00:00+00:00", "submit": False}
    scene.change(asks={"point": asked})
    scene.change(asks={})
    assert [state["asking"] for state in held(scene.ben).of("state")] == [["point"], []]


def test_at_the_end_nothing_is_sent_but_why() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    scene.change(stage="ended", scopes=[], end={"reason": "supervisor", "by": "Sue"})
    for member in (scene.page, scene.anna):
        assert held(member).code == 4442
        assert held(member).deliver()[-1] == {"t": "end", "reason": "supervisor", "by": "Sue"}
    assert held(scene.anna).mirrored() == []


def test_revoking_view_takes_back_what_waits() -> None:
    scene = Scene()
    scene.show(snapshot=True)
    scene.room.close_gate(Scope.VIEW)
    assert held(scene.anna).mirrored() == []


def test_a_page_on_which_nothing_happens_is_idle() -> None:
    scene = Scene()
    scene.wait(301)
    assert scene.room.is_idle
    scene.change(scopes=["view", "p2p"])
    scene.room.relay(scene.anna, "ice", {"t": "ice", "to": "page", "candidate": None})
    assert held(scene.page).of("ice")
    assert scene.room.is_idle, "machines that seek a way to each other are nobody who does something"
    scene.show(snapshot=True)
    assert not scene.room.is_idle


def test_a_room_made_anew_gives_out_no_number_twice() -> None:
    first = Scene()
    first.show(snapshot=True)
    later = Scene(created_at="2020-01-01T00:00:00+00:00")
    assert later.room.last > first.room.last
