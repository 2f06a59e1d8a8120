"""What the customer sees and decides while a page is shown, and what an agent can do on it."""

import base64
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.cobrowse_pages import Shown, question
from tests.conftest import NewPage

HTML = """<!doctype html><html lang="en"><head><title>Shop</title></head><body><main><h1>Order</h1>
<input id="masked" aria-label="masked" value="x">
<section data-cobrowse="show"><h2 id="words">Words</h2><input id="name" aria-label="name" maxlength="12">
<input id="pin" aria-label="pin" name="pin"><input id="card" aria-label="card" autocomplete="cc-number">
<button id="count" type="button">Count</button>
<select id="size" aria-label="size"><option>S</option><option>M</option><option disabled>L</option></select>
<input id="box" type="checkbox" aria-label="box"><a id="out" href="https://other.test/">out</a>
<a id="in" href="#here">in</a><div id="area" style="height:40px;overflow:auto"><div style="height:400px"></div></div>
<form id="form" action="/sent"><button id="send">Send</button><button id="sly" type="button">Sly</button></form>
</section><p data-cobrowse="block">Notes</p></main>
<script>
window.seen = []
window.clicks = 0
const note = ({ type, target }) => seen.push(type + ' ' + target.id)
for (const kind of ['input', 'change']) document.addEventListener(kind, note)
document.querySelector('#count').onclick = () => { clicks++ }
document.querySelector('#sly').onclick = () => document.querySelector('#form').submit()
document.querySelector('#form').onsubmit = (event) => { event.preventDefault(); window.sent = true }
</script><!--boot--></body></html>"""
# Whoever clicks where the answer appears, in the moment in which it does.
CLICK_AT_ONCE = """const at = setInterval(() => {
  const agree = document.querySelector('interaction-center')?.shadowRoot?.querySelector('dialog .primary')
  if (!agree) return
  clearInterval(at)
  agree.click()
  window.clicked = true
}, 1)"""
BRIGHTNESS = """async (png) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob())
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d')
  canvas.drawImage(picture, 0, 0)
  const { data } = canvas.getImageData(0, 0, picture.width, picture.height)
  return data.reduce((sum, value) => sum + value, 0) / data.length
}"""
TEXT = "Anna would like to see this page."


async def opened(new_page: NewPage, shown: Shown, **how: Any) -> Page:
    page = await new_page(**how)
    await page.goto(shown.url)
    await shown.until(lambda: shown.epoch if "view" in shown.scopes else shown.said)
    return page


async def complaints(page: Page) -> list[str]:
    """What axe has to say of what is on the page now."""
    results = await Axe().run(page)
    return [f"{found['id']}: {found['nodes'][0]['html']}" for found in results.response["violations"]]


# Consent


async def test_nothing_is_read_before_the_customer_has_agreed_to_these_very_words(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=[], asks=[question("view", TEXT)]) as shown:
        page = await opened(new_page, shown)
        dialog = page.get_by_role("dialog", name="Anna asks")
        await expect(dialog).to_contain_text(TEXT)
        await shown.quiet()
        assert shown.frames == []
        await dialog.get_by_role("button", name="Agree").click()
        await shown.until(lambda: shown.of("consent.grant"))
        assert shown.of("consent.grant") == [{"t": "consent.grant", "scope": "view", "version": "1", "hash": "h1"}]
        await shown.quiet()
        assert shown.frames == []
        shown.scopes = ["view"]
        await shown.tell(t="state", **shown.state())
        await shown.until(lambda: shown.epoch)
        await expect(page.get_by_text("Anna sees this page")).to_be_visible()


async def test_a_key_that_was_meant_for_the_page_answers_no_question(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=[], asks=[question("view", TEXT)]) as shown:
        page = await opened(new_page, shown)
        await expect(page.get_by_role("dialog")).to_be_focused()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Space")
        for _ in range(6):
            await page.keyboard.press("Tab")
            assert await page.evaluate("document.activeElement.tagName") in ("INTERACTION-CENTER", "BODY")
        assert [frame["t"] for frame in shown.said] == ["auth"]
        await page.keyboard.press("Escape")
        await shown.until(lambda: shown.of("consent.deny"))
        await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_click_that_was_meant_for_the_page_agrees_to_nothing(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=[], asks=[question("view", TEXT)]) as shown:
        page = await new_page()
        await page.add_init_script(CLICK_AT_ONCE)
        await page.goto(shown.url)
        await page.wait_for_function("window.clicked")
        await shown.quiet()
        assert not shown.of("consent.grant")
        await page.get_by_role("button", name="Agree").click()
        await shown.until(lambda: shown.of("consent.grant"))


