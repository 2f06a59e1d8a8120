"""What people type as their number: which of it is rung, and what they are told about the rest."""

from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from channels_app.callback.numbers import (
    Flag,
    Kind,
    Number,
    NumberCode,
    NumberProblem,
    caller_of,
    display,
    problem_words,
    read_number,
    zones_of,
)

EVERYWHERE = frozenset({"DE", "US", "GB", "LV", "JM", "SO", "MV", "DO", "AU", "IT", "AT", "SG", "001"})


@pytest.mark.parametrize(
    "text",
    [
        "030 123456",
        "0049 30 123456",
        "+49 (0)30 123456",
        "030/12 34 56",
        "tel:+4930123456",
        "٠٣٠ ١٢٣٤٥٦",  # Arabic digits
        "０３０１２３４５６",  # the wide digits of a Japanese keyboard
        "Tel.: 030 123456",
        "tel:030123456;phone-context=+49",
    ],
)
def test_each_way_to_write_a_number_is_the_same_number(text: str) -> None:
    number = read_number(text, "DE")
    assert (number.e164, number.extension, number.country) == ("+4930123456", "", "DE")
    assert number.national == "030 123456"
    assert number.kind is Kind.FIXED_LINE


@pytest.mark.parametrize(
    ("text", "extension"),
    [("tel:+4930123456;ext=3", "3"), ("030 123456 ext. 12", "12"), ("030 123456 x7", "7"), ("030 123456 #7", "7")],
)
def test_an_extension_is_kept_apart_from_the_number(text: str, extension: str) -> None:
    number = read_number(text, "DE")
    assert (number.e164, number.extension, number.national) == ("+4930123456", extension, "030 123456")


def test_what_follows_a_number_in_a_tel_address_is_not_stored() -> None:
    assert read_number("+1 202 555 0100;phone-context=evil", "US").e164 == "+12025550100"


@pytest.mark.parametrize(
    "text",
    [
        "110",
        "112",
        "1 1 0",
        "1-1-2",
        "tel:110",
        "110 ext. 5",
        "١١٢",
        "110;phone-context=+49",
        "1123456",
        "(112)",
        "110 bitte",
        "112;phone-context=",
    ],
)
def test_an_emergency_number_is_never_rung_however_it_is_written(text: str) -> None:
    assert refusal(text) is NumberCode.EMERGENCY


@pytest.mark.parametrize(("text", "region"), [("911", "US"), ("999", "GB"), ("000", "AU"), ("133", "AT"), ("15", "FR")])
def test_emergency_numbers_are_those_of_the_region(text: str, region: str) -> None:
    assert refusal(text, region) is NumberCode.EMERGENCY


@pytest.mark.parametrize(
    ("text", "region", "e164"), [("1334567", "AT", "+431334567"), ("15 23 45 67 8", "FR", "+33152345678")]
)
def test_a_number_that_only_begins_like_an_emergency_number_is_rung(text: str, region: str, e164: str) -> None:
    assert read_number(text, region).e164 == e164


@pytest.mark.parametrize(
    "text",
    [
        "+49 900 1234567",
        "00 49 0900 1234567",
        "+1 900 234 5678",
        "+44 909 879 0000",
        "+371 90 123456",
        "+979 123456789",
    ],
)
def test_a_premium_number_is_refused(text: str) -> None:
    assert refusal(text) is NumberCode.COSTLY


@pytest.mark.parametrize("text", ["+49 180 5 123456", "+49 137 1234567", "+808 1234 5678", "+44 70 1234 5678"])
def test_shared_cost_and_personal_numbers_are_refused(text: str) -> None:
    assert refusal(text) is NumberCode.COSTLY


@pytest.mark.parametrize("text", ["+882 16 1234 5678", "+883 5100 1234 5678", "+800 1234 5678", "+870 773 111 632"])
def test_a_number_of_no_country_is_refused_even_where_it_is_listed(text: str) -> None:
    assert refusal(text) is NumberCode.WORLDWIDE


def test_a_number_that_is_free_to_call_is_no_person() -> None:
    assert refusal("+49 800 1234567") is NumberCode.NOT_A_PERSON


@pytest.mark.parametrize(
    "text", ["+1 876 234 5678", "+252 61 2345678", "+960 771 2345", "+1 809 234 5678", "+43 1 234567"]
)
def test_a_country_that_is_not_allowed_is_refused_though_the_number_is_valid(text: str) -> None:
    with pytest.raises(NumberProblem) as caught:
        read_number(text, "DE")
    assert caught.value.reason is NumberCode.COUNTRY
    assert read_number(text, "DE", EVERYWHERE).kind in (Kind.MOBILE, Kind.FIXED_LINE, Kind.FIXED_LINE_OR_MOBILE)


def test_only_the_listed_countries_are_rung_the_own_one_too() -> None:
    assert refusal("030 123456", countries=frozenset({"AT"})) is NumberCode.COUNTRY


