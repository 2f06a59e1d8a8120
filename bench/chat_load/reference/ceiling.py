# ruff: noqa: E402 - the models need the settings that are made here
"""What a server could accept that does nothing but store and fan out: no accounts, no limits, no resume, no audit.

It marks the ceiling on this machine for `accepted = durably stored + acknowledged + at the agent`, and is no model for
product code. Run by `daphne bench.chat_load.reference.ceiling:app`. Environment:

SHAPE=group     (default) raw ASGI, a table topic -> sockets, group commit in one thread
SHAPE=tutorial  a Channels consumer, the in-memory layer, one `database_sync_to_async` transaction a message
SQLITE=path     the database; dropped and made anew at each start. AGENTS=10

SQLite in WAL with synchronous=FULL, as in the centre.
"""

import asyncio
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

import django
from django.conf import settings

SHAPE = os.environ.get("SHAPE", "group")
AGENTS = int(os.environ.get("AGENTS", "10"))
DATABASE = Path(os.environ.get("SQLITE") or Path(tempfile.mkdtemp(prefix="ceiling-")) / "ceiling.sqlite3")
GROUP = 256
CONVERSATIONS = 10_000

settings.configure(
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["channels"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATABASE,
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
            },
        }
    },
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from django.db import connection, models, transaction
from django.db.models import F
from django.urls import path

Item = tuple[int, str, str]  # conversation, client id, body
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Conversation(models.Model):
    """Its last number."""

    seq = models.IntegerField(default=0)
    objects: ClassVar[models.Manager["Conversation"]] = models.Manager()

    class Meta:
        app_label = "ceiling"

    def __str__(self) -> str:
        return str(self.pk)


class Message(models.Model):
    """One line, once."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, db_index=False)
    seq = models.IntegerField()
    client_id = models.CharField(max_length=36)
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    objects: ClassVar[models.Manager["Message"]] = models.Manager()

    class Meta:
        app_label = "ceiling"
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_number"),
            models.UniqueConstraint(fields=["conversation", "client_id"], name="message_once"),
        ]

    def __str__(self) -> str:
        return self.client_id


def make_tables() -> None:
    """Empty tables and all conversations."""
    for ending in ("", "-wal", "-shm"):
        Path(f"{DATABASE}{ending}").unlink(missing_ok=True)
    with connection.schema_editor() as editor:
        editor.create_model(Conversation)
        editor.create_model(Message)
    Conversation.objects.bulk_create(Conversation(pk=number) for number in range(1, CONVERSATIONS + 1))
    connection.close()


def store_one(conversation: int, client_id: str, body: str) -> int:
    """One message in one transaction; its number."""
    with transaction.atomic():
        Conversation.objects.filter(pk=conversation).update(seq=F("seq") + 1)
        seq: int = Conversation.objects.values_list("seq", flat=True).get(pk=conversation)
        Message.objects.create(conversation_id=conversation, seq=seq, client_id=client_id, body=body)
    return seq


def store_many(items: Sequence[Item]) -> list[int]:
    """A group in one transaction; the number of each."""
    with transaction.atomic():
        wanted = Conversation.objects.filter(pk__in={item[0] for item in items})
        heads = dict(wanted.values_list("pk", "seq"))
        numbers, rows = [], []
        for conversation, client_id, body in items:
            heads[conversation] += 1
            numbers.append(heads[conversation])
            rows.append(Message(conversation_id=conversation, seq=heads[conversation], client_id=client_id, body=body))
        Message.objects.bulk_create(rows)
        with connection.cursor() as cursor:
            bumps = [(seq, key) for key, seq in heads.items()]
            cursor.executemany("UPDATE ceiling_conversation SET seq=%s WHERE id=%s", bumps)
    return numbers


class GroupWriter:
    """One thread that commits whatever waits."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._queue: asyncio.Queue[tuple[Item, asyncio.Future[int]]] = asyncio.Queue(5_000)
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def submit(self, item: Item) -> int:
        """Its number, after the commit."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        await self._queue.put((item, future))
        return await future

    async def _run(self) -> None:
        while True:
            group = [await self._queue.get()]
            while not self._queue.empty() and len(group) < GROUP:
                group.append(self._queue.get_nowait())
            items = [item for item, _ in group]
            numbers = await asyncio.get_running_loop().run_in_executor(self._thread, store_many, items)
            for (_, future), number in zip(group, numbers, strict=True):
                if not future.done():
                    future.set_result(number)


class RawServer:
    """Sockets without a framework, written to by whoever publishes."""

    def __init__(self) -> None:
        self._topics: defaultdict[str, set[Send]] = defaultdict(set)
        self._writer = GroupWriter()

    async def serve(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """`/v/<conversation>` or `/a/<agent>`."""
        _, kind, number = scope["path"].split("/")
        await receive()
        await send({"type": "websocket.accept"})
        topic = f"{kind}{number}"
        self._topics[topic].add(send)
        try:
            while (event := await receive())["type"] != "websocket.disconnect":
                await self._take(int(number), json.loads(event["text"]), send)
        finally:
            self._topics[topic].discard(send)

    async def _take(self, number: int, message: dict[str, str], send: Send) -> None:
        seq = await self._writer.submit((number, message["cid"], message["body"]))
        await send({"type": "websocket.send", "text": ack(message, seq)})
        wire = told(number, message, seq)
        for topic in (f"v{number}", f"a{(number - 1) % AGENTS}"):
            for reader in tuple(self._topics[topic]):
                await reader({"type": "websocket.send", "text": wire})


class TutorialConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """As the tutorials write it: groups, and one transaction a message."""

    async def connect(self) -> None:
        """A visitor or an agent joins a group."""
        kind, number = self.scope["path"].split("/")[1:]
        self.number, self.group = int(number), f"{kind}{number}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """And leaves it."""
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str = "", bytes_data: bytes = b"") -> None:
        """Store, acknowledge, tell both sides."""
        message = json.loads(text_data)
        seq = await database_sync_to_async(store_one)(self.number, message["cid"], message["body"])
        await self.send(text_data=ack(message, seq))
        event = {"type": "fan", "wire": told(self.number, message, seq)}
        await self.channel_layer.group_send(f"v{self.number}", event)
        await self.channel_layer.group_send(f"a{(self.number - 1) % AGENTS}", event)

    async def fan(self, event: dict[str, str]) -> None:
        """From the group to this socket."""
        await self.send(text_data=event["wire"])


def ack(message: Mapping[str, str], seq: int) -> str:
    """To the sender: it is stored."""
    return f'{{"t":"ack","cid":"{message["cid"]}","seq":{seq}}}'


def told(conversation: int, message: Mapping[str, str], seq: int) -> str:
    """To everybody who reads this conversation."""
    return json.dumps({"t": "msg", "conv": conversation, "seq": seq, "from": "visitor", **message})


async def group_app(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    """The raw shape; it begins with the first socket."""
    if "server" not in _started:
        _started["server"] = RawServer()
    await _started["server"].serve(scope, receive, send)


_started: dict[str, RawServer] = {}
make_tables()
app = group_app if SHAPE == "group" else URLRouter([path("<str:kind>/<int:number>", TutorialConsumer.as_asgi())])
