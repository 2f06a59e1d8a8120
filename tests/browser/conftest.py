"""A shop of somebody else on an origin of its own, whose pages carry the widget."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Protocol

import pytest

from tests.conftest import NewCenter
from tests.seed import SITE_KEY
from tests.servers import Center

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><header><p>Shop</p></header><main><h1>A shop</h1><p>Words of the shop.</p></main>
<footer><p>Imprint</p></footer>{widget}</body></html>"""
ICON = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


class Shop(ThreadingHTTPServer):
    """Answers every path with the same page. `csp` is its policy, `words` are further attributes of the script;
    `/bare` is the page without the widget."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.center_url = ""
        self.csp = ""
        self.words = ""

    @property
    def url(self) -> str:
        """Its origin: another one than the centre's."""
        return f"http://localhost:{self.server_port}"

    def page(self, path: str) -> bytes:
        """The page at this path."""
        widget = f'<script async src="{self.center_url}/widget.js" data-site="{SITE_KEY}" {self.words}></script>'
        return PAGE.format(widget="" if path == "/bare" else widget).encode()


class Page(BaseHTTPRequestHandler):
    """One request."""

    server: Shop

    def do_GET(self) -> None:
        """The page, or an icon so that no browser complains of a missing one."""
        is_icon = self.path == "/favicon.ico"
        self.send_response(200)
        self.send_header("Content-Type", "image/svg+xml" if is_icon else "text/html; charset=utf-8")
        if self.server.csp:
            self.send_header("Content-Security-Policy", self.server.csp)
        self.end_headers()
        self.wfile.write(ICON if is_icon else self.server.page(self.path))

    def log_message(self, format: str, *args: Any) -> None:
        """Quietly."""


class ServeShop(Protocol):
    """`serve_shop(SMTP_RELAY_URL="…")`: a running centre that lets the shop's pages carry its widget."""

    def __call__(self, **settings: str) -> Center: ...


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The shop, open."""
    server = Shop()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def serve_shop(new_center: NewCenter, shop: Shop) -> ServeShop:
    """Makes the centre that the shop uses."""

    def make(**settings: str) -> Center:
        center = new_center(**settings)
        with closing(sqlite3.connect(center.data_dir / "center.sqlite3", isolation_level=None)) as database:
            database.execute("UPDATE access_site SET origins = ?", [json.dumps([shop.url])])
        shop.center_url = center.base_url
        return center.start()

    return make
