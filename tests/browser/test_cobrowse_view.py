"""The agent's view of a customer's page: what is hostile in it runs nothing, asks for nothing, goes nowhere."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Frame, Page, expect

from tests.browser.pages import Complaints, accessible, sign_in
from tests.browser.relay import PAGE, Op, Relay
from tests.browser.request_log import RequestLog, in_front_of, listening
from tests.conftest import NewPage
from tests.flows.parties import at_work, eventually, visit
from tests.seed import ANNA
from tests.servers import Center

ROUNDS = 10  # of changes in a batch
QUIET_SECONDS = 1.5  # what would be asked for is asked for by then; that it is, the last test shows

# Each as tag, attributes and words; {far} is somebody else's server, {own} our own.
VECTORS: list[tuple[str, dict[str, str], str]] = [
    ("script", {}, "top.hit = 1; fetch('{far}/1')"),
    ("img", {"src": "x:", "onerror": "top.hit = 2"}, ""),
    ("svg", {"onload": "top.hit = 3"}, ""),
    ("a", {"href": "javascript:top.hit=4", "id": "pressed"}, "Press"),
    ("iframe", {"srcdoc": "<script>top.hit = 5</script><img src={far}/5>"}, ""),
    ("iframe", {"src": "javascript:top.hit=6"}, ""),
    ("details", {"open": "", "ontoggle": "top.hit = 7"}, ""),
    ("body", {"onload": "top.hit = 8"}, ""),
    ("img", {"src": "{far}/9"}, ""),
    ("img", {"srcset": "{far}/10 1x"}, ""),
    ("input", {"type": "image", "src": "{far}/11"}, ""),
    ("video", {"src": "{far}/12", "autoplay": ""}, ""),
    ("video", {"poster": "{far}/13"}, ""),
    ("audio", {"src": "{far}/14", "autoplay": ""}, ""),
    ("iframe", {"src": "{far}/15"}, ""),
    ("object", {"data": "{far}/16"}, ""),
    ("embed", {"src": "{far}/17"}, ""),
    ("link", {"rel": "stylesheet", "href": "{far}/18"}, ""),
    ("link", {"rel": "prefetch", "href": "{far}/19"}, ""),
    ("style", {}, "body { background: url({far}/20) }"),
    ("style", {}, "@font-face { font-family: x; src: url({far}/21) } body { font-family: x }"),
    ("style", {}, "@import '{far}/22';"),
    ("style", {}, "p { color: red } @import '{far}/23';"),
    ("p", {"style": "background: url({far}/24)"}, "Words"),
    ("meta", {"http-equiv": "refresh", "content": "0;url={far}/25"}, ""),
    ("form", {"action": "{far}/26", "method": "post"}, ""),
    ("base", {"href": "{far}/27/"}, ""),
    ("img", {"src": "{own}/api/me?28"}, ""),
    ("link", {"rel": "stylesheet", "href": "{own}/static/cobrowse/view.js?29"}, ""),
    ("link", {"rel": "modulepreload", "href": "{own}/static/cobrowse/view.js?30"}, ""),
    ("style", {}, "@import '{own}/static/styles/tokens.css?31'; p { background: url({own}/api/me?31) }"),
    ("video", {"src": "{own}/api/me?32", "autoplay": ""}, ""),
    ("iframe", {"src": "{own}/console/?33"}, ""),
    ("object", {"data": "{own}/api/me?34"}, ""),
    ("form", {"action": "{own}/accounts/logout/?35", "method": "post"}, ""),
    ("a", {"href": "{own}/accounts/logout/?36", "ping": "{far}/36", "target": "_top", "id": "pressed-top"}, "Press"),
    ("image", {"href": "{far}/37"}, ""),
    ("use", {"href": "{far}/38#x"}, ""),
    ("p", {"style": "background: u\\72l({far}/39); mask-image: image-set('{far}/39' 1x)"}, "Words"),
    ("link", {"rel": "preload", "as": "font", "href": "{far}/40", "crossorigin": ""}, ""),
]
NOWHERE = {"", "about:blank", "about:srcdoc", "chrome-error://chromewebdata/"}
SVG = {"svg", "image", "use"}


@dataclass(slots=True)
class Watching:
    """An agent's view with a relay of the test's own."""

    page: Page
    relay: Relay
    far: RequestLog
    own: RequestLog

    @property
    def mirrored(self) -> Frame:
        """The frame in which the customer's page is rebuilt."""
        return self.page.main_frame.child_frames[0]

    def put(self, text: str) -> str:
        """With the addresses of this test."""
        return text.replace("{far}", self.far.url).replace("{own}", self.own.url)

    async def has_stayed_quiet(self, address: str) -> None:
        """No script ran, nothing was asked for, nobody went anywhere."""
        await asyncio.sleep(QUIET_SECONDS)
        assert await self.page.evaluate("window.hit") is None
        assert self.page.url == address
        assert len(self.page.context.pages) == 1
        assert self.mirrored.url == "about:blank"
        assert {frame.url for frame in self.page.frames[1:]} <= NOWHERE
        assert (self.far.lines, self.own.lines) == ([], [])


