from hypothesis import given
from hypothesis import strategies as st

from kb.rendering import blocks, plain_text, to_html

ARTICLE = """# Head

Open the **cover** of [our shop](https://shop.example).

1. One
2. Two `E-04`

- dash

```
code
```
"""


def test_markdown_becomes_html_under_the_pages_own_heading() -> None:
    html = to_html(ARTICLE)
    assert "<h2>Head</h2>" in html
    assert "<li>One</li>" in html
    assert "<h1" not in html


def test_html_scripts_and_script_links_do_not_pass() -> None:
    html = to_html(
        "<script>alert(1)</script>\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)> ![p](data:text/html,x)"
    )
    assert "<script" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


def test_blocks_carry_the_same_content_without_markup() -> None:
    assert blocks(ARTICLE) == [
        {"t": "h", "text": "Head"},
        {"t": "p", "text": "Open the cover of our shop (https://shop.example)."},
        {"t": "ol", "text": "One"},
        {"t": "ol", "text": "Two E-04"},
        {"t": "li", "text": "dash"},
        {"t": "code", "text": "code"},
    ]


def test_plain_text_reads_like_a_mail() -> None:
    assert "1. One\n2. Two E-04" in plain_text(ARTICLE)


@given(st.text(max_size=400))
def test_no_text_breaks_the_renderer(text: str) -> None:
    assert "<script" not in to_html(text)
    plain_text(text)
