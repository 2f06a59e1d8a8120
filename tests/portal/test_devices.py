"""From the code on a display to what to do now."""

from collections.abc import Iterable

import pytest
from django.test import Client

from kb import browsing
from kb.catalogue import write_product
from kb.models import KnowledgeEvent
from kb.search.codes import nearest
from tests.kb.builders import error_code, published
from tests.portal.readers import main_part, page

pytestmark = pytest.mark.django_db


def place_of(path: str) -> str:
    """Where a reader is sent."""
    return str(Client().get(path).headers["Location"])


def test_device_and_code_lead_to_the_page_of_the_code_in_any_writing() -> None:
    error_code("E-04", "Aurora MR")
    assert place_of("/help/en/code/?device=aurora-mr&code=e%2004") == "/help/en/code/aurora-mr/e04"


def test_without_a_device_a_code_that_only_one_has_is_found() -> None:
    error_code("E-04", "Aurora MR")
    assert place_of("/help/en/code/?device=&code=E-04") == "/help/en/code/aurora-mr/e04"


def test_a_code_of_several_devices_asks_which_device_it_is() -> None:
    error_code("E-04", "Aurora MR")
    error_code("E-04", "Lumen Ultrasound", meaning="Probe not recognised")
    html = page("/help/en/code/?device=&code=E-04")
    assert "Which is yours?" in html
    assert "/help/en/code/aurora-mr/e04" in html
    assert "/help/en/code/lumen-ultrasound/e04" in html


def test_an_unknown_code_says_what_to_check_and_shows_what_is_near() -> None:
    error_code("E-104", "Aurora MR")
    error_code("X-99", "Aurora MR", meaning="Something else")
    error_code("E-1O5", "Lumen Ultrasound", meaning="Probe not recognised")
    html = page("/help/en/code/?device=aurora-mr&code=E-105")
    assert "Read it once more from the device" in html
    assert "/help/en/code/aurora-mr/e104" in html
    assert "/help/en/code/aurora-mr/x99" not in html
    assert KnowledgeEvent.objects.get(kind="zero_hit").question == "E-105 aurora-mr"


def test_of_a_large_family_only_what_begins_alike_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "CODES_AROUND", 3)
    for number in range(30):
        error_code(f"E-{number:03}", "Aurora MR")
        error_code(f"{number:03}-E", "Aurora MR", locale="de")
    error_code("E-0155555", "Aurora MR")
    compared: list[str] = []

    def counted(key: str, known: Iterable[str], *, limit: int) -> list[str]:
        compared.extend(known)
        return nearest(key, compared, limit=limit)

    monkeypatch.setattr(browsing, "nearest", counted)
    html = page("/help/en/code/?device=aurora-mr&code=E-0155")
    assert len(compared) <= 12
    assert "/help/en/code/aurora-mr/e015" in html


def test_letters_that_are_read_for_digits_are_near() -> None:
    error_code("E-05", "Aurora MR")
    assert "/help/en/code/aurora-mr/e05" in page("/help/en/code/?device=aurora-mr&code=E-OS")


def test_a_code_of_another_device_is_shown_with_the_device() -> None:
    error_code("E-04", "Aurora MR")
    error_code("Z-77", "Lumen Ultrasound", meaning="Probe not recognised")
    html = page("/help/en/code/?device=aurora-mr&code=Z77")
    assert "Other devices have this code" in html
    assert "/help/en/code/lumen-ultrasound/z77" in html


@pytest.mark.parametrize("query", ["?code=", "?device=aurora-mr&code=%20", "?device=nothing&code=%00", "?code=%F0%9F"])
def test_a_look_up_of_nothing_says_what_to_do(query: str) -> None:
    error_code("E-04", "Aurora MR")
    assert 'id="code-problem"' in page(f"/help/en/code/{query}")


def test_the_page_of_a_device_has_its_codes_models_and_articles() -> None:
    product = error_code("E-04", "Aurora MR").product
    write_product(name="Aurora MR", models=["Aurora MR 3T"], product=product)
    published("Fill up helium", products=("aurora-mr",))
    html = page("/help/en/code/aurora-mr/")
    for words in ("Helium level low", "Aurora MR 3T", "/help/en/fill-up-helium"):
        assert words in html


def test_the_codes_of_a_device_can_be_searched_by_code_and_by_words() -> None:
    error_code("E-04", "Aurora MR", meaning="Helium level low")
    error_code("X-12", "Aurora MR", meaning="Door open")
    for find, shown, hidden in (("x 12", "Door open", "Helium"), ("helium", "Helium level low", "Door open")):
        html = main_part(page(f"/help/en/code/aurora-mr/?find={find}"))
        assert shown in html
        assert hidden not in html
    assert "No code fits." in page("/help/en/code/aurora-mr/?find=%21%21")


def test_many_codes_come_in_pages() -> None:
    for number in range(101):
        error_code(f"E-{number:03}", "Aurora MR")
    assert "E-100" not in main_part(page("/help/en/code/aurora-mr/"))
    assert "E-100" in main_part(page("/help/en/code/aurora-mr/?page=2"))


def test_a_code_that_exists_in_one_language_only_is_listed_and_shown_with_a_word_about_it() -> None:
    error_code("E-04", "Aurora MR", locale="en")
    error_code("E-05", "Aurora MR", locale="de", meaning="Tür offen")
    assert 'lang="en"><span class="code">E-04' in page("/help/de/code/aurora-mr/")
    html = page("/help/de/code/aurora-mr/e04")
    assert "Diese Seite gibt es noch nicht auf Deutsch" in html
    assert '<article class="reading" lang="en">' in html


def test_what_says_more_about_a_code_is_linked() -> None:
    published("Fill up helium")
    error_code("E-04", "Aurora MR", articles=("fill-up-helium",))
    assert "/help/en/fill-up-helium" in main_part(page("/help/en/code/aurora-mr/e04"))
