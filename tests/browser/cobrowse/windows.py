"""Pages of the shop that are looked at together."""

from pathlib import Path

from tests.browser.conftest import Shop
from tests.seed import SITE_KEY

SCRIPTS = Path(__file__).parent / "scripts"
HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>"""


class Windows(Shop):
    """`pages` are the bodies by path, `wholes` whole documents; any other path has a page of a few words."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, str] = {}
        self.wholes: dict[str, str] = {}

    def page(self, path: str) -> bytes:
        """The page at this path, its query left aside."""
        name = path.split("?", 1)[0]
        widget = f'<script async src="{self.center_url}/widget.js" data-site="{SITE_KEY}" {self.words}></script>'
        body = self.pages.get(name, "<main><h1>A shop</h1><p>Words of the shop.</p></main>")
        whole = self.wholes.get(name, f"{HEAD}<body>{body}</body></html>")
        return whole.replace("</body></html>", f"{widget}</body></html>").encode()


def scripts(*names: str) -> str:
    """These programs of the tests, to stand in a page."""
    return "".join(f"<script>{(SCRIPTS / name).read_text()}</script>" for name in names)
