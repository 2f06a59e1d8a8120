"""A site's colours on its help pages."""

import re
from pathlib import Path

import pytest
from django.test import Client

from interaction_center.access.models import Site
from interaction_center.portal import theme
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


def test_a_page_names_its_style_by_what_is_in_it_so_that_it_may_be_kept_for_good() -> None:
    one = site()
    path = re.findall(r"/help/theme\.css\?v=\w+", page("/help/en/"))[0]
    response = Client().get(path)
    assert "#0b6580" in response.content.decode()
    assert "immutable" in response.headers["Cache-Control"]
    Site.objects.filter(pk=one.pk).update(accent="#aa0000")
    assert path not in page("/help/en/")
    assert Client().get(path).headers["Cache-Control"] == "no-cache"


def test_a_style_sheet_of_the_house_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "portal.css"
    monkeypatch.setattr(theme, "OWN_STYLE", own)
    theme._own_style.cache_clear()
    site()
    before = page("/help/en/")
    own.write_text(":root { --help-radius: 2px }")
    assert Client().get("/help/theme.css").content.decode().endswith(":root { --help-radius: 2px }")
    assert page("/help/en/") != before


def test_without_a_site_the_colours_stay_ours() -> None:
    assert "theme.css" not in page("/help/en/")
    assert Client().get("/help/theme.css").status_code == 200
