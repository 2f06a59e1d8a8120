"""Recordings on the running server: only with consent, unreadable where they lie, played by nobody but who may."""

import json

from channels_app.cobrowse.reel import PICTURE, WORDS
from tests.cobrowse.builders import a_page, a_shown_chat, mirror
from tests.cobrowse.recorded import (
    a_player,
    a_recorded_chat,
    a_supervisor,
    asked,
    file_of,
    played,
    recording_of,
    set_rules,
)
from tests.seed import SITE_ORIGIN
from tests.servers import Center
from tests.web_chat.clients import Desk


async def test_nobody_may_ask_to_record_where_the_site_does_not_allow_it(chat_center: Center, anna: Desk) -> None:
    async with a_supervisor(chat_center) as ada:
        await set_rules(ada, recording=False)
    shown = await a_shown_chat(chat_center, anna, "view")
    await shown.view.say("consent.ask", scope="record")
    assert "switched off" in (await shown.view.of_type("err"))["message"]
    await shown.leave()


async def test_the_customer_reads_for_how_long_it_is_kept(chat_center: Center, anna: Desk) -> None:
    async with a_supervisor(chat_center) as ada:
        await set_rules(ada, recording=True, retention_days=7)
    shown = await a_shown_chat(chat_center, anna, "view")
    await shown.view.say("consent.ask", scope="record")
    assert "deleted after 7 days" in (await shown.page.of_type("ask"))["text"]
    await shown.leave()


async def test_a_recording_is_what_passed_since_the_consent_and_can_be_read_nowhere_else(
    chat_center: Center, anna: Desk
) -> None:
    async with a_supervisor(chat_center) as ada:
        shown, s = await a_recorded_chat(chat_center, anna, ada, "point", "control")
        change = mirror(s + 1, [["=", 4, "plain-words-of-the-page"]])
        await shown.page.show(change)
        await shown.view.until_mirrored(3)
        await shown.view.say("draw", id="line", points=[[1, 2], [3, 4]])
        await shown.page.of_type("draw")
        await shown.view.say("input.type", id=1, e=1, n=4, text="typed-by-the-agent")
        await shown.page.of_type("input.type")
        await shown.page.say("end")
        await shown.view.closed()
        listed = await recording_of(shown)
        items = await played(ada, listed["id"])
        assert [frame for _, kind, frame in items if kind == PICTURE] == [mirror(s, snapshot=True), change]
        words = [json.loads(frame) for _, kind, frame in items if kind == WORDS]
        assert [(one["t"], one["name"]) for one in words] == [("draw", "Anna Agent"), ("input.type", "Anna Agent")]
        assert "text" not in words[1]
        assert [ms for ms, _, _ in items] == sorted(ms for ms, _, _ in items)
        assert listed["can_play"]
        kept = file_of(chat_center, listed["id"]).read_bytes()
        everything = b"".join(p.read_bytes() for p in chat_center.data_dir.glob("center.sqlite3*"))
        for secret in (b"plain-words-of-the-page", b"typed-by-the-agent", b"Anna Agent", b'"body"'):
            assert secret not in kept
        assert b"plain-words-of-the-page" not in everything
        assert b"typed-by-the-agent" not in everything
        assert "plain-words-of-the-page" not in chat_center.log
    await shown.leave()


async def test_nothing_is_kept_after_the_customer_has_taken_it_back(chat_center: Center, anna: Desk) -> None:
    async with a_supervisor(chat_center) as ada:
        shown, s = await a_recorded_chat(chat_center, anna, ada)
        await shown.page.say("consent.revoke", scope="record")
        late = [mirror(s + 1 + n, [["=", 4, f"after {n}"]]) for n in range(50)]
        for frame in late:
            await shown.page.show(frame)
        await shown.view.until_mirrored(2 + len(late))
        await shown.page.say("end")
        await shown.view.closed()
        items = await played(ada, (await recording_of(shown))["id"])
        assert [frame for _, _, frame in items] == [mirror(s, snapshot=True)]
    await shown.leave()


async def test_a_pause_is_not_recorded_and_a_snapshot_follows_it(chat_center: Center, anna: Desk) -> None:
    async with a_supervisor(chat_center) as ada:
        shown, s = await a_recorded_chat(chat_center, anna, ada)
        await shown.page.say("pause")
        await shown.view.until_state(paused=True)
        before = len(shown.page.frames)
        await shown.page.say("unpause")
        await shown.page.of_type("snapshot.request", since=before)
        assert len([f for f in shown.page.frames[before:] if f["t"] == "snapshot.request"]) == 1
        await shown.page.show(mirror(s + 1, [["=", 4, "a change of what is not on the recording"]]))
        await shown.page.show(mirror(s + 2, snapshot=True))
        await shown.view.until_mirrored(4)
        await shown.page.say("end")
        await shown.view.closed()
        items = await played(ada, (await recording_of(shown))["id"])
        assert [frame for _, _, frame in items] == [mirror(s, snapshot=True), mirror(s + 2, snapshot=True)]
    await shown.leave()