async def test_each_scope_is_asked_by_itself_and_a_question_that_is_over_disappears(new_page: NewPage) -> None:
    async with Shown(HTML, asks=[question("point", "Point?"), question("control", "Control?")]) as shown:
        page = await opened(new_page, shown)
        await expect(page.get_by_role("dialog")).to_contain_text("Point?")
        await page.get_by_role("button", name="Not now").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Control?")
        shown.scopes = ["view", "point", "control"]
        await shown.tell(t="state", **shown.state())
        await expect(page.get_by_role("dialog")).to_have_count(0)
        assert shown.of("consent.deny") == [{"t": "consent.deny", "scope": "point"}]


# The banner


async def test_one_click_stops_everything(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await opened(new_page, shown)
        await page.get_by_role("button", name="Stop").click()
        await shown.until(lambda: shown.of("consent.revoke"))
        await expect(page.get_by_text("Your page is no longer shown.")).to_be_visible()
        frames = len(shown.frames)
        await page.evaluate("document.querySelector('#words').textContent = 'others'")
        await shown.quiet()
        assert len(shown.frames) == frames
        assert await page.evaluate("window.isOver")
        assert await page.evaluate("sessionStorage.length") == 0


async def test_escape_twice_stops_and_once_only_from_within_the_banner(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await opened(new_page, shown)
        await page.keyboard.press("Escape")
        await shown.quiet()
        assert not shown.of("consent.revoke")
        await page.get_by_role("button", name="Pause").focus()
        await page.keyboard.press("Escape")
        await shown.until(lambda: shown.of("consent.revoke"))
    async with Shown(HTML) as shown:
        page = await opened(new_page, shown)
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await shown.until(lambda: shown.of("consent.revoke"))


async def test_what_is_hidden_is_outlined_as_long_as_the_customer_wants(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await opened(new_page, shown)
        looks = "id => getComputedStyle(document.querySelector(id)).outlineStyle"
        assert await page.evaluate(looks, "#masked") == "dashed"
        assert await page.evaluate(looks, "[data-cobrowse=block]") == "dashed"
        assert await page.evaluate(looks, "#card") == "dashed"  # never sent, wherever it stands
        assert await page.evaluate(looks, "#name") == "none"
        await page.get_by_role("button", name="Hidden parts").click()
        assert await page.evaluate(looks, "#masked") == "none"
        assert "dashed" not in shown.raw.decode()


async def test_outlines_that_were_switched_off_stay_off_when_something_else_changes(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await opened(new_page, shown)
        await page.get_by_role("button", name="Hidden parts").click()
        await shown.tell(t="state", **shown.state(agents=[{"id": "a2", "name": "Bert"}]))
        await expect(page.get_by_text("Bert sees this page")).to_be_visible()
        assert await page.evaluate("getComputedStyle(masked).outlineStyle") == "none"


async def test_a_dialog_of_the_page_takes_nothing_of_the_banner_away(new_page: NewPage) -> None:
    html = HTML.replace("<main>", '<dialog id="modal" style="transform:scale(0.9)"><p>Pay?</p></dialog><main>')
    async with Shown(html) as shown:
        page = await opened(new_page, shown)
        await page.evaluate("modal.showModal()")
        await shown.tell(t="pointer", x=200, y=150, by="a1", name="Anna")
        pointer = page.locator("interaction-center .pointer")
        await expect(pointer).to_be_visible()
        await expect(page.locator("dialog interaction-center")).to_have_count(1)
        box = await pointer.bounding_box()
        assert box is not None
        assert abs(box["x"] - 200) < 1
        for layer in ("banner", "frame", "marks"):
            backdrop = "one => getComputedStyle(one, '::backdrop').backgroundColor"
            assert await page.locator(f"interaction-center .{layer}").evaluate(backdrop) == "rgba(0, 0, 0, 0)"
        await page.evaluate("window.kept = modal; kept.remove()")
        await expect(page.get_by_text("Anna sees this page")).to_be_visible()
        await page.evaluate("kept.close(); document.body.append(kept); kept.showModal()")
        await page.get_by_role("button", name="Stop").click()
        await shown.until(lambda: shown.of("consent.revoke"))


async def test_what_fills_the_screen_covers_nothing_of_the_banner(new_page: NewPage) -> None:
    html = HTML.replace("<main>", '<video id="film"></video><main style="background:white">')
    async with Shown(html) as shown:
        page = await opened(new_page, shown)
        clip = await page.get_by_role("region", name="Shown page").bounding_box()
        assert clip
        await page.evaluate("film.requestFullscreen()")
        await page.wait_for_function("document.fullscreenElement === film")
        picture = base64.b64encode(await page.screenshot(clip=clip)).decode()
        assert await page.evaluate(BRIGHTNESS, picture) > 128, "a film is black before it has begun"
        await page.evaluate("document.exitFullscreen()")
        await page.evaluate("document.querySelector('main').requestFullscreen()")
        await page.wait_for_function("document.fullscreenElement?.localName === 'main'")
        await page.get_by_role("button", name="Stop").click()
        await shown.until(lambda: shown.of("consent.revoke"))


async def test_where_the_site_has_no_theme_the_banner_is_as_dark_as_the_system(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await opened(new_page, shown)
        await page.emulate_media(color_scheme="dark")
        await expect(page.locator("interaction-center .banner")).to_have_css("background-color", "rgb(30, 33, 40)")


async def test_a_page_that_draws_itself_anew_does_not_take_the_banner_away(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await opened(new_page, shown)
        await page.evaluate("document.documentElement.replaceChildren(document.createElement('body'))")
        await expect(page.get_by_role("button", name="Stop")).to_be_visible()
        await shown.quiet()
        assert shown.mirror.tree() == await shown.fresh()


async def test_the_page_of_the_customer_gets_back_what_was_listened_in_on(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await new_page()
        await page.add_init_script("window.first = Element.prototype.attachShadow")
        await page.goto(shown.url)
        await shown.until(lambda: shown.epoch)
        assert not await page.evaluate("first === Element.prototype.attachShadow")
        await page.get_by_role("button", name="Stop").click()
        assert await page.evaluate("first === Element.prototype.attachShadow")


# What the agent shows and does


def node(shown: Shown, name: str) -> int:
    """The number of an element."""
    return next(id_ for id_, one in shown.mirror.nodes.items() if one.op[0] == "+" and one.op[5].get("id") == name)


async def act(shown: Shown, kind: str, name: str, **more: Any) -> dict[str, Any]:
    """What comes of it when the agent does this to the element."""
    count = len(shown.of("input.done"))
    target = {"e": shown.epoch, "n": 1 if name == "window" else node(shown, name)}
    await shown.tell(t=f"input.{kind}", id=count, by="a1", name="Anna", **{**target, **more})
    await shown.until(lambda: len(shown.of("input.done")) > count)
    done = shown.of("input.done")[-1]
    assert done["id"] == count
    return done


async def test_pointer_drawing_and_highlight_of_the_agent_are_seen(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=["view", "point"]) as shown:
        page = await opened(new_page, shown)
        await shown.tell(t="pointer", by="a1", name="Anna", x=200, y=100)
        await expect(page.locator(".pointer")).to_contain_text("Anna")
        await shown.tell(t="draw", by="a1", name="Anna", id="1", points=[[1, 2], [3, 4]])
        await shown.tell(t="draw", by="a1", name="Anna", id="1", points=[[5, 6]])
        await expect(page.locator("polyline")).to_have_attribute("points", " 1,2 3,4 5,6")
        await shown.tell(t="highlight", by="a1", name="Anna", e=shown.epoch, n=node(shown, "words"))
        await expect(page.locator(".highlight")).to_be_visible()
        await shown.tell(t="clear", by="a1", name="Anna")
        await expect(page.locator("polyline")).to_have_count(0)


async def test_what_an_agent_draws_and_points_out_without_end_stays_small(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=["view", "point"]) as shown:
        page = await opened(new_page, shown)
        for _ in range(80):
            await shown.tell(t="draw", id="l1", points=[[1, 1]] * 64, by="a1", name="Anna")
            await shown.tell(t="highlight", e=shown.epoch, n=node(shown, "words"), by="a1", name="Anna")
        await shown.tell(t="draw", id="l2", points=[[5, 5], [6, 6]], by="a1", name="Anna")
        await expect(page.locator("interaction-center polyline")).to_have_count(2)
        assert await page.locator("interaction-center polyline").first.evaluate("line => line.points.length") <= 4000
        assert await page.locator("interaction-center .highlight").count() == 1


async def test_what_is_highlighted_out_of_sight_is_pointed_to_and_the_page_stays_where_it_is(new_page: NewPage) -> None:
    html = '<body><p style="height:3000px">x</p><p id="far">y</p><!--boot--></body>'
    async with Shown(html, scopes=["view", "point"]) as shown:
        page = await opened(new_page, shown)
        await shown.tell(t="highlight", by="a1", name="Anna", e=shown.epoch, n=node(shown, "far"))
        await expect(page.locator(".highlight")).to_have_text("↓ Anna")
        assert await page.evaluate("scrollY") == 0
        await page.evaluate("far.scrollIntoView()")
        await expect(page.locator(".highlight")).to_have_text("Anna")


async def test_the_customer_s_own_pointer_goes_out_at_most_thirty_times_a_second(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await opened(new_page, shown)
        ran = await page.evaluate(
            """() => { const from = performance.now(); let at = 0
              while (performance.now() - from < 500)
                document.body.dispatchEvent(new PointerEvent('pointermove', { clientX: at++, bubbles: true }))
              return (performance.now() - from) / 1000 }"""
        )
        await shown.quiet()
        assert 1 <= len(shown.of("pointer")) <= 30 * ran + 2


async def test_an_agent_in_control_clicks_types_chooses_and_scrolls(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=["view", "point", "control"]) as shown:
        page = await opened(new_page, shown)
        await shown.tell(t="state", **shown.state(controller="a1"))
        await expect(page.get_by_text("Anna controls this page")).to_be_visible()
        assert (await act(shown, "click", "count"))["ok"]
        assert await page.evaluate("clicks") == 1
        assert (await act(shown, "type", "name", text="Maximilian\nMuster"))["ok"]
        assert await page.locator("#name").input_value() == "MaximilianMu"
        assert (await act(shown, "select", "size", index=1))["ok"]
        assert (await act(shown, "click", "box"))["ok"]
        assert (await act(shown, "scroll", "area", x=0, y=50))["ok"]
        assert (await act(shown, "click", "in"))["ok"]
        assert await page.evaluate("location.hash") == "#here"
        assert await page.evaluate("seen.join()") == (
            "input name,change name,input size,change size,input box,change box"
        )
        assert await page.evaluate("area.scrollTop") == 50
        done = await act(shown, "scroll", "window", x=0, y=0)
        assert done["ok"]
        assert len(done["what"]) == 16
        await expect(page.get_by_text("Last: scrolled")).to_be_visible()


@pytest.mark.parametrize(
    ("kind", "name", "more", "code"),
    [
        ("click", "masked", {}, "masked"),
        ("type", "masked", {"text": "y"}, "masked"),
        ("type", "pin", {"text": "1234"}, "forbidden"),
        ("type", "words", {"text": "y"}, "forbidden"),
        ("select", "size", {"index": 2}, "gone"),
        ("click", "out", {}, "forbidden"),
        ("click", "send", {}, "submit"),
        ("click", "sly", {}, "submit"),
        ("click", "count", {"e": 99}, "stale"),
        ("click", "count", {"n": 999_999}, "gone"),
    ],
)
async def test_what_an_agent_in_control_may_not_do_is_refused(
    new_page: NewPage, kind: str, name: str, more: dict[str, Any], code: str
) -> None:
    async with Shown(HTML, scopes=["view", "point", "control"]) as shown:
        page = await opened(new_page, shown)
        done = await act(shown, kind, name, **more)
        assert (done["ok"], done["code"]) == (False, code)
        assert await page.evaluate("[clicks, seen.length, window.sent ?? false, location.pathname]") == [
            0,
            0,
            False,
            "/",
        ]
        assert await page.locator("#pin").input_value() == ""


async def test_a_form_is_sent_only_when_that_was_agreed(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=["view", "point", "control"]) as shown:
        page = await opened(new_page, shown)
        await shown.tell(t="state", **shown.state(controller="a1", submit=True))
        assert (await act(shown, "click", "send"))["ok"]
        assert await page.evaluate("window.sent")


async def test_a_form_that_the_page_sends_later_is_held_until_the_customer_does_something(new_page: NewPage) -> None:
    script = "later.onclick = () => setTimeout(() => { form.submit(); window.tried = true }, 50)"
    html = HTML.replace("Sly</button>", "Sly</button><button id=later type=button>Later</button>")
    html = html.replace("<!--boot-->", f"<script>{script}</script><!--boot-->")
    async with Shown(html, scopes=["view", "point", "control"]) as shown:
        page = await opened(new_page, shown)
        assert (await act(shown, "click", "later"))["ok"]
        await page.wait_for_function("window.tried")
        assert await page.evaluate("location.pathname") == "/"
        await page.locator("#later").click()
        await page.wait_for_url("**/sent?")


async def test_a_link_around_a_component_is_a_link_for_the_agent_too(new_page: NewPage) -> None:
    html = """<body><section data-cobrowse="show"><a href="#out" target="_blank"><x-icon id="within"></x-icon></a>
    <x-link id="host"><b id="slotted">Go</b></x-link></section><script>
    const shadow = (id, html) => document.getElementById(id).attachShadow({ mode: 'open' }).innerHTML = html
    shadow('within', '<b id="inner">icon</b>')
    shadow('host', '<a href="https://other.test/"><slot></slot></a>')
    window.clicks = 0
    document.addEventListener('click', (event) => { clicks++; event.preventDefault() })
    </script><!--boot--></body>"""
    async with Shown(html, scopes=["view", "point", "control"]) as shown:
        page = await opened(new_page, shown)
        assert (await act(shown, "click", "inner"))["code"] == "forbidden"
        assert (await act(shown, "click", "slotted"))["code"] == "forbidden"
        assert await page.evaluate("clicks") == 0


async def test_without_consent_to_control_nothing_is_done(new_page: NewPage) -> None:
    async with Shown(HTML) as shown:
        page = await opened(new_page, shown)
        assert (await act(shown, "click", "count"))["code"] == "forbidden"
        assert await page.evaluate("clicks") == 0


async def test_the_customer_takes_over_again_with_one_click(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=["view", "point", "control"]) as shown:
        page = await opened(new_page, shown)
        await shown.tell(t="state", **shown.state(controller="a1"))
        await page.get_by_role("button", name="Take over again").click()
        assert (await act(shown, "click", "count"))["code"] == "forbidden"
        assert shown.of("consent.revoke") == [{"t": "consent.revoke", "scope": "control"}]


# The code


async def test_a_code_is_shown_until_somebody_asks_with_it(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=[], session=None) as shown:
        page = await opened(new_page, shown)
        await expect(page.get_by_label("1 2 3 4 5 6 7 8 9")).to_have_text("123456789")
        await expect(page.get_by_text("Valid until")).to_be_visible()
        await shown.tell(t="state", **shown.state())
        await shown.tell(t="ask", **question("view", TEXT))
        await expect(page.get_by_role("dialog")).to_be_visible()
        await expect(page.get_by_text("Your code")).to_have_count(0)


async def test_a_code_that_is_over_makes_way_for_a_new_one(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=[], session=None) as shown:
        page = await opened(new_page, shown)
        await expect(page.get_by_text("Your code")).to_be_visible()
        await shown.tell(t="end", reason="timeout_code")
        await expect(page.get_by_text("This code is no longer valid.")).to_be_visible()
        await page.get_by_role("button", name="New code").click()
        assert await page.evaluate("[window.isOver, window.isRenewed]") == [True, True]


async def test_what_was_never_shown_ends_without_a_word(new_page: NewPage) -> None:
    async with Shown(HTML, scopes=[], asks=[question("view", TEXT)]) as shown:
        page = await opened(new_page, shown)
        await page.get_by_role("button", name="Not now").click()
        await shown.tell(t="end", reason="denied")
        await page.wait_for_function("window.isOver")
        await expect(page.locator("interaction-center")).to_have_count(0)


# For everybody


@pytest.mark.parametrize(("language", "width", "theme"), [("en", 1280, "light"), ("de", 360, "dark")])
async def test_whoever_uses_no_mouse_or_no_eyes_can_decide_as_well(
    new_page: NewPage, language: str, width: int, theme: str
) -> None:
    async with Shown(HTML, scopes=[], asks=[question("view", TEXT)], language=language, theme=theme) as shown:
        page = await opened(new_page, shown, width=width)
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await complaints(page) == []
        await expect(page.locator("dialog .primary")).to_be_enabled()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await shown.until(lambda: shown.of("consent.grant"))
        shown.scopes = ["view", "point", "control"]
        await shown.tell(t="state", **shown.state(controller="a1"))
        await expect(page.get_by_role("region")).to_be_visible()
        assert await complaints(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
