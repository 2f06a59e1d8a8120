"""The agent's view of a customer's page: what is hostile in it runs nothing, asks for nothing, goes nowhere."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Frame, Page, expect

from tests.browser.pages import sign_in
from tests.browser.relay import PAGE, Op, Relay
from tests.browser.request_log import RequestLog, in_front_of, listening
from tests.conftest import NewPage
from tests.flows.parties import at_work, visit
from tests.seed import ANNA
from tests.servers import Center

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