async def test_a_page_that_comes_back_goes_on_with_a_snapshot(chat_center: Center, anna: Desk) -> None:
    async with a_supervisor(chat_center) as ada:
        shown, s = await a_recorded_chat(chat_center, anna, ada)
        await shown.page.cut()
        await shown.view.until_state(reconnecting=True)
        ready = shown.ready
        page = await a_page(chat_center, shown.widget.token, session=shown.session, resume=ready["resume"])
        assert "record" in (await page.of_type("ready"))["scopes"]
        await page.of_type("snapshot.request")
        await page.show(mirror(s + 1, [["=", 4, "not yet"]]))
        await page.show(mirror(s + 2, snapshot=True))
        await shown.view.until_mirrored(4)
        await page.say("end")
        await shown.view.closed()
        items = await played(ada, (await recording_of(shown))["id"])
        assert [frame for _, _, frame in items] == [mirror(s, snapshot=True), mirror(s + 2, snapshot=True)]
        await page.leave()
    await shown.leave()


async def test_every_playback_is_written_down_with_what_was_seen(chat_center: Center, anna: Desk) -> None:
    async with a_supervisor(chat_center) as ada:
        shown, _ = await a_recorded_chat(chat_center, anna, ada)
        await shown.page.say("end")
        await shown.view.closed()
        recording = (await recording_of(shown))["id"]
        player = await a_player(anna, recording)
        await player.of_type("ready")
        audit = await ada.get(f"/cobrowse/{shown.session}/audit")
        (only_opened,) = audit["playbacks"]
        assert (only_opened["name"], only_opened["from"], only_opened["until"]) == ("Anna Agent", 0, 0)
        await player.say("read", piece=0)
        await player.until_mirrored(1)
        await player.leave()
        (seen,) = (await ada.get(f"/cobrowse/{shown.session}/audit"))["playbacks"]
        assert (seen["recording"], seen["id"]) == (recording, only_opened["id"])
        assert seen["until"] > 0
    await shown.leave()


async def test_a_recording_is_played_by_supervisors_and_by_who_watched_and_by_nobody_else(
    chat_center: Center, anna: Desk, ben: Desk
) -> None:
    async with a_supervisor(chat_center) as ada:
        shown, _ = await a_recorded_chat(chat_center, anna, ada)
        player = await a_player(ada, "0" * 16)
        assert await player.closed() == 4404
        await shown.page.say("end")
        await shown.view.closed()
        recording = (await recording_of(shown))["id"]
        for allowed in (ada, anna):
            player = await a_player(allowed, recording)
            await player.of_type("ready")
            await player.leave()
        colleague = await a_player(ben, recording)
        assert await colleague.closed() == 4403
        assert await (await a_player(ada, recording, cookie="")).closed() == 4401
        assert await (await a_player(ada, recording, origin=SITE_ORIGIN)).closed() == 4403
        (session,) = (await ben.get(f"/interactions/{shown.widget.c}/cobrowse"))["earlier"]
        assert not session["recordings"][0]["can_play"]
        for method in ("GET", "POST"):
            assert (await asked(ada, method, f"/cobrowse/recordings/{recording}")).status_code == 405
    await shown.leave()


async def test_a_supervisor_deletes_at_once_and_an_agent_does_not(chat_center: Center, anna: Desk) -> None:
    async with a_supervisor(chat_center) as ada:
        shown, _ = await a_recorded_chat(chat_center, anna, ada)
        await shown.page.say("end")
        await shown.view.closed()
        recording = (await recording_of(shown))["id"]
        await played(ada, recording)
        player = await a_player(ada, recording)
        await player.of_type("ready")
        assert (await asked(anna, "DELETE", f"/cobrowse/recordings/{recording}")).status_code == 403
        assert file_of(chat_center, recording).exists()
        assert (await asked(ada, "DELETE", f"/cobrowse/recordings/{recording}")).status_code == 200
        assert not file_of(chat_center, recording).exists()
        listed = await recording_of(shown)
        assert (listed["removed_by"], listed["can_play"], listed["until"]) == ("Ada Admin", False, None)
        await player.say("read", piece=0)
        assert await player.closed() == 4404
        assert await (await a_player(ada, recording)).closed() == 4404
    await shown.leave()


async def test_a_recorded_page_can_not_go_past_the_server(chat_center: Center, anna: Desk) -> None:
    async with a_supervisor(chat_center) as ada:
        shown, _ = await a_recorded_chat(chat_center, anna, ada)
        await shown.view.say("consent.ask", scope="p2p")
        assert "one or the other" in (await shown.view.of_type("err"))["message"]
        before = len(shown.view.frames)
        await shown.view.say("consent.revoke", scope="record")
        await shown.view.until(lambda f: f["t"] == "state" and "record" not in f["scopes"], since=before)
        await shown.grant("p2p")
        before = len(shown.view.frames)
        await shown.view.say("consent.ask", scope="record")
        refused = await shown.view.until(lambda f: f["t"] == "err", since=before)
        assert "one or the other" in refused["message"]
    await shown.leave()
