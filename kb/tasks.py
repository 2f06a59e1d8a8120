"""Task lists in Markdown: an item of a list that begins with `[ ]` or `[x]` has a box that readers see and can't tick.

The box stands in a label with the words of its item, so that it is read out with them, in any language.
"""

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_BOX = re.compile(r"\[([ xX])\] ")


def find_tasks(state: StateCore) -> None:
    """A rule of the parser, after the inline ones: `meta["done"]` of an item says that it is a task, and which."""
    for item, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if (item.type, paragraph.type) == ("list_item_open", "paragraph_open"):
            _make_task(item, inline.children or [])


def _make_task(item: Token, words: list[Token]) -> None:
    box = _BOX.match(words[0].content) if words and words[0].type == "text" else None
    if box is None:
        return
    done = box[1] != " "
    item.meta = {"done": done}
    item.attrSet("class", "task")
    words[0].content = words[0].content[box.end() :]
    checked = " checked" if done else ""
    words.insert(0, Token("html_inline", "", 0, content=f'<label><input type="checkbox" disabled{checked}>'))
    words.append(Token("html_inline", "", 0, content="</label>"))
