"""Work that nobody waits for, until the server stops."""

import asyncio
import logging

import pytest

from interaction_center.live.background import background, finish_background


async def test_who_stops_in_the_background_waits_for_all_other_work_there() -> None:
    may_end, done = asyncio.Event(), []

    async def work() -> None:
        await may_end.wait()
        done.append("work")

    async def stop() -> None:
        asyncio.get_running_loop().call_soon(may_end.set)
        await finish_background()
        done.append("stop")

    background(work())
    background(stop())
    async with asyncio.timeout(5):
        await finish_background()
    assert done == ["work", "stop"]


async def test_work_that_fails_is_logged_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        background(fail())
        await finish_background()
        await asyncio.sleep(0)
    assert "Background work failed" in caplog.text