@asynccontextmanager
async def watching(center: Center, new_page: NewPage, *, width: int = 1280) -> AsyncIterator[Watching]:
    """Anna watches; every request to our server and to somebody else's is noted."""
    async with listening() as far, in_front_of(center.ports[0]) as own:
        session = await a_session(center)
        page, relay = await new_page(width=width), Relay()
        through = Center(center.data_dir, ports=[int(own.url.rpartition(":")[2]), *center.ports[1:]])
        await sign_in(page, through, ANNA)
        await relay.stand_in(page)
        await page.goto(f"{own.url}/console/cobrowse-view/?session={session}")
        await expect(page.get_by_role("heading", name="The page is on its way")).to_be_visible()
        view = Watching(page, relay, far, own)
        own.lines.clear()
        yield view


async def a_session(center: Center) -> str:
    """The name of a session in a conversation that Anna holds."""
    visitor = await visit(center)
    await visitor.says("Hello")
    async with at_work(center, ANNA) as anna:
        await anna.does(f"interactions/{visitor.c}/take")
        started = await anna.does(f"interactions/{visitor.c}/cobrowse")
    return str(started["session"]["id"])


def as_ops(tag: str, attributes: dict[str, str], words: str) -> list[Op]:
    """The vector as a customer's page in other hands could send it."""
    flags = 2 if tag in SVG else 0
    ops: list[Op] = [["+", 20, 5, 0, tag, attributes, flags]]
    return [*ops, ["t", 21, 20, 0, words, 0], ["y", 22, 5, 0, words, 0]] if words else ops


async def test_no_vector_gets_through_the_rebuild(shared_center: Center, new_page: NewPage) -> None:
    async with watching(shared_center, new_page) as view:
        address = view.page.url
        for tag, attributes, words in VECTORS:
            hostile = json.loads(view.put(json.dumps(as_ops(tag, attributes, words))))
            view.relay.snapshot([*PAGE, *hostile])
            view.relay.snapshot(PAGE)
            view.relay.changes([["@", 6, hostile[0][5]], ["t", 30, 5, 0, "Words", 0]])
            view.relay.changes(hostile)
        view.relay.snapshot([*PAGE, ["t", 40, 5, 0, "The end", 0]])
        await expect(view.mirrored.get_by_text("The end")).to_be_visible()
        await view.has_stayed_quiet(address)
        assert view.far.connections == 0  # Chromium connects ahead past any policy; the list leaves it no address
        assert await view.mirrored.locator("script, iframe, object, embed, link, base, meta, [onload]").count() == 0


async def test_without_the_allow_list_the_policy_and_the_sandbox_alone_hold(
    shared_center: Center, new_page: NewPage
) -> None:
    async with watching(shared_center, new_page) as view:
        view.relay.snapshot(PAGE)
        await expect(view.mirrored.get_by_role("heading", name="Your order")).to_be_visible()
        address = view.page.url
        for tag, attributes, words in VECTORS:
            await view.page.evaluate(BUILD, [tag, json.loads(view.put(json.dumps(attributes))), view.put(words)])
        await view.page.evaluate(PRESS)
        await view.has_stayed_quiet(address)


async def test_the_vectors_are_live_where_no_policy_stops_them(shared_center: Center, new_page: NewPage) -> None:
    async with watching(shared_center, new_page) as view:
        plain = await view.page.context.new_page()
        await plain.goto(f"{view.far.url}/plain")
        for tag, attributes, words in (vector for vector in VECTORS if vector[0] != "meta"):  # it would leave the page
            await plain.evaluate(BARE, [tag, json.loads(view.put(json.dumps(attributes))), view.put(words)])
        await asyncio.sleep(QUIET_SECONDS)
        asked = {line.split()[1] for line in view.far.lines}
        assert len(asked & {f"/{number}" for number in range(1, 41)}) >= 12, asked


async def test_every_state_is_said_and_can_be_used_by_everybody(shared_center: Center, new_page: NewPage) -> None:
    async with watching(shared_center, new_page) as view:
        page, relay = view.page, view.relay
        complaints = Complaints()
        complaints.watch(page)
        relay.tell(t="state", **relay.standing(state="consent_pending", scopes=[]))
        await expect(page.get_by_role("heading", name="Waiting for consent")).to_be_visible()
        await accessible(page, "no page yet")
        for title, standing in STATES.items():
            relay.tell(t="state", **relay.standing(**standing))
            await expect(page.get_by_role("heading", name=title)).to_be_visible()
        relay.tell(t="state", **relay.standing(scopes=["view", "point", "control"], controller="anna"))
        relay.snapshot(PAGE)
        await expect(page.get_by_text("You control the page")).to_be_visible()
        await page.keyboard.press("Shift+?")
        await expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
        await accessible(page, "a page that is shown, and the keys")
        await page.keyboard.press("Escape")
        relay.tell(t="end", reason="hard_limit", by="")
        await expect(page.get_by_text("A session lasts an hour at most.")).to_be_visible()
        assert complaints.words == []


