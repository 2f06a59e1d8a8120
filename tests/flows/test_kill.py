"""A server that dies at random moments, and one that is asked to stop, in the middle of chats and mails."""

import asyncio
import contextlib
import json
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import NewCenter
from tests.flows.load import BusyAgent, ChattingVisitor, MailServer
from tests.flows.parties import World, eventually, signed_in
from tests.seed import ANNA
from tests.servers import Center

VISITORS, MAIL_SERVERS = 6, 3
LIMITS = {
    "VISITOR_MESSAGES_PER_SECOND": "100000",
    "VISITOR_MESSAGE_BURST": "100000",
    "VISITOR_MESSAGES_PER_MINUTE": "1000000",
    "VISITOR_SOCKETS_PER_IP": "1000",
    "NEW_VISITORS_PER_MINUTE": "1000",
}
UNREAD = "SELECT COUNT(*) FROM email_channel_rawmail WHERE state <> 'done'"
STORED = """
import json
from interaction_center.queue.models import Entry, Interaction
said = Entry.objects.filter(kind="message").order_by("interaction_id", "seq")
customers = said.filter(author="customer")
print(json.dumps({
    "chat": list(customers.filter(channel="web_chat").values_list("client_id", "interaction__public_id", "seq")),
    "mail": list(customers.filter(channel="email").values_list("data__message_id", flat=True)),
    "replies": list(said.filter(author="agent").values_list("body", "outbox__message_id")),
    "numbers": [
        [interaction.seq, list(interaction.entries.order_by("seq").values_list("seq", flat=True))]
        for interaction in Interaction.objects.all()
    ],
}))
"""


@dataclass(slots=True)
class Life:
    """Everybody who is busy with one centre."""

    center: Center
    visitors: list[ChattingVisitor]
    mail_servers: list[MailServer]
    agent: BusyAgent

    @property
    def everybody(self) -> list[ChattingVisitor | MailServer | BusyAgent]:
        """All of them."""
        return [*self.visitors, *self.mail_servers, self.agent]

    @property
    def promises(self) -> int:
        """How much was confirmed so far."""
        confirmed = [*(v.acked for v in self.visitors), *(m.accepted for m in self.mail_servers), self.agent.replied]
        return sum(len(one) for one in confirmed)

    async def goes_on(self, more: int = 1) -> None:
        """Wait for further confirmations."""
        now = self.promises
        await eventually(lambda: self.promises >= now + more, seconds=60)

    def ends(self) -> None:
        """Nothing new; what is under way is finished."""
        for one in self.everybody:
            one.is_done = True


@contextlib.asynccontextmanager
async def busy(center: Center, *, visitors: int = VISITORS) -> AsyncIterator[Life]:
    """Life on a centre that runs; afterwards everything that was begun is confirmed."""
    async with signed_in(center, ANNA) as http:
        life = Life(
            center,
            [ChattingVisitor(center, number) for number in range(visitors)],
            [MailServer(center, number) for number in range(MAIL_SERVERS)],
            BusyAgent(http),
        )
        async with asyncio.timeout(600), asyncio.TaskGroup() as tasks:
            for one in life.everybody:
                tasks.create_task(one.run())
            yield life
            life.ends()


@pytest.fixture
def target(new_center: NewCenter, world: World) -> Center:
    """A centre without limits for its visitors."""
    return new_center(SMTP_RELAY_URL=world.url, **LIMITS).start()


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
async def test_what_was_confirmed_before_a_kill_is_there_exactly_once_and_every_reply_leaves(
    target: Center, world: World, kills: int
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    async with busy(target) as life:
        for _ in range(kills):
            await life.goes_on()
            await asyncio.sleep(moments.uniform(0, 1))
            await asyncio.to_thread(target.kill9)
            await asyncio.to_thread(target.start)
        await life.goes_on(20)
    await _all_is_done(life, world)
    print(_kept(life, world, json.loads(target.run(STORED))))


async def _all_is_done(life: Life, world: World) -> None:
    """Every mail is read and every reply has left, also those whose work was cut off."""
    wanted = set(life.agent.replied)
    await eventually(lambda: wanted <= {caught.text.strip() for caught in world.mails}, seconds=180)
    with contextlib.closing(sqlite3.connect(life.center.data_dir / "center.sqlite3", timeout=20)) as database:
        await eventually(lambda: database.execute(UNREAD).fetchone() == (0,), seconds=180)


def _kept(life: Life, world: World, stored: dict[str, Any]) -> str:
    """Compare what was confirmed with what is stored and what has left; one line of figures."""
    acked = {key: place for visitor in life.visitors for key, place in visitor.acked.items()}
    assert {client_id: (c, s) for client_id, c, s in stored["chat"]} == acked
    assert len(stored["chat"]) == len(acked)

    accepted = [name.strip("<>") for server in life.mail_servers for name in server.accepted]
    assert Counter(stored["mail"]) == Counter(accepted)

    replies = dict(stored["replies"])
    assert set(replies) == set(life.agent.replied)
    assert len(stored["replies"]) == len(replies)
    sent = {(caught.text.strip(), caught.mail["Message-ID"].strip("<>")) for caught in world.mails}
    assert sent == set(replies.items()), "a reply leaves under one id, however often"

    for last, numbers in stored["numbers"]:
        assert numbers == list(range(1, last + 1))
    for visitor in life.visitors:
        assert visitor.log == sorted(set(visitor.log))
    again = len(world.mails) - len(replies)
    return f"{len(acked)} messages acknowledged, {len(accepted)} mails, {len(replies)} replies ({again} sent again)"


@pytest.mark.parametrize("visitors", [60])
async def test_a_stop_under_load_says_goodbye_and_everybody_comes_back_without_a_loss(
    target: Center, world: World, visitors: int
) -> None:
    async with busy(target, visitors=visitors) as life:
        await eventually(lambda: all(visitor.is_online for visitor in life.visitors), seconds=60)
        began = time.monotonic()
        code = await asyncio.to_thread(target.end, signal.SIGTERM)
        stopped = time.monotonic()
        assert code == 0
        assert [visitor.byes for visitor in life.visitors] == [["restart"]] * visitors
        assert [visitor.close_codes[0] for visitor in life.visitors] == [1012] * visitors

        await asyncio.to_thread(target.start)
        open_again = time.monotonic()
        await eventually(lambda: all(visitor.is_online for visitor in life.visitors), seconds=60)
        back = time.monotonic()
        await life.goes_on(20)
    await _all_is_done(life, world)
    print(f"stop {stopped - began:.1f} s, {visitors} sockets resumed {back - open_again:.1f} s after the start")
    print(_kept(life, world, json.loads(target.run(STORED))))
