import pytest
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
        {"t": "ol", "text": "One", "n": 1},
        {"t": "ol", "text": "Two E-04", "n": 2},
        {"t": "li", "text": "dash"},
        {"t": "code", "text": "code"},
    ]


def test_plain_text_reads_like_a_mail() -> None:
    assert "1. One\n2. Two E-04" in plain_text(ARTICLE)


STEPS = """3. three

   more on three
4. four
   - sub
     1. deep
   - sub

   after

   ```
   a
     b
   ```
5. five
"""


def test_a_step_is_one_block_with_its_own_number_whatever_stands_inside_it() -> None:
    assert blocks(STEPS) == [
        {"t": "ol", "text": "three\nmore on three", "n": 3},
        {"t": "ol", "text": "four", "n": 4},
        {"t": "li", "text": "sub"},
        {"t": "ol", "text": "deep", "n": 1},
        {"t": "li", "text": "sub"},
        {"t": "p", "text": "after"},
        {"t": "code", "text": "a\n  b"},
        {"t": "ol", "text": "five", "n": 5},
    ]


def test_what_stands_inside_a_step_is_typed_below_it() -> None:
    assert plain_text(f"Before\n\n{STEPS}\nBehind").split("\n") == [
        *("Before", ""),
        *("3. three", "   more on three", "4. four", "   - sub", "      1. deep", "   - sub"),
        *("   after", "   a", "     b", "5. five"),
        *("", "Behind"),
    ]


TASKS = """- [ ] Unplug **it**
- [x] Wait [a minute](https://a.example)

  and more
- [o] no task
1. [X] A step
"""


def test_a_task_is_a_box_that_nobody_can_tick_named_by_its_words() -> None:
    html = to_html(TASKS)
    task = '<li class="task">'
    assert f'{task}\n<p><label><input type="checkbox" disabled="">Unplug <strong>it</strong></label></p>' in html
    assert '<input type="checkbox" disabled="" checked="">Wait <a href' in html
    assert (html.count(task), html.count("<label>"), html.count("</label>")) == (3, 3, 3)
    assert "[o] no task" in html


def test_a_task_is_told_as_one_without_markup_too() -> None:
    assert blocks(TASKS) == [
        {"t": "li", "text": "Unplug it", "done": False},
        {"t": "li", "text": "Wait a minute (https://a.example)\nand more", "done": True},
        {"t": "li", "text": "[o] no task"},
        {"t": "ol", "text": "A step", "n": 1, "done": True},
    ]
    assert plain_text("- [ ] a\n- [x] b\n1. [X] c") == "- [ ] a\n- [x] b\n1. [x] c"


@pytest.mark.parametrize("markdown", ["- [ ]", "- [x]()", "- [ ](article:a)", "[ ] a", "- \\[ ] a", "- `[ ] a`"])
def test_what_only_looks_like_a_task_is_none(markdown: str) -> None:
    assert "<input" not in to_html(markdown)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("[](https://a.example)", "https://a.example"),
        ("[](https://a.example) then", "https://a.example then"),
        ("word [](https://a.example)", "word https://a.example"),
        ("<https://a.example>", "https://a.example"),
        ("[*a* b](https://a.example)", "a b (https://a.example)"),
        ("[](article:x)", ""),
    ],
)
def test_a_link_says_where_it_leads_even_without_words(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


PIECES = [
    "[](http://a.b)",
    "](file:x1)",
    "](article:a)",
    "<http://a.b>",
    "http://a.b",
    "[x]: http://a.b",
    "- [ ] ",
    "<b>",
    "&#0;",
]
PIECES += [
    *"[])*`|\\\t\n",
    "![",
    "](",
    "**",
    "# ",
    "- ",
    "1. ",
    "2) ",
    "9999999999. ",
    "> ",
    "---",
    "|-|",
    "```",
    "~~~",
]
PIECES += ["&#0;", "---", "    ", "\n\n", "\n   ", "  \n", "\u2028", "ä"]


def takes(text: str) -> None:
    assert "<script" not in to_html(text)
    assert all(block["text"] for block in blocks(text))
    plain_text(text)


@given(st.text(max_size=400))
def test_no_text_breaks_the_renderer(text: str) -> None:
    takes(text)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join))
def test_no_mix_of_markdown_breaks_the_renderer(text: str) -> None:
    takes(text)