async def test_everything_is_done_by_keys_alone(shared_center: Center, new_page: NewPage) -> None:
    async with watching(shared_center, new_page, width=900) as view:
        page, relay = view.page, view.relay
        relay.scopes = ["view", "point", "control"]
        relay.tell(t="state", **relay.standing(controller="anna"))
        relay.snapshot([*PAGE, *FORM])
        await expect(view.mirrored.get_by_role("button", name="Pay")).to_be_visible()
        await page.keyboard.press("h")
        await page.get_by_role("application").focus()
        for key in ("ArrowLeft", "Enter"):
            await page.keyboard.press(key)
        await relay.until("highlight", e=1)
        await page.keyboard.press("c")
        await page.keyboard.press("Enter")
        assert (await relay.until("input.click", e=1))["n"] == 50
        relay.tell(t="input.done", id=1, ok=False, code="submit")
        await expect(page.get_by_text("Sending forms was not part of the consent.")).to_be_visible()
        await page.keyboard.press("PageDown")
        assert (await relay.until("input.scroll", n=1))["y"] > 0
        await page.keyboard.press("+")
        await expect(page.get_by_text("125 %")).to_be_visible()


async def test_fields_are_filled_and_lists_chosen_from_but_nothing_hidden_is_touched(
    shared_center: Center, new_page: NewPage
) -> None:
    async with watching(shared_center, new_page, width=900) as view:
        page, relay = view.page, view.relay
        relay.scopes = ["view", "point", "control"]
        relay.tell(t="state", **relay.standing(controller="anna"))
        relay.snapshot([*PAGE, *FIELDS])
        await expect(view.mirrored.get_by_role("textbox")).to_have_count(2)
        await page.keyboard.press("c")
        await press_in(view, "#name")
        await expect(page.get_by_label("Write in this field")).to_be_focused()
        await page.keyboard.type("Jo")
        assert (await relay.until("input.type", text="Jo"))["n"] == 60
        await page.keyboard.press("Escape")
        await press_in(view, "#list")
        await page.get_by_label("Choose in this list").select_option("Two")
        assert (await relay.until("input.select", index=1))["n"] == 62
        await page.keyboard.press("Escape")
        await press_in(view, "#hidden")
        await expect(page.get_by_text("This part is hidden from you")).to_be_visible()
        assert not [frame for frame in relay.heard if frame.get("n") == 61]


async def test_a_batch_that_does_not_fit_leaves_the_page_as_it_was_and_a_snapshot_mends_it(
    shared_center: Center, new_page: NewPage
) -> None:
    async with watching(shared_center, new_page) as view:
        relay = view.relay
        relay.snapshot(PAGE)
        relay.changes([["=", 7, "Half"], ["-", 999]])
        await relay.until("snapshot.request")
        await expect(view.page.get_by_text("The picture is being fetched anew")).to_be_visible()
        await expect(view.mirrored.get_by_role("heading", name="Your order")).to_be_visible()
        relay.changes([["=", 7, "Lost"]])
        relay.snapshot([*PAGE, ["=", 7, "Whole again"]])
        await expect(view.mirrored.get_by_role("heading", name="Whole again")).to_be_visible()
        await expect(view.page.get_by_text("The picture is being fetched anew")).to_be_hidden()


async def test_what_is_missing_is_asked_for_until_it_comes(shared_center: Center, new_page: NewPage) -> None:
    async with watching(shared_center, new_page) as view:
        relay = view.relay
        relay.snapshot(PAGE)
        relay.s += 1
        relay.changes([["=", 7, "Too early"]])
        await eventually(lambda: len(said_by(relay, "resume")) > 1)
        assert {frame["from"] for frame in said_by(relay, "resume")} == {1}
        relay.s = 1
        relay.changes([["=", 7, "What was missing"]])
        relay.changes([["=", 7, "The rest"]])
        await expect(view.mirrored.get_by_role("heading", name="The rest")).to_be_visible()
        before = len(said_by(relay, "resume"))
        await asyncio.sleep(QUIET_SECONDS)
        assert len(said_by(relay, "resume")) == before


