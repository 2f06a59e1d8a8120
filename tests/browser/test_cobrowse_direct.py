"""A direct line beside the relay: it may come, break or never open, and nothing is lost or doubled by that."""

import json
import socket
from typing import Any

import pytest
from playwright.async_api import Page

from tests.browser.cobrowse_pages import Shown
from tests.conftest import NewPage

HTML = '<body><p id="p" data-cobrowse="show">one</p><!--boot--></body>'
AGENT_PAGE = """async () => {
  const { createPeer } = await import('/static/widget/cobrowse.js')
  window.ups = []
  window.got = []
  window.peer = createPeer({ isPolite: true, servers: [], signal: (signal) => toPage(JSON.stringify(signal)),
    receive: (data) => got.push(new DataView(data).getUint32(8)), changed: (isUp) => ups.push(isUp) })
}"""
GLARE = """async (times) => {
  const { createPeer } = await import('/static/widget/cobrowse.js')
  const peers = {}
  const connections = []
  const Real = RTCPeerConnection
  globalThis.RTCPeerConnection = function (settings) { connections.push(new Real(settings)); return connections.at(-1) }
  // Late by chance, but in the order in which they were sent, as the relay hands them on.
  const lines = { a: Promise.resolve(), b: Promise.resolve() }
  const late = () => new Promise((go) => setTimeout(go, Math.random() * 5))
  const hand = (other, signal) => {
    const copy = JSON.parse(JSON.stringify(signal))
    lines[other] = lines[other].then(late).then(() => void peers[other].hear(copy))
  }
  let up = 0
  const make = (name, other) => createPeer({ isPolite: name === 'a', servers: [],
    signal: (signal) => hand(other, signal),
    receive: () => { peers[name].heard = (peers[name].heard ?? 0) + 1 }, changed: (isUp) => { up += isUp ? 1 : -1 } })
  peers.a = make('a', 'b')
  peers.b = make('b', 'a')
  const until = async (is) => {
    for (let tries = 0; !is() && tries < 1000; tries++) await new Promise((go) => setTimeout(go, 10))
    return is()
  }
  if (!await until(() => up === 2)) return 'never opened'
  for (let at = 0; at < times; at++) {
    for (const one of connections) one.restartIce()
    await new Promise((go) => setTimeout(go, Math.random() * 20))
  }
  const before = [peers.a.heard ?? 0, peers.b.heard ?? 0]
  for (const one of connections) one.restartIce()
  await new Promise((go) => setTimeout(go, 300))
  if (!peers.a.send(new Uint8Array(20)) || !peers.b.send(new Uint8Array(20))) return 'stuck'
  return await until(() => peers.a.heard > before[0] && peers.b.heard > before[1]) ? 'open' : 'silent'
}"""

# Both ends are made at once, so that both make an offer.
OPENING = """async (ms) => {
  const { createPeer } = await import('/static/widget/cobrowse.js')
  const peers = {}
  const isUp = { a: false, b: false }
  const hand = (other, signal) => {
    const copy = JSON.parse(JSON.stringify(signal))
    setTimeout(() => void peers[other].hear(copy), ms)
  }
  const make = (name, other) => createPeer({ isPolite: name === 'a', servers: [],
    signal: (signal) => hand(other, signal), receive: () => {}, changed: (now) => { isUp[name] = now } })
  peers.a = make('a', 'b')
  peers.b = make('b', 'a')
  for (let tries = 0; !(isUp.a && isUp.b) && tries < 1000; tries++) await new Promise((go) => setTimeout(go, 10))
  return isUp.a && isUp.b
}"""


def has_route() -> bool:
    """Whether this machine has a network beside itself, without which browsers find no way to each other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return False
        return not probe.getsockname()[0].startswith("127.")


pytestmark = pytest.mark.skipif(not has_route(), reason="no route: WebRTC finds no way on a loopback alone")


async def connected(new_page: NewPage, shown: Shown) -> tuple[Page, Page]:
    """The customer's page and one of the agent, with a direct line between them."""
    page = await new_page()
    await page.goto(shown.url)
    await shown.until(lambda: shown.epoch)
    agent = await new_page()
    await agent.goto(shown.url + "/agent")

    async def to_page(text: str) -> None:
        await shown.tell(**json.loads(text), **{"from": "a1"})

    await agent.expose_function("toPage", to_page)
    await agent.evaluate(AGENT_PAGE)
    shown.on_said = lambda frame: relay(agent, frame)
    await shown.tell(t="turn", servers=[])
    await shown.until(lambda: any(frame["up"] for frame in shown.of("p2p")))
    return page, agent


async def relay(agent: Page, frame: dict[str, Any]) -> None:
    """What the page signals, as the server hands it on."""
    if frame["t"] in ("sdp", "ice"):
        assert frame["to"] == "a1"
        await agent.evaluate("signal => void peer.hear(signal)", frame)


async def test_changes_go_by_both_ways_and_a_line_that_breaks_loses_nothing(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=["view", "p2p"]) as shown:
        page, agent = await connected(new_page, shown)
        assert shown.of("p2p")[0] == {"t": "p2p", "to": "a1", "up": True, "s": shown.last}
        await page.evaluate("p.textContent = 'two'")
        await shown.until(lambda: any(op[4] == "two" for op in shown.ops("t")))
        await agent.wait_for_function("got.length === 1")
        assert await agent.evaluate("got") == [shown.last]
        await agent.evaluate("peer.close()")
        await page.evaluate("p.textContent = 'three'")
        await shown.until(lambda: any(op[4] == "three" for op in shown.ops("t")), seconds=2)
        await shown.until(lambda: not shown.of("p2p")[-1]["up"])
        assert shown.mirror.tree() == await shown.fresh()
    assert shown.problems == []


async def test_the_line_is_closed_with_the_consent_to_it(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=["view", "p2p"]) as shown:
        page, agent = await connected(new_page, shown)
        shown.scopes = ["view"]
        await shown.tell(t="state", **shown.state())
        await agent.wait_for_function("ups.at(-1) === false")
        await page.evaluate("p.textContent = 'two'")
        await shown.until(lambda: any(op[4] == "two" for op in shown.ops("t")))
        assert await agent.evaluate("got") == []


async def test_without_consent_to_it_no_line_is_sought(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await new_page()
        await page.goto(shown.url)
        await shown.until(lambda: shown.epoch)
        await shown.tell(t="turn", servers=[])
        await shown.quiet()
        assert shown.of("sdp") == []


async def test_a_hundred_offers_at_the_same_time_leave_no_line_stuck(new_page: NewPage) -> None:
    async with Shown("<body></body>") as shown:
        page = await new_page()
        await page.goto(shown.url)
        assert await page.evaluate(GLARE, 100) == "open"


async def test_lines_that_both_ends_open_at_once_open(new_page: NewPage) -> None:
    """In new pages: a browser that does not know its networks yet is the one that gets stuck."""
    async with Shown("<body></body>") as shown:
        for late in range(0, 20, 2):
            page = await new_page()
            await page.goto(shown.url)
            assert await page.evaluate(OPENING, late), f"signals that took {late} ms"
            await page.close()
