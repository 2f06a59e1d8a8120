"""A site's colours on its help pages."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from interaction_center.access.models import Site
from interaction_center.portal import assets, theme
from tests.portal.readers import page

pytestmark = pytest.mark.django_db


def site(accent: str = "#0b6580") -> Site:
    """A site whose help this is."""
    return Site.objects.create(name="Shop", origins=["https://shop.example"], accent=accent, identity_secret="x")


@pytest.mark.parametrize("accent", ["#ffff00", "#000000", "#ffffff", "#ff0000", "#0b6580", "#7f7f7f", "#00ff88"])
def test_whatever_the_accent_text_in_it_and_on_it_is_readable(accent: str) -> None:
    css = theme.colors(accent)
    light, dark = re.findall(r"--accent:light-dark\((#\w+),(#\w+)\)", css)[0]
    for color, page_color, text in ((light, theme.LIGHT_PAGE, theme.WHITE), (dark, theme.DARK_PAGE, theme.BLACK)):
        channels = (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16))
        assert theme.contrast(channels, page_color) >= 4.5
        assert theme.contrast(channels, text) >= 4.5


def names(html: str) -> list[str]:
    """The addresses of the page's style sheet and script."""
    return re.findall(r"/help/(?:style\.css|live\.js)\?v=\w+", html)


def test_a_page_names_its_style_by_what_is_in_it_so_that_it_may_be_kept_for_good() -> None:
    one = site()
    path = names(page("/help/en/"))[0]
    response = Client().get(path, headers={"Accept-Encoding": "gzip"})
    css = gzip.decompress(response.content).decode()
    assert css.index("--space-1") < css.index("--accent:light-dark(#0b6580") < css.index(".hero")
    assert "immutable" in response.headers["Cache-Control"]
    Site.objects.filter(pk=one.pk).update(accent="#aa0000")
    assert path not in page("/help/en/")
    assert Client().get(path).headers["Cache-Control"] == "no-cache"


def test_a_page_names_its_script_by_what_is_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "live.js"
    monkeypatch.setattr(assets, "SCRIPT", script)
    assert "live.js" not in page("/help/en/")
    script.write_text("let one = 1")
    path = names(page("/help/en/"))[1]
    assert Client().get(path).content == b"let one = 1"
    assert "immutable" in Client().get(path).headers["Cache-Control"]


def test_a_style_sheet_of_the_house_is_added_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "portal.css"
    monkeypatch.setattr(assets, "OWN_STYLE", own)
    before = page("/help/en/")
    own.write_text(":root { --help-radius: 2px }")
    assert Client().get("/help/style.css").content.decode().endswith(":root { --help-radius: 2px }")
    assert names(page("/help/en/")) != names(before)


def test_without_a_site_the_colours_stay_ours() -> None:
    assert "prefers-contrast: more) {:root" not in Client().get("/help/style.css").content.decode()
