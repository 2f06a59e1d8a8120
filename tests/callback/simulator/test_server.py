"""The network over HTTP: as a process of its own, and on the loop of a server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator

from channels_app.callback.simulator.ledger import Ledger
from channels_app.callback.simulator.server import RunningNetwork, start_in_loop
from tests.callback.simulator.builders import ACCOUNT, AGENT, OURS, THEIRS, response

ROOT = Path(__file__).resolve().parents[3]
API = f"/2010-04-01/Accounts/{ACCOUNT.sid}"
PATIENCE = 60.0


@contextmanager
def a_process(data: Path, *arguments: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The network as a process of its own; gives its address."""
    command = [sys.executable, "-m", "channels_app.callback.simulator", "--data", str(data), "--account", ACCOUNT.sid]
    environment = {**os.environ, "PHONE_NETWORK_TOKEN": ACCOUNT.token}
    process = subprocess.Popen(
        [*command, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["address"], process
    finally:
        process.terminate()
        process.wait(PATIENCE)


class Centre:
    """A server of ours, on this loop: documents by path; every request is kept."""

    def __init__(self, documents: dict[str, str]) -> None:
        self.documents = documents
        self.address = ""
        self.told: list[tuple[str, dict[str, str], str]] = []
        self.came = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        """A webhook."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.told.append((f"{self.address}{request.raw_path}", form, request.headers["X-Twilio-Signature"]))
        self.came.set()
        document = self.documents.get(request.path)
        return web.Response(status=204) if document is None else web.Response(text=document, content_type="text/xml")

    async def until(self, status: str) -> dict[str, str]:
        """Wait for a callback with this CallStatus."""
        while True:
            found = [form for _, form, _ in self.told if form.get("CallStatus") == status]
            if found:
                return found[0]
            self.came.clear()
            await asyncio.wait_for(self.came.wait(), PATIENCE)


@asynccontextmanager
async def a_centre(**documents: str) -> AsyncIterator[Centre]:
    """A server of ours."""
    centre = Centre({f"/{name}": document for name, document in documents.items()})
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", centre.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    centre.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield centre
    finally:
        await runner.cleanup()


@asynccontextmanager
async def a_running_network(**about: Any) -> AsyncIterator[tuple[RunningNetwork, httpx.AsyncClient]]:
    """The network on this loop, with a manual clock, and a client with the account's credentials."""
    running = await start_in_loop(ACCOUNT, is_manual=True, **about)
    async with httpx.AsyncClient(
        base_url=running.address, auth=(ACCOUNT.sid, ACCOUNT.token), timeout=PATIENCE, trust_env=False
    ) as client:
        try:
            yield running, client
        finally:
            await running.stop()


async def set_up(client: httpx.AsyncClient, centre: Centre, **script: Any) -> None:
    """Our number, and what the other one does."""
    number = {"phone_number": OURS, "voice_url": f"{centre.address}/in"}
    assert (await client.post("/box/numbers", json=number)).status_code == 201
    assert (await client.put(f"/box/phones/{THEIRS}/scripts", json=[script])).status_code == 200


async def place(client: httpx.AsyncClient, centre: Centre, **form: Any) -> str:
    """A call that hears /twiml."""
    whole = {
        "To": THEIRS,
        "From": OURS,
        "Url": f"{centre.address}/twiml?step=a%20b",
        "StatusCallback": f"{centre.address}/status",
        "StatusCallbackEvent": ["ringing", "answered", "completed"],
        **form,
    }
    answer = await client.post(f"{API}/Calls.json", data=whole)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sid"])


async def advance(client: httpx.AsyncClient, seconds: float) -> None:
    """Let time pass in the network."""
    assert (await client.post("/box/clock", json={"advance": seconds})).status_code == 200


async def test_a_call_over_http_is_told_signed_and_heard() -> None:
    async with a_centre(twiml=response("<Say>Hello</Say>")) as centre, a_running_network() as (_, client):
        await set_up(client, centre, after=1)
        sid = await place(client, centre)
        await advance(client, 2)
        await centre.until("in-progress")
        for _ in range(50):
            await advance(client, 1)
            if (await client.get(f"{API}/Calls/{sid}.json")).json()["status"] == "completed":
                break
        assert (await centre.until("completed"))["CallSid"] == sid
        assert (await client.get(f"/box/calls/{sid}")).json()["heard"][0]["text"] == "Hello"
        validator = RequestValidator(ACCOUNT.token)
        assert all(validator.validate(url, form, signature) for url, form, signature in centre.told)


async def test_time_passes_by_itself() -> None:
    running = await start_in_loop(ACCOUNT)
    async with (
        a_centre(twiml=response("<Hangup/>")) as centre,
        httpx.AsyncClient(base_url=running.address, auth=(ACCOUNT.sid, ACCOUNT.token), trust_env=False) as client,
    ):
        await set_up(client, centre, after=0)
        await place(client, centre)
        assert (await centre.until("completed"))["CallDuration"] == "0"
        await running.stop()


async def test_a_page_can_follow_and_use_a_telephone() -> None:
    question = response("<Gather numDigits='1' timeout='600' action='/done'><Say>Press 1</Say></Gather>")
    async with (
        a_centre(twiml=question, done=response("<Pause length='600'/>")) as centre,
        a_running_network() as (_, client),
    ):
        await set_up(client, centre, reaction="manual")
        phone = f"/box/phones/{THEIRS}"
        waiting = asyncio.create_task(client.get(f"{phone}/events?after=0&wait=30"))
        await place(client, centre)
        await advance(client, 1)
        seen = (await waiting).json()
        assert [event["kind"] for event in seen["events"]] == ["ringing"]
        assert seen["phone"]["state"] == "ringing"
        assert (await client.post(f"{phone}/answer")).json()["state"] == "talking"
        last = 1
        while seen["events"][-1]["kind"] != "heard":
            seen = (await client.get(f"{phone}/events?after={last}")).json()
            last = seen["events"][-1]["number"]
        assert seen["phone"]["call"]["heard"][0]["text"] == "Press 1"
        await client.post(f"{phone}/press", json={"digits": "1"})
        await client.post(f"{phone}/say", json={"text": "Hello"})
        assert (await client.post(f"{phone}/hangup")).json()["state"] == "idle"
        await centre.until("completed")


async def test_several_telephones_are_followed_by_one_request() -> None:
    async with a_centre() as centre, a_running_network() as (_, client):
        await set_up(client, centre, reaction="manual")
        waiting = asyncio.create_task(client.get(seen(30, f"{AGENT},0", f"{THEIRS},0")))
        await place(client, centre)
        await advance(client, 1)
        assert states((await waiting).json()) == {AGENT: ("idle", 0), THEIRS: ("ringing", 1)}
        of_another = (await client.get(seen(30, f"{AGENT},0"))).json()
        assert (of_another["elsewhere"], states(of_another)) == (1, {AGENT: ("idle", 0)})
        before_a_restart, nothing_new = seen(30, f"{AGENT},7"), seen(0, f"{THEIRS},1")
        assert states((await client.get(before_a_restart)).json()) == {AGENT: ("idle", 0)}
        assert states((await client.get(nothing_new)).json()) == {THEIRS: ("ringing", 1)}


def seen(wait: int, *phones: str) -> str:
    return "/box/events?" + urlencode({"phone": phones, "wait": wait}, doseq=True)


def states(answer: dict[str, Any]) -> dict[str, tuple[str, int]]:
    return {phone["number"]: (phone["state"], phone["last_event"]) for phone in answer["phones"]}


async def test_a_telephone_calls_one_of_our_numbers() -> None:
    async with a_centre(**{"in": response("<Pause length='60'/>")}) as centre, a_running_network() as (_, client):
        await set_up(client, centre)
        assert (await client.post(f"/box/phones/{THEIRS}/call", json={"to": OURS})).json()["state"] == "calling"
        await centre.until("ringing")
        refused = await client.post(f"/box/phones/{THEIRS}/call", json={"to": "+49999999"})
        assert (refused.status_code, refused.json()) == (400, {"error": "+49999999 is no number of this account"})


async def test_faults_and_the_ledger_are_at_hand() -> None:
    async with a_centre() as centre, a_running_network() as (_, client):
        await set_up(client, centre, reaction="busy")
        assert (await client.post("/box/faults", json={"kind": "twice"})).json()["planned"][0]["kind"] == "twice"
        await place(client, centre)
        await advance(client, 30)
        ledger = (await client.get(f"/box/ledger?number={THEIRS.replace('+', '%2B')}")).json()
        assert [ring["result"] for ring in ledger["rings"]] == ["busy", "busy"]
        assert len(ledger["overlaps"]) == 1
        assert (await client.post("/box/faults", json={"kind": "bogus"})).status_code == 400
        assert (await client.request("DELETE", "/box/faults")).json()["planned"] == []
        assert (await client.post("/box/faults", json={"rates": {"drop": 2}})).status_code == 400


async def test_a_lost_answer_never_comes_and_the_call_is_there() -> None:
    async with a_centre() as centre, a_running_network() as (_, client):
        await set_up(client, centre)
        await client.post("/box/faults", json=[{"kind": "lost_answer"}, {"kind": "reset"}])
        form = {"To": THEIRS, "From": OURS, "Twiml": "<Response/>"}
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"{API}/Calls.json", data=form, timeout=2.0)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await client.post(f"{API}/Calls.json", data=form)
        assert (await client.post(f"{API}/Calls.json", data=form)).status_code == 201
        assert len((await client.get(f"{API}/Calls.json")).json()["calls"]) == 2


async def test_the_box_is_for_this_machine_alone() -> None:
    async with a_running_network() as (_, client):
        for headers in ({"Host": "evil.example:80"}, {"Origin": "https://evil.example"}):
            assert (await client.get("/box/phones", headers=headers)).status_code == 403
        assert (await client.post("/box/clock", data={"advance": "1"})).status_code == 415
        assert (
            await client.post("/box/clock", content=b"{", headers={"Content-Type": "application/json"})
        ).status_code == 400
        assert (await client.post("/box/clock", json={})).json() == {"error": "advance is missing"}


async def test_no_answer_shows_the_token() -> None:
    async with a_centre() as centre, a_running_network() as (_, client):
        await set_up(client, centre)
        for path in ("/box/account", "/box/phones", "/box/ledger", "/box/debugger", f"{API}.json"):
            assert ACCOUNT.token not in (await client.get(path)).text


def test_a_process_of_its_own_keeps_its_ledger_when_it_is_killed(tmp_path: Path) -> None:
    with a_process(tmp_path, "--manual-clock", "--manual-phones") as (address, process):
        client = httpx.Client(base_url=address, auth=(ACCOUNT.sid, ACCOUNT.token), timeout=PATIENCE, trust_env=False)
        client.post("/box/numbers", json={"phone_number": OURS})
        form = {"To": THEIRS, "From": OURS, "Twiml": "<Response/>"}
        sid = client.post(f"{API}/Calls.json", data=form).json()["sid"]
        client.post("/box/clock", json={"advance": 5})
        process.kill()
        process.wait(PATIENCE)
    rings = Ledger.read(tmp_path / "ledger.jsonl").rings
    assert [(ring.call, ring.number, ring.rang is not None) for ring in rings] == [(sid, THEIRS, True)]


def test_a_process_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    with a_process(tmp_path, "--manual-clock", "--manual-phones") as (address, process):
        client = httpx.Client(base_url=address, auth=(ACCOUNT.sid, ACCOUNT.token), timeout=PATIENCE, trust_env=False)
        client.post("/box/numbers", json={"phone_number": OURS})
        client.post(f"{API}/Calls.json", data={"To": THEIRS, "From": OURS, "Twiml": "<Response/>"})
        client.post("/box/clock", json={"advance": 5})
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    ring = Ledger.read(tmp_path / "ledger.jsonl").rings[0]
    assert (ring.result, round((ring.ended or 0) - ring.placed)) == ("network-ended", 5)


def test_a_wrong_account_is_refused_in_words(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "channels_app.callback.simulator", "--account", "AC1", "--token", "x"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert '"AC" and 32 hexadecimal digits' in done.stderr
