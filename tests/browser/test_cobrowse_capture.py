"""What leaves a page that is shown: in a real browser, with the built script, searched byte by byte."""

import asyncio
import gzip
import random

import pytest
from playwright.async_api import Page, expect

from tests.browser.cobrowse_pages import BUILT, Shown
from tests.conftest import NewPage

# A password that can be read when the page is looked at, some moments later.
IN_A_NEW_SHADOW = """() => {
  const field = document.createElement('input')
  const host = document.createElement('div')
  host.attachShadow({ mode: 'open' }).append(field)
  document.querySelector('main').append(host)
  Object.assign(field, { type: 'password', value: 'zqsesame' })
  queueMicrotask(() => queueMicrotask(() => { field.type = 'text' }))
}"""
TAKEN_OUT_MEANWHILE = """async () => {
  const field = document.querySelector('main').appendChild(document.createElement('input'))
  Object.assign(field, { type: 'password', value: 'zqsesame' })
  await Promise.resolve().then(() => {}).then(() => field.remove()).then(() => {})
  field.type = 'text'
  document.querySelector('main').append(field)
}"""
CAME_AS_ONE = """async () => {
  const box = document.createElement('div')
  box.innerHTML = '<input type="password" value="zqsesame">'
  document.querySelector('main').append(box)
  await Promise.resolve().then(() => {}).then(() => box.remove()).then(() => {})
  box.firstChild.type = 'text'
  document.querySelector('main').append(box)
}"""
PROBES = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>zq23title</title>
<meta name="description" content="zq41meta"><style>.hint::after { content: "zq27content" } [data-x="zq42css"] { top: 0 }
#u::before { content: "\\7a\\71 43escaped" } :root { --secret: "zq44custom" }</style></head><body>
<form action="/send?x=zq45action"><input id="p1" value="zq1text"><input type="email" value="zq2@mail.test">
<input id="p3" autocomplete="cc-number" value="zq3card"><input id="p4" type="password" value="zq4password">
<input id="p5" value="zq5DE89370400440532013000"><textarea id="p6">zq6area</textarea>
<select><option>zq7option</option></select><input type="hidden" name="csrf" value="zq8hidden"></form>
<div contenteditable>zq9editable</div>
<section data-cobrowse="block"><p>zq10blocked</p><i title="zq11title"></i><img alt="zq12alt" src="data:,"></section>
<i title="zq33title">x</i><img alt="zq34alt" src="/zq35.png?zq35src" srcset="/zq36.png 2x">
<a id="p13" href="/account?token=zq13href">zq14link</a><p id="p14">zq14text</p>
<script>window.unused = 'zq15script'</script><input id="p20" placeholder="zq20placeholder">
<button aria-label="zq21aria">x</button><b id="p22" data-x="zq22data">x</b>
<svg><text>zq24svg</text><title>zq46svgtitle</title></svg><div id="host"></div>
<iframe srcdoc="<p>zq26frame</p>"></iframe><!-- zq30comment --><p class="hint">x</p>
<input list="l"><datalist id="l"><option value="zq31datalist"></datalist>
<table><caption>zq47caption</caption></table>
<my-card color="zq58color" open="zq59open" size="zq5a">x</my-card>
<progress value="0.5">zq48progress</progress>
<noscript>zq49noscript</noscript><template><p>zq50template</p></template>
<div data-cobrowse="show"><p id="open">shown words 4111 1111 1111 1111 and DE89 3704 0044 0532 0130 00</p>
<input id="free" value="shown value"><input type="password" value="zq51password"><i title="zq52title">x</i>
<p data-cobrowse="mask">zq53masked</p><p data-cobrowse="block">zq54blocked</p><input name="iban" value="zq55name">
<input id="code" autocomplete="one-time-code" value="zq56code"><input type="hidden" value="zq57hidden"></div>
<script>host.attachShadow({ mode: 'open' }).innerHTML = '<p>zq25shadow</p><slot></slot>'</script>
<!--boot--></body></html>"""

LATER = """() => {
  const at = (selector) => document.querySelector(selector)
  at('#p1').value = 'zq17typed'
  at('#p4').type = 'text'
  at('#p4').value = 'zq19password'
  at('#p22').dataset.x = 'zq28data'
  at('#p1').setAttribute('value', 'zq29value')
  at('#p6').value = 'zq60area'
  at('#p13').href = '/x?zq61'
  at('#p14').firstChild.data = 'zq62text'
  at('#p20').placeholder = 'zq63placeholder'
  at('#p3').value = 'zq64card'
  at('#code').value = 'zq65code'
  document.title = 'zq66title'
  at('#host').shadowRoot.querySelector('p').textContent = 'zq67shadow'
  at('#host').shadowRoot.append(Object.assign(document.createElement('i'), { title: 'zq68', textContent: 'zq68more' }))
  const sheet = new CSSStyleSheet()
  sheet.replaceSync('p::before { content: "zq69adopted" } p { background: url(https://zq70.test) }')
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  document.styleSheets[0].insertRule('b::after { content: "zq71rule" }')
  at('#p14').style.setProperty('--note', '"zq72style"')
  at('#p14').style.backgroundImage = 'url(/zq73.png)'
  document.body.insertAdjacentHTML('beforeend',
    `<p onclick="zq74()" data-y="zq75">zq76new</p><iframe srcdoc="zq77"></iframe><input type="hidden" value="zq78">
     <input type="password" id="late" value="zq79"><object data="data:text/plain,zq80"></object>
     <a href="javascript:zq81">x</a>`)
  at('#late').type = 'text'
  at('#open').textContent = '5555 5555 5555 4444'
  history.pushState(null, '', '/orders/zq82?zq83#zq84')
}"""
HIDE = """() => {
  const region = document.querySelector('[data-cobrowse=show]')
  region.removeAttribute('data-cobrowse')
  region.querySelector('#open').textContent = 'zq90hidden'
  region.querySelector('#free').value = 'zq91hidden'
}"""


async def opened(new_page: NewPage, shown: Shown, path: str = "/") -> Page:
    """The host page, shown to the other end."""
    page = await new_page()
    await page.goto(shown.url + path)
    await shown.until(lambda: shown.epoch)
    return page


async def test_no_secret_of_a_page_is_in_what_it_sends(new_page: NewPage) -> None:
    async with Shown(PROBES) as shown:
        page = await opened(new_page, shown, "/account?query=zq16query#zq16fragment")
        await page.locator("#p1").press_sequentially("zq17")
        await page.locator("#p4").press_sequentially("zq18")
        await page.evaluate(LATER)
        await shown.quiet()
        await page.evaluate(HIDE)
        await shown.quiet()
        await shown.fresh()
    everything = bytes(shown.raw) + repr(shown.said).encode()
    leaks = [everything[at : at + 24] for at in range(len(everything)) if everything.startswith(b"zq", at)]
    assert leaks == []
    assert b"4111" not in everything
    assert b"0532" not in everything
    assert b"5555" not in everything
    assert shown.problems == []


CARD = """<!doctype html><body><section data-cobrowse="show"><select id="month" autocomplete="cc-exp-month">
<option>01<option>02<option>03</select><input type="checkbox" id="tick" name="otp"></section>
<p style="--balance:123456;--shade:#123456;counter-reset:n 98765" align="zq1align" color="zq2 colour">x</p>
<ol start="4711889"><li>x</li></ol><!--boot--></body>"""


async def test_neither_the_month_of_a_card_nor_a_number_for_a_style_is_sent(new_page: NewPage) -> None:
    async with Shown(CARD) as shown:
        page = await opened(new_page, shown)
        await page.locator("#month").select_option("03")
        await page.locator("#tick").check()
        await shown.quiet()
        await shown.fresh()
    assert [op[2] for op in shown.ops("l") if op[2] >= 0] == []
    assert [op for op in shown.ops("k") if op[2]] == []
    assert b"--shade:#123456" in shown.raw
    for secret in (b"--balance", b"98765", b"4711889", b"zq1", b"zq2"):
        assert secret not in shown.raw


HIDDEN_MEANWHILE = """<!doctype html><body><div id="region" data-cobrowse="show"></div><script>
region.innerHTML = '<i>x</i>'.repeat(4000) + '<p id="last">open</p>'
let isHidden = false
Object.defineProperty(region.children[50], 'localName', { get() {
  if (!isHidden) {
    isHidden = true
    region.dataset.cobrowse = 'mask'
    last.textContent = 'zqsecret'
    for (const until = performance.now() + 40; performance.now() < until;);
  }
  return 'i'
} })
</script><!--boot--></body>"""


@pytest.mark.parametrize("how", [IN_A_NEW_SHADOW, TAKEN_OUT_MEANWHILE, CAME_AS_ONE])
async def test_what_was_a_password_for_a_moment_is_never_sent(new_page: NewPage, how: str) -> None:
    async with Shown('<html><body><main data-cobrowse="show"><p>Words</p></main><!--boot--></body></html>') as shown:
        page = await new_page()
        await page.goto(shown.url)
        await shown.until(lambda: shown.epoch)
        await page.evaluate(how)
        await page.evaluate("document.querySelector('p').textContent = 'Later words'")
        await shown.until(lambda: b"Later words" in shown.raw)
        await shown.quiet()
        assert b'"input"' in shown.raw
        assert b"zqsesame" not in shown.raw


async def test_what_is_hidden_while_the_page_is_read_is_not_sent(new_page: NewPage) -> None:
    async with Shown(HIDDEN_MEANWHILE) as shown:
        await opened(new_page, shown)
        await shown.quiet()
        assert b"zqsecret" not in shown.raw
        assert shown.problems == []
        assert shown.mirror.tree() == await shown.fresh()


async def test_what_a_region_shows_can_be_read_and_its_layout_is_that_of_the_page(new_page: NewPage) -> None:
    async with Shown(PROBES) as shown:
        page = await opened(new_page, shown)
        words = shown.raw.decode()
        await page.locator("#free").fill("typed by hand")
        await shown.until(lambda: ["v", "typed by hand"] in [[op[0], op[2]] for op in shown.ops("v")])
    assert "shown words •••• •••• •••• •••• and" in words
    assert '"value":"shown value"' in words
    assert {op[6] for op in shown.ops("b")} >= {"blocked", "image", "frame"}


@pytest.mark.parametrize(
    ("rules", "is_shown"),
    [
        ({"show": ["#open"]}, True),
        ({"show": ["#open"], "mask": ["p"]}, False),
        ({"show": ["#open"], "block": ["body > div"]}, False),
        ({"deny": True}, False),
        ({"deny": True, "show": ["#open"]}, True),
        ({"show": ["#open"], "mask": ["]["]}, False),
    ],
)
async def test_the_rules_of_the_site_say_what_is_shown(
    new_page: NewPage, rules: dict[str, object], is_shown: bool
) -> None:
    async with Shown(PROBES) as shown:
        shown.rules = {**shown.rules, **rules}
        await opened(new_page, shown)
    assert (b"shown words" in shown.raw) is is_shown


async def test_what_a_rule_hides_by_a_class_is_sent_anew_when_the_class_comes(new_page: NewPage) -> None:
    html = '<body><div data-cobrowse="show"><p id="p">words</p></div><!--boot--></body>'
    async with Shown(html, rules={"show": [], "mask": [".secret p"], "block": [".gone"], "deny": False}) as shown:
        page = await opened(new_page, shown)
        await page.evaluate("document.querySelector('div').className = 'secret'")
        await shown.until(lambda: [op[4] for op in shown.ops("t")].count("•••••") == 1)
        await page.evaluate("document.querySelector('div').className = 'gone'")
        await shown.until(lambda: shown.ops("b"))
        await page.evaluate("document.querySelector('div').className = ''")
        await shown.until(lambda: [op[4] for op in shown.ops("t")].count("words") == 2)
        assert shown.mirror.tree() == await shown.fresh()
    assert shown.problems == []


MUTATE = """async ([seed, count]) => {
  let state = seed
  const random = (n) => (state = (state * 1103515245 + 12345) % 2147483648) % n
  const root = document.querySelector('#root')
  const any = () => { const all = root.querySelectorAll('*'); return all.length ? all[random(all.length)] : root }
  const make = () => {
    const node = document.createElement(['p', 'div', 'b', 'ul', 'my-tag'][random(5)])
    node.append('words ' + random(1000))
    if (!random(8)) node.append(Object.assign(document.createElement('input'), { value: 'v' + random(99) }))
    const canHost = /p|div|my-tag/i.test(node.tagName)
    if (canHost && !random(6)) node.attachShadow({ mode: 'open' }).innerHTML = '<i>in</i><slot></slot>'
    if (!random(12)) node.append(Object.assign(document.createElement('style'), { textContent: '.a{top:0}' }))
    return node
  }
  const acts = [
    () => any().append(make()),
    () => any().prepend(make(), 'text ' + random(99)),
    () => { const a = any(), b = any(); if (!a.contains(b)) b.before(a) },
    () => { const a = any(), b = any(); if (!a.contains(b)) b.append(a) },
    () => { if (root.querySelectorAll('*').length > 60) any().remove() },
    () => { any().className = 'a b' + random(5) },
    () => { const t = any().firstChild; if (t?.nodeType === 3) t.data = 'new ' + random(99) },
    () => { any().toggleAttribute('hidden') },
    () => { const e = any(); e.dataset.cobrowse = ['show', 'mask', 'block', ''][random(4)] },
    () => { const s = any().shadowRoot; if (s) s.append(make()) },
    () => { const i = root.querySelector('input'); if (i) i.value = 'w' + random(99) },
    () => { const e = any(); e.replaceChildren(...[...e.childNodes].reverse()) },
    () => { try { if (!random(4)) any().attachShadow({ mode: 'open' }) } catch {} },
  ]
  for (let at = 0; at < count; at++) {
    acts[random(acts.length)]()
    if (!random(15)) await new Promise((go) => setTimeout(go, random(30)))
  }
}"""


@pytest.mark.parametrize("seed", range(1, 7))
async def test_after_random_changes_the_picture_is_that_of_a_new_snapshot(new_page: NewPage, seed: int) -> None:
    async with Shown('<body><div id="root" data-cobrowse="show"></div><!--boot--></body>') as shown:
        page = await opened(new_page, shown)
        await page.evaluate(MUTATE, [seed * random.Random(seed).randrange(10_000), 800])
        await shown.quiet()
        assert shown.problems == []
        assert shown.batches > 10
        assert shown.mirror.tree() == await shown.fresh()


THEMED = """<html data-theme="dark"><body><p id="p" aria-expanded="false">x</p>
<style>[data-theme="dark"] p { color: red } p[aria-expanded="true"] { color: blue }</style><!--boot--></body></html>"""


async def test_what_a_sheet_asks_of_attributes_that_are_not_sent_is_a_class_without_a_meaning(
    new_page: NewPage,
) -> None:
    async with Shown(THEMED) as shown:
        page = await opened(new_page, shown)
        (sheet,) = shown.ops("y")
        assert sheet[4] == "._a p{color:red;}p._b{color:blue;}"
        html = next(node.op[5] for node in shown.mirror.nodes.values() if node.op[4] == "html")
        assert html["class"] == "_a"
        await page.evaluate("p.setAttribute('aria-expanded', 'true')")
        await shown.until(lambda: any(op[2] == {"class": "_b"} for op in shown.ops("@")))
        assert b"dark" not in shown.raw
        assert shown.mirror.tree() == await shown.fresh()


async def test_a_field_that_a_framework_sets_behind_our_back_is_found_with_the_next_change(new_page: NewPage) -> None:
    keep = "const kept = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'checked').set"
    html = f'<body><script>{keep}</script><input type="checkbox" id="box"><p id="p">one</p><!--boot--></body>'
    async with Shown(html) as shown:
        page = await opened(new_page, shown)
        await page.evaluate("kept.call(box, true); p.hidden = true")
        await shown.until(lambda: [op[2] for op in shown.ops("k")] == [1])


LARGE = f"""<body><table><tbody id="rows">{"<tr><td>some words</td><td><b>more</b></td></tr>" * 2500}</tbody></table>
<p id="p">x</p><!--boot--></body>"""


async def test_a_page_of_ten_thousand_elements_arrives_in_pieces(new_page: NewPage) -> None:
    async with Shown(LARGE) as shown:
        await opened(new_page, shown)
        assert sum(map(len, shown.frames)) < 70_000
        assert len(shown.frames) > 3
        assert len(shown.mirror.nodes) > 10_000
        assert shown.problems == []


async def test_a_change_of_most_of_the_page_is_a_new_snapshot(new_page: NewPage) -> None:
    async with Shown(LARGE) as shown:
        page = await opened(new_page, shown)
        await page.evaluate("rows.innerHTML = rows.innerHTML")
        await shown.until(lambda: shown.epoch == 2)
        await page.evaluate("p.textContent = 'y'")
        await shown.quiet()
        assert shown.mirror.tree() == await shown.fresh()


async def test_a_page_that_is_too_large_ends_in_a_box(new_page: NewPage) -> None:
    html = f"<body><ul>{'<li>x</li>' * 21_000}</ul><p>after</p><!--boot--></body>"
    async with Shown(html) as shown:
        page = await opened(new_page, shown)
        assert [op[6] for op in shown.ops("b")].count("too_large") == 2
        await page.evaluate("document.querySelector('li').remove(); document.querySelector('ul').append('more')")
        await shown.quiet()
    assert shown.problems == []
    assert len(shown.mirror.nodes) < 41_000


async def test_a_page_that_is_too_deep_ends_in_a_box(new_page: NewPage) -> None:
    deep = "let at = document.body; for (let i = 0; i < 900; i++) at = at.appendChild(document.createElement('div'))"
    async with Shown(f"<body><script>{deep}</script><!--boot--></body>") as shown:
        await opened(new_page, shown)
        await shown.quiet()
    assert [op[6] for op in shown.ops("b")] == ["too_large"]
    assert 500 < len(shown.ops("+")) < 520


async def test_a_page_at_rest_sends_nothing(new_page: NewPage) -> None:
    async with Shown(PROBES) as shown:
        await opened(new_page, shown)
        await shown.quiet(1)
        before = len(shown.frames), len(shown.said)
        await asyncio.sleep(2)
        assert (len(shown.frames), len(shown.said)) == before


async def test_an_animation_of_style_goes_ten_times_a_second(new_page: NewPage) -> None:
    async with Shown('<body><p id="p">x</p><!--boot--></body>') as shown:
        page = await opened(new_page, shown)
        before = sum(map(len, shown.frames))
        ran = await page.evaluate(
            """() => new Promise((done) => {
              const from = performance.now()
              let frames = 0
              const step = (now) => {
                p.style.transform = `translateX(${frames++}px)`
                if (now - from < 2000) requestAnimationFrame(step)
                else done((now - from) / 1000)
              }
              requestAnimationFrame(step)
            })"""
        )
        await shown.quiet()
        sent = [op for op in shown.ops("@") if "transform" in str(op)]
        assert len(sent) <= 11 * ran + 2
        assert (sum(map(len, shown.frames)) - before) / ran <= 2000
        assert shown.mirror.tree() == await shown.fresh()


async def test_while_nothing_is_acknowledged_changes_wait_and_go_as_one(new_page: NewPage) -> None:
    html = '<body><div id="root" data-cobrowse="show"></div><!--boot--></body>'
    async with Shown(html, acks=False) as shown:
        page = await opened(new_page, shown)
        noise = """async () => { for (let at = 0; at < 60; at++) {
          const bytes = crypto.getRandomValues(new Uint8Array(6000))
          root.textContent = [...bytes].map((byte) => String.fromCharCode(97 + byte % 26)).join('')
          await new Promise((go) => setTimeout(go, 60)) } root.textContent = 'the end' }"""
        await page.evaluate(noise)
        await page.evaluate(noise)
        await shown.quiet()
        unacked = sum(map(len, shown.frames))
        assert 200_000 < unacked <= 262_144
        shown.acks = True
        await shown.tell(t="ack", s=shown.last)
        await shown.until(lambda: any(op[4] == "the end" for op in shown.ops("t")))
        await shown.quiet()
        assert shown.mirror.tree() == await shown.fresh()
    assert shown.problems == []


async def test_after_a_break_of_the_line_only_what_is_missing_goes_again(new_page: NewPage) -> None:
    async with Shown('<body><p id="p" data-cobrowse="show">one</p><!--boot--></body>') as shown:
        page = await opened(new_page, shown)
        await shown.sockets[-1].close(code=1012)
        await page.evaluate("p.textContent = 'two'")
        await shown.until(lambda: any(op[4] == "two" for op in shown.ops("t")))
        assert shown.epoch == 1
        assert shown.problems == []
        assert shown.of("auth")[1]["resume"] == "tab-token"


async def test_a_reload_goes_on_with_a_new_snapshot_and_later_numbers(new_page: NewPage) -> None:
    async with Shown('<body><p id="p">one</p><!--boot--></body>') as shown:
        page = await opened(new_page, shown)
        await page.reload()
        await shown.until(lambda: shown.epoch == 2)
        assert shown.of("auth")[1]["resume"] == "tab-token"
    assert shown.problems == []


async def test_paused_means_that_nothing_is_sent_and_then_a_new_snapshot(new_page: NewPage) -> None:
    async with Shown('<body><p id="p">one</p><!--boot--></body>') as shown:
        page = await opened(new_page, shown)
        await page.get_by_role("button", name="Pause").click()
        await expect(page.get_by_text("Paused. Nothing is shown now.")).to_be_visible()
        await shown.tell(t="state", **shown.state())  # one that crossed
        frames = len(shown.frames)
        await page.evaluate("p.textContent = 'two words'")
        await shown.quiet()
        assert len(shown.frames) == frames
        await shown.sockets[-1].close(code=1012)
        await shown.until(lambda: len(shown.of("pause")) == 2)
        await shown.tell(t="state", **shown.state(paused=True))
        await page.get_by_role("button", name="Go on").click()
        await shown.until(lambda: shown.of("unpause"))
        assert len(shown.frames) == frames
        await shown.tell(t="state", **shown.state())
        await shown.until(lambda: shown.epoch == 2)
    assert shown.problems == []


def test_the_part_that_is_loaded_for_it_stays_small() -> None:
    assert len(gzip.compress(BUILT.read_bytes(), 9)) <= 32_000