@pytest.mark.parametrize("text", ["+39 6 1234 5678", "+4930", "12345", "+49 137 123456", "+44 7700 900123"])
def test_a_number_that_does_not_exist_is_refused(text: str) -> None:
    assert refusal(text) in (NumberCode.INVALID, NumberCode.TOO_SHORT)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", NumberCode.MISSING),
        (" \t\n", NumberCode.MISSING),
        ("call me", NumberCode.UNREADABLE),
        ("<script>", NumberCode.UNREADABLE),
        ("+999 12345678", NumberCode.NO_COUNTRY_CODE),
        ("030", NumberCode.TOO_SHORT),
        ("+49 30 12345678901234567", NumberCode.TOO_LONG),
        ("0" * 10_000, NumberCode.TOO_LONG),
    ],
)
def test_what_is_no_number_says_why(text: str, code: NumberCode) -> None:
    assert refusal(text) is code


def test_a_text_of_a_megabyte_is_refused_before_anything_searches_it() -> None:
    assert refusal("1" + "-" * 1_000_000 + "1") is NumberCode.TOO_LONG


def test_a_region_may_be_written_small() -> None:
    assert read_number("030 123456", "de").e164 == "+4930123456"


def test_without_a_known_region_a_number_needs_its_country_code() -> None:
    assert refusal("030 123456", "XX") is NumberCode.NO_COUNTRY_CODE
    assert read_number("+49 30 123456", "xx", {"DE"}).e164 == "+4930123456"


def test_a_number_of_the_internet_is_rung_and_flagged() -> None:
    number = read_number("+43 780 123456", "AT")
    assert number.kind is Kind.VOIP
    assert Flag.VOIP in number.flags


def test_a_refusal_names_the_field_and_what_to_do_in_both_languages() -> None:
    with pytest.raises(NumberProblem) as caught:
        read_number("030", "DE")
    assert (caught.value.code, caught.value.status) == ("number_too_short", 422)
    assert caught.value.details == {"phone": "This number is too short. Write it with its area code."}
    assert "Vorwahl" in problem_words(NumberCode.TOO_SHORT, "de")


@pytest.mark.parametrize("code", NumberCode)
def test_every_refusal_has_words_in_english_and_german(code: NumberCode) -> None:
    english, german = problem_words(code, "en"), problem_words(code, "de")
    assert english != german
    assert english.endswith(".")
    assert german.endswith(".")


def test_the_zones_of_a_number_are_all_those_where_it_may_be() -> None:
    assert zones_of("+4930123456") == {"Europe/Berlin"}
    assert zones_of("+12125550100") == {"America/New_York"}
    assert len(zones_of("+61412345678")) == 8


def test_a_number_that_may_be_anywhere_is_flagged() -> None:
    number = read_number("+371 21 234 567", "LV")
    assert (Flag.ZONE_UNKNOWN in number.flags) == ("Etc/Unknown" in number.zones)
    assert zones_of("+882161234567") == {"Etc/Unknown"}


def test_a_stored_number_is_shown_with_its_country_code() -> None:
    assert display("+4930123456", "de") == "+49 30 123456"
    assert display("+390612345678", "en") == "+39 06 1234 5678"


@pytest.mark.parametrize("text", ["", "anonymous", "Anonymous", "+266696687"])
def test_a_withheld_number_is_called_so(text: str) -> None:
    assert display(text, "en") == "number withheld"
    assert display(text, "de") == "Nummer unterdrückt"


def test_what_the_network_calls_a_number_and_is_none_is_shown_as_it_is() -> None:
    assert display("client:agent", "en") == "client:agent"


NUMBERS = st.text("0123456789+ ()-/.;,#*xextel:=٠١٢٣٤٥６７", max_size=60)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=10_000), NUMBERS), st.sampled_from(["DE", "US", "IT", "AR", "", "ZZ"]))
@example("1" * 10_000, "DE")
@example("\ud800" * 300, "DE")
@example("+\x00" * 100, "DE")
def test_any_text_is_a_number_or_a_problem(text: str, region: str) -> None:
    with suppress(NumberProblem):
        number = read_number(text, region, EVERYWHERE)
        assert read_number(number.e164, "", EVERYWHERE) == plain(number)


@pytest.mark.parametrize(
    ("shown", "caller"),
    [
        ("+4930123456", "+4930123456"),
        ("+49 30 123456", "+4930123456"),
        ("", ""),
        ("anonymous", ""),
        ("client:anna", ""),
        ("sip:eve@example.org", ""),
        ("+49" + "1" * 13, "+49" + "1" * 13),
        ("+49" + "1" * 14, ""),  # longer than a number can be: our column would refuse it, and the call with it
        ("+49" + "1" * 17, ""),
        ("\x00", ""),
    ],
)
def test_what_a_caller_lets_us_see_is_a_number_or_none(shown: str, caller: str) -> None:
    assert caller_of(shown) == caller


def refusal(text: str, region: str = "DE", countries: frozenset[str] = EVERYWHERE) -> NumberCode:
    with pytest.raises(NumberProblem) as caught:
        read_number(text, region, countries)
    return caught.value.reason


def plain(number: Number) -> Number:
    """The same number as it comes back from the table, where the extension has its own column."""
    return Number(number.e164, "", number.national, number.country, number.kind, number.zones, number.flags)
