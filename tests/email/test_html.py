"""HTML mail: what is left of it, and the document in which it is shown."""

import pytest

from interaction_center.queue.html import clean_html, document, frame_csp, has_remote_images

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<form action="https://evil.example"><input name=password><button>x</button></form>',
    '<svg onload="alert(1)"><script>alert(1)</script></svg>',
    '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
    "<style>*{background:url(https://evil.example)}</style>",
    '<p style="background:url(https://evil.example);position:fixed;color:red">x</p>',
    '<p style="width:expression(alert(1))">x</p>',
    '<link rel=stylesheet href="https://evil.example/x.css">',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<base href="https://evil.example">',
    '<object data="https://evil.example"></object><embed src="https://evil.example">',
    '<video poster="https://evil.example/p.png"><source src="https://evil.example/v"></video>',
    '<table background="https://evil.example/p.png"><tr><td>x</td></tr></table>',
    '<img srcset="https://evil.example/p.png 1x" lowsrc="https://evil.example/p.png">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<img src="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=">',
    "<textarea></textarea><img src=x onerror=alert(1)>",
    '<!--[if mso]><img src="https://evil.example"><![endif]-->',
]
DANGEROUS = (
    "<script",
    "onerror",
    "onload",
    "javascript:",
    "java\tscript",
    "<iframe",
    "<form",
    "<input",
    "<svg",
    "<math",
    "<style",
)
LOADS = (
    ' src="http',
    "srcset",
    "background",
    "poster",
    "<link",
    "<meta",
    "<base",
    "<object",
    "<embed",
    "url(",
    "svg+xml",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_or_loads_is_left(attack: str) -> None:
    clean = clean_html(f"<p>before</p>{attack}").lower()
    assert "before" in clean
    for sign in (*DANGEROUS, *LOADS, "position", "expression"):
        assert sign not in clean


@pytest.mark.parametrize(
    "address",
    ["https://x.example/p.png", "HTTP://x.example/p.png", " https://x.example/p.png", "ht\ntps://x.example/p.png"],
)
def test_a_picture_from_elsewhere_waits_until_it_is_asked_for(address: str) -> None:
    clean = clean_html(f'<img src="{address}" alt="logo">')
    assert has_remote_images(clean)
    assert not has_remote_images(clean_html('<img src="cid:logo@x"> src="https://x.example/p.png"'))
    hidden = document(clean, images=False, cid_urls={})
    shown = document(clean, images=True, cid_urls={})
    assert 'data-remote-src="' in hidden
    assert ' src="' not in hidden
    assert 'x.example/p.png" alt="logo">' in shown
    assert ' src="' in shown


def test_an_attached_picture_is_shown_from_its_attachment() -> None:
    clean = clean_html('<img src="cid:logo%40x"><img src="cid:gone@x" alt="logo">')
    page = document(clean, images=False, cid_urls={"logo@x": "/api/attachments/abc"})
    assert '<img src="/api/attachments/abc">' in page
    assert "cid:" not in page


def test_what_people_write_looks_as_they_wrote_it() -> None:
    raw = '<p style="color:red">Hallo <b>Sie</b></p><table border="1"><tr><td align="right">1</td></tr></table><a href="https://a.example/?x=1&amp;y=2">x</a>'
    clean = clean_html(raw)
    for part in ('style="color:red"', "<b>Sie</b>", 'align="right"', 'href="https://a.example/?x=1&amp;y=2"'):
        assert part in clean
    assert 'rel="noopener noreferrer nofollow"' in clean


def test_html_too_deep_for_a_parser_is_shown_as_text() -> None:
    clean = clean_html("<div>" * 100_000 + "at the bottom <script>alert(1)</script>")
    assert clean.startswith("<pre>")
    assert "at the bottom" in clean
    assert "<script" not in clean


def test_the_frame_can_do_nothing() -> None:
    closed, opened = frame_csp(images=False), frame_csp(images=True)
    for policy in (closed, opened):
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "allow-scripts" not in policy
        assert "form-action 'none'" in policy
    assert "img-src 'self' data:;" in closed
    assert "img-src 'self' data: https: http:;" in opened


@pytest.mark.parametrize(
    ("language", "title"), [("de", "Nachricht"), ("en", "Message"), ("fr", "Message"), ("", "Message")]
)
def test_the_document_speaks_the_readers_language(language: str, title: str) -> None:
    assert f"<title>{title}</title>" in document("<p>x</p>", images=False, cid_urls={}, language=language)
