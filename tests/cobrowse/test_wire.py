"""Binary frames: what is not on the list never passes, however it is packed or written."""

import json
import zlib
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_app.cobrowse.css import is_harmless
from channels_app.cobrowse.wire import (
    ALLOWED,
    DEFLATED,
    FIRST,
    HEADER,
    LAST,
    LIMITS,
    SNAPSHOT,
    Checker,
    FrameError,
    read_head,
)
from interaction_center.errors import BadRequestError, TooLargeError
from tests.cobrowse.builders import PAGE, deflated, head, mirror, packed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
PNG = "data:image/png;base64,AAAA"


def check(*ops: Any) -> None:
    """All of these in one frame."""
    data = packed(1, list(ops))
    Checker().check(read_head(data))


def refused(*ops: list[Any]) -> None:
    with pytest.raises(FrameError):
        check(*ops)


def element(tag: str, attributes: dict[str, Any], flags: int = 0) -> list[Any]:
    return ["+", 2, 1, 0, tag, attributes, flags]


# Heads and payloads


def test_a_frame_is_read_packed_or_not() -> None:
    read = read_head(mirror(7, snapshot=True))
    assert (read.kind, read.s, read.begins_snapshot) == (SNAPSHOT, 7, True)
    Checker().check(read)
    check(*PAGE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        head(1),
        HEADER.pack(2, 1, 0, 0, 1, 1) + b"{}",
        HEADER.pack(1, 3, 0, 0, 1, 1) + b"{}",
        HEADER.pack(1, 1, 8, 0, 1, 1) + b"{}",
        HEADER.pack(1, 1, 0, 1, 1, 1) + b"{}",
        HEADER.pack(1, 1, 0, 0, 1, 0) + b"{}",
    ],
)
def test_a_wrong_head_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        read_head(data)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"o":1}', b'{"o":[],"x":1}', b"[" * 5_000, b"\xff"])
def test_content_that_is_no_list_of_operations_is_refused(content: bytes) -> None:
    with pytest.raises(FrameError):
        Checker().check(read_head(head(1) + content))


def test_what_unpacks_to_too_much_is_refused_before_it_has() -> None:
    bomb = deflated(b'{"o":["' + b"a" * 10_000_000 + b'"]}')
    assert len(bomb) < LIMITS["payload"]
    for content in (bomb, bomb[:-5], deflated(b'{"o":[]}') + b"x"):
        with pytest.raises((TooLargeError, FrameError)):
            Checker().check(read_head(head(1, flags=FIRST | LAST | DEFLATED) + content))
    with pytest.raises(FrameError):
        Checker().check(read_head(head(1, flags=DEFLATED) + b"no deflate"))
    with pytest.raises(FrameError):  # zlib's own head is none of raw deflate
        Checker().check(read_head(head(1, flags=DEFLATED) + zlib.compress(b'{"o":[]}')))


def test_a_frame_that_is_too_long_is_refused() -> None:
    with pytest.raises(TooLargeError):
        read_head(head(1) + b" " * (LIMITS["payload"] + 1))


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_whatever_is_in_a_frame_it_is_checked_or_refused(content: object) -> None:
    payload = json.dumps({"o": content}).encode()
    try:
        Checker().check(read_head(head(1) + payload[: LIMITS["payload"]]))
    except BadRequestError:
        return
    assert content == []


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["+", "t", "y", "b", "-", "=", "@", "v", "k", "l", "s", "w", "p"]), st.lists(JSON, max_size=8))
def test_whatever_an_operation_holds_it_is_checked_or_refused(name: str, values: list[Any]) -> None:
    payload = json.dumps({"o": [[name, *values]]}).encode()
    if len(payload) < LIMITS["payload"]:
        try:
            Checker().check(read_head(head(1) + payload))
        except BadRequestError:
            return


# Elements and attributes


def test_ordinary_elements_pass() -> None:
    check(
        element("input", {"type": "checkbox", "class": "a b-c", "checked": "", "placeholder": "••• // url(x)"}),
        element("a", {"href": ""}),
        element("svg", {"viewBox": "0 0 1 1"}, 2),
        element("path", {"d": "M0 0", "fill": "url(#a)", "style": "color:red"}, 2),
        ["b", 3, 2, 0, 100, 20.5, "frame", 0],
        ["@", 2, {"hidden": None, "dir": "rtl"}],
        ["v", 2, "•••"],
        ["k", 2, 1],
        ["l", 2, -1],
        ["s", 1, 0, 10],
        ["w", 1280, 800],
        ["-", 2],
    )


@pytest.mark.parametrize(
    "tag",
    ["script", "iframe", "object", "embed", "link", "meta", "base", "img", "video", "style", "noscript", "SCRIPT"],
)
def test_elements_that_are_not_on_the_list_are_refused(tag: str) -> None:
    refused(element(tag, {}))
    refused(element(tag, {}, 2))