async def test_an_hour_of_changes_costs_no_more_than_its_page(shared_center: Center, new_page: NewPage) -> None:
    async with watching(shared_center, new_page) as view:
        view.relay.snapshot(PAGE)
        await change_often(view, 20)
        before = await held(view.page)
        await change_often(view, 100)
        after = await held(view.page)
        assert after["Nodes"] - before["Nodes"] < 500  # 1,000 rounds make three of them each
        assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < 2_000_000  # they bring 4 MB of text


async def test_the_agent_looks_around_and_follows_again(shared_center: Center, new_page: NewPage) -> None:
    async with watching(shared_center, new_page) as view:
        relay = view.relay
        long = ["+", 70, 5, 0, "div", {"style": "height: 4000px"}, 0]
        relay.snapshot([*PAGE, long, ["s", 1, 0, 500]])
        await until_scrolled(view, 500)
        await view.page.get_by_role("application").focus()
        await view.page.keyboard.press("PageDown")
        await until_scrolled(view, 980)
        relay.changes([["s", 1, 0, 100]])
        relay.changes([["t", 71, 5, 0, "Meanwhile", 0]])
        await expect(view.mirrored.get_by_text("Meanwhile")).to_be_attached()
        await until_scrolled(view, 980)
        await view.page.keyboard.press("f")
        await until_scrolled(view, 100)


def said_by(relay: Relay, kind: str) -> list[dict[str, Any]]:
    """What the view has said of this type."""
    return [frame for frame in relay.heard if frame["t"] == kind]


async def press_in(view: Watching, selector: str) -> None:
    """Press where this element of the mirrored page is shown."""
    box = await view.mirrored.locator(selector).bounding_box()
    assert box
    await view.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


async def until_scrolled(view: Watching, y: int) -> None:
    """The mirrored window stands there."""
    await view.page.wait_for_function(f"document.querySelector('iframe').contentWindow.scrollY === {y}")


async def change_often(view: Watching, times: int) -> None:
    """Texts and things with shadow roots come and go."""
    for number in range(times):
        host: list[Op] = [["+", 80, 5, 0, "div", {}, 4], ["+", 81, 80, 0, "p", {}, 1], ["t", 82, 81, 0, "x", 0]]
        view.relay.changes([*host, ["=", 7, f"{chr(97 + number % 26)}words " * 500], ["-", 80]] * ROUNDS)
    view.relay.changes([["=", 7, f"Round {times}"]])
    await expect(view.mirrored.get_by_role("heading", name=f"Round {times}")).to_be_visible(timeout=60_000)


async def held(page: Page) -> dict[str, float]:
    """What the browser holds on to, after it has thrown away what nobody needs."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable")
    await devtools.send("HeapProfiler.collectGarbage")
    found = await devtools.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in found["metrics"]}


STATES: dict[str, dict[str, object]] = {
    "Waiting for consent": {"state": "consent_pending", "scopes": []},
    "The page is on its way": {},
    "Paused by the customer": {"paused": True, "paused_by": "customer"},
    "The customer reconnects": {"reconnecting": True},
}
FORM: list[Op] = [
    ["+", 50, 5, 0, "button", {"type": "button", "style": "position: fixed; inset: 100px"}, 0],
    ["t", 51, 50, 0, "Pay", 0],
]
FIELDS: list[Op] = [
    ["+", 60, 5, 0, "input", {"type": "text", "id": "name"}, 0],
    ["+", 61, 5, 0, "input", {"type": "text", "id": "hidden"}, 8],
    ["+", 62, 5, 0, "select", {"id": "list"}, 0],
    ["+", 63, 62, 0, "option", {}, 0],
    ["t", 64, 63, 0, "One", 0],
    ["+", 65, 62, 0, "option", {}, 0],
    ["t", 66, 65, 0, "Two", 0],
]

BUILD = """([tag, attributes, words]) => {
  const page = document.querySelector('iframe').contentDocument
  const svg = ['svg', 'image', 'use'].includes(tag)
  const made = svg ? page.createElementNS('http://www.w3.org/2000/svg', tag) : page.createElement(tag)
  const set = (name, value) => { try { made.setAttribute(name, value) } catch { /* refused by trusted types */ } }
  for (const [name, value] of Object.entries(attributes)) set(name, value)
  try { if (words) made.textContent = words } catch { /* the same */ }
  if (svg && tag !== 'svg') {
    const around = page.createElementNS('http://www.w3.org/2000/svg', 'svg')
    around.append(made)
    page.body.append(around)
  } else page.body.append(made)
}"""
BARE = BUILD.replace("document.querySelector('iframe').contentDocument", "document")
PRESS = """() => {
  const page = document.querySelector('iframe').contentDocument
  for (const pressed of page.querySelectorAll('a')) pressed.click()
  for (const form of page.querySelectorAll('form')) { try { form.submit() } catch { /* refused */ } }
}"""
