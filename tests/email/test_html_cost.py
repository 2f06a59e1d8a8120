"""HTML that was made to ruin a parser is shown as text; what people and mail programs write is not."""

import time
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from channels_app.email.html_text import text_of
from interaction_center.queue.html import MAX_HTML, clean_html
from interaction_center.queue.html_cost import MAX_DEPTH, is_too_costly

CPU_SECONDS = 3.0  # about 1 is needed; each of these took 6 and more, or all memory
NUMBERED = [f"<b title={number}>" for number in range(990)]
BIG = '<b title="' + "A" * 50_000 + '">'

HOSTILE = {
    "paragraphs that open 990 elements again": "<p>" + "".join(NUMBERED) + "<p>x" * 1_500,
    "closed in a table inside": "".join(f"{tag}<table><td></b></table>" for tag in NUMBERED) + "<p>x" * 1_500,
    "closed inside of a drawing": "".join(f"{tag}<svg><title></b></title></svg>" for tag in NUMBERED) + "<p>x" * 1_500,
    "closed in a cell without a table": "".join(f"<td>{tag}</td>" for tag in NUMBERED) + "<p>x" * 1_500,
    "one large element again and again": BIG + "<p>x" * 5_000,
    "moved out of a table again and again": f"<table>{BIG}" + "<tr>x" * 5_000,
    "nested": "<div>" * 100_000,
    "closed by nothing": "<div></x>" * 50_000,
    "closed in a comment": "<div><!--</div>-->" * 20_000,
    "closed in an attribute": '<div title="</div>">' * 20_000,
    "closed in a script": "<div><script></div></script>" * 20_000,
    "closed behind a comment in a script": "<script><!--<script></script>" + "<div>" * 20_000,
    "closed inside of a table": "<div><table><td></div></table>" * 20_000,
    "a comment in a style": "<style><!--</style>" + "<div>" * 20_000,
    "a quote that opens nothing": '<div ">' + "<div>" * 20_000,
    "an empty end tag": "</><div>" * 20_000,
    "a letter that is small only in Unicode": "<lin\u212a>" * 20_000,
    "lists": "<li><dd>" * 20_000,
    "forms": "<form><table><td></form></table></form>" * 20_000,
    "closed with what is around it": "<section><div></section><span></div></section>" * 20_000,
    "ended by a block": "<p><div></div><span>" * 20_000,
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(40_000)) + ">x",
    "attributes without blanks": "<p " + "".join(f'a{number}="1"' for number in range(40_000)) + ">x",
    "references": "&amp;" * 400_000,
    "size": "x" * 1_200_000,
    "tags": "<br>" * 200_000,
}
HARMLESS = {
    "paragraphs that are never closed": "<html><body>" + "<p>hello <b>you</b> &amp; me\n" * 5_000,
    "items that are never closed": "<ul>" + "<li>a<li>b" * 2_000 + "</ul>",
    "cells with formatting left open": "<table>"
    + "<tr><td><font color=red><b>x</td><td>y</td></tr>" * 800
    + "</table>",
    "a letter of a word processor": "<style><!-- p {} --></style>"
    + "<p class=MsoNormal><b><span lang=DE>x<o:p></o:p></span></b></p>" * 3_000,
    "formatting closed in the wrong order": "<p><b><i>x</b></i></p>" * 2_000,
    "anchors that are never closed": "<a name=x><p>text" * 500,
    "a long discussion": "<div><blockquote>" * 200 + "x" + "</blockquote></div>" * 200,
    "a newsletter": "<table><tr><td><a href='https://a.example/?x=1'><img src=y><span>x</span></a></td></tr></table>"
    * 900,
    "a large picture": '<img src="data:image/png;base64,' + "A" * 1_400_000 + '">',
    "data for machines": '<script type="application/ld+json">{"a": "<b>"}</script>' * 100,
}
SLOW = {
    "opening brackets": "<" * 1_000_000,
    "open comments": "<!--" * 250_000,
    "open tags": "<a " * 300_000,
    "values that never come": "<a b =" * 170_000,
    "open quotes": '<a b="' * 170_000,
    "end tags": "</" * 500_000,
    "almost too many references": "&amp;" * 99_000,
    "almost too many paragraphs": "<p>x" * 99_000,
    "many attributes, many times": ("<p " + "a=1 " * 199 + ">x") * 1_200,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_is_shown_as_text_in_no_time(name: str) -> None:
    started = time.process_time()
    clean, text = clean_html(HOSTILE[name]), text_of(HOSTILE[name])
    assert time.process_time() - started < CPU_SECONDS
    assert clean.startswith("<pre>")
    assert len(clean) <= MAX_HTML
    assert len(text) <= MAX_HTML


@pytest.mark.parametrize("name", HARMLESS)
def test_html_of_people_and_their_programs_is_kept(name: str) -> None:
    assert not is_too_costly(HARMLESS[name])
    assert not clean_html(HARMLESS[name]).startswith("<pre>")


@pytest.mark.parametrize("name", [*SLOW, *HARMLESS])
def test_whatever_is_kept_is_cleaned_and_read_in_time(name: str) -> None:
    started = time.process_time()
    raw = (SLOW | HARMLESS)[name]
    clean_html(raw)
    text_of(raw)
    assert time.process_time() - started < CPU_SECONDS


def test_html_that_grows_while_it_is_cleaned_ends_as_text() -> None:
    clean = clean_html('<a href="https://a.example">x</a>' * 30_000)
    assert clean.startswith("<pre>")
    assert len(clean) <= MAX_HTML


_NAMES = """
div span p li dd dt ul b a font table tr td th tbody caption form section h1 h2 button object nobr cite option select
svg title style script textarea center pre hr br
"""
_tag = st.builds(
    lambda name, end: f"</{name}>" if end else f"<{name} t=@>", st.sampled_from(_NAMES.split()), st.booleans()
)
_piece = st.one_of(_tag, _tag, _tag, st.sampled_from(["<!--", "-->", '<a title="', '">', "</>", "<!x>", "x"]))


@given(st.lists(_piece, min_size=2, max_size=9), st.lists(_piece, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_kept_stays_small_in_a_real_parser(unit: list[str], tail: list[str]) -> None:
    """The counting against a parser: 3,000 repetitions of anything neither nest nor multiply."""
    numbers = count()
    repeated = "".join(piece.replace("@", str(next(numbers))) for piece in unit * 1_500 + tail * 1_500)
    if not is_too_costly(repeated):
        elements, depth = _size(repeated)
        assert elements <= len(repeated)
        assert depth <= 4 * MAX_DEPTH


def _size(html: str) -> tuple[int, int]:
    """(number of nodes, depth of the deepest one)."""
    node = LexborHTMLParser(html).root
    found, depth, deepest = 0, 1, 1
    while node is not None:
        found += 1
        if node.child is not None:
            node, depth = node.child, depth + 1
            deepest = max(deepest, depth)
            continue
        while node is not None and node.next is None:
            node, depth = node.parent, depth - 1
        node = node.next if node is not None else None
    return found, deepest