def test_a_tag_of_svg_is_none_of_html_and_the_other_way_round() -> None:
    refused(element("path", {}))
    refused(element("div", {}, 2))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("onclick", "x"),
        ("src", PNG),
        ("srcset", "x"),
        ("action", ""),
        ("data-secret", "x"),
        ("title", "x"),
        ("aria-label", "x"),
        ("href", "https://x.test/"),
        ("href", "javascript:x"),
        ("type", "password"),
        ("type", "hidden"),
        ("type", "file"),
        ("type", "text\n"),
        ("class", "customer-4711123"),
        ("id", "a'b"),
        ("style", "background:url(https://x.test/s)"),
        ("fill", "url(https://x.test/s)"),
        ("color", "url(https://x.test/s)"),
        ("width", "//x.test"),
        ("class", 7),
        ("class", None),
        ("style", "x" * 9_000),
    ],
)
def test_attributes_that_are_not_on_the_list_are_refused(name: str, value: object) -> None:
    refused(element("input", {name: value}))
    if value is not None:
        refused(["@", 2, {name: value}])


@pytest.mark.parametrize(
    "op",
    [
        [],
        "x",
        ["x", 1],
        ["-"],
        ["-", 0],
        ["-", True],
        ["-", "1"],
        ["-", 2**32],
        ["k", 1, 2],
        ["l", 1, -2],
        ["w", float("inf"), 1],
        ["w", 1, None],
        ["b", 3, 2, 0, 1, 1, "something", 0],
        ["t", 3, 2, 0, "x" * 8_193, 0],
        ["=", 3, "x" * 16_385],
        ["t", 3, 2, 0, "x", 16],
        ["p", "a?token=1"],
    ],
)
def test_operations_that_are_none_are_refused(op: Any) -> None:
    with pytest.raises(FrameError):
        check(op)


def test_the_list_is_the_one_that_the_page_reads() -> None:
    for tag in ALLOWED["tags"]:
        check(element(tag, {}))
    for tag in ALLOWED["svgTags"]:
        check(element(tag, {}, 2))


# Style


def test_a_sheet_that_is_changed_later_is_style_still_and_text_is_not() -> None:
    checker, evil = Checker(), "a{background:url(https://x.test/s)}"
    checker.check(read_head(mirror(1, snapshot=True)))
    checker.check(read_head(packed(2, [["=", 4, evil]])))  # a text that speaks of style
    with pytest.raises(FrameError):
        checker.check(read_head(packed(3, [["=", 5, evil]])))


@pytest.mark.parametrize(
    "css",
    [
        "a{background:url(https://x.test/s)}",
        'a{background:url("https://x.test/s")}',
        "a{background:URL( //x.test/s )}",
        "a{background:url(/s)}",
        "a{background:url(s.png)}",
        "a{background:\\75rl(https://x.test/s)}",
        "a{background:\\000075 rl(https://x.test/s)}",
        "a{background:u\\rl(https://x.test/s)}",
        "a{background:url(https\\3a //x.test/s)}",
        "a{background:url(https://x.test/s",
        f"a{{background:url({PNG}),url(https://x.test/s)}}",
        'a{background:image-set("https://x.test/s" 1x)}',
        'a{background:-webkit-image-set("https://x.test/s" 1x)}',
        'a{background:image("https://x.test/s")}',
        'a{background:src("https://x.test/s")}',
        '@import "https://x.test/s";',
        '@\\69mport "https://x.test/s";',
        "/* */@im/**/port 'x';@import 'x';",
        "@font-face{font-family:x;src:url(https://x.test/s)}",
        "a{behavior:url(#x)}",
        "a{-moz-binding:url(#x)}",
        "a{width:expression(alert(1))}",
        "a{background:url(data:image/svg+xml;base64,AAAA)}",
        "a{background:url(data:text/html,x)}",
        f"a{{background:url({PNG}{'A' * 5000})}}",
        "a{}</style><script>",
        "a{background:url(/**/https://x.test/s)}",
    ],
)
def test_style_that_asks_for_something_is_refused(css: str) -> None:
    assert not is_harmless(css)
    refused(["y", 3, 2, 0, css, 0])


@pytest.mark.parametrize(
    "css",
    [
        "a:hover,.b > .c{color:red;margin:0 auto !important;width:calc(100% - 2px);}",
        "@media (min-width: 640px){.d{display:grid;}}",
        ".md\\:flex{display:flex;}",
        ".bg-\\[url\\(\\'\\/a\\.png\\'\\)\\]{color:red;}",
        "a{scroll-behavior:smooth;overscroll-behavior:contain;}",
        'a::before{content:"\\f101";}',
        f'a{{background:url("{PNG}") no-repeat;}}',
        "a{background:none;mask:url(#a);}",
        "@keyframes x{from{opacity:0;}to{opacity:1;}}",
        "@layer base;.image{color:red;}.element:is(.src){color:red;}",
        ".javascript:hover{color:red;}",
    ],
)
def test_ordinary_style_passes(css: str) -> None:
    assert is_harmless(css)


def test_style_is_checked_in_no_time() -> None:
    """Nothing in it makes the check go back and forth: it grows with the length, not with its square."""
    spaced = "url(a" + " " * 30_000 + "b)"
    started = process_time()
    for evil in ("\\" * 16_000, "/*" * 8_000, "url(" * 4_000, "url('" * 3_000, "@" * 16_000, "a\\75" * 4_000, spaced):
        is_harmless(evil)
    assert process_time() - started < 3, "milliseconds where it goes once, a quarter of a minute where it goes back"
