"""Each row of what Twilio's own validator accepts, refuses or stumbles over, held by ours."""

import hashlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import HMAC_SHA256, RequestValidator

from channels_app.callback.signatures import Algorithm, form_of, is_genuine, only

TOKEN, URL = "a-token-of-the-account", "https://center.example/cb/s/abc"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
FIELDS = {"CallSid": "CA1", "CallStatus": "ringing", "To": "+4930123456"}


def signed(url: str = URL, fields: dict[str, str] | None = None, token: str = TOKEN) -> str:
    """Twilio's signature over an address and a form."""
    return str(RequestValidator(token).compute_signature(url, FIELDS if fields is None else fields))


def accepts(
    url: str = URL,
    body: bytes | None = None,
    kind: str | None = FORM,
    header: str | None = None,
    *,
    tokens: tuple[str, ...] = (TOKEN,),
    algorithm: Algorithm = "sha1",
) -> bool:
    """Whether a request is taken; the fields of the form are the usual ones unless told otherwise."""
    body = urlencode(FIELDS).encode() if body is None else body
    return is_genuine(url, body, kind, signed() if header is None else header, tokens, algorithm)


def test_a_signed_form_is_genuine() -> None:
    assert accepts()
    assert accepts(kind=f"{FORM}; charset=UTF-8")


@pytest.mark.parametrize(
    "signed_as",
    [
        "https://center.example:443/cb/s/abc",
        "https://center.example/cb/s/abc",
    ],
)
def test_the_standard_port_may_be_named_or_not(signed_as: str) -> None:
    assert accepts(header=signed(signed_as))
    assert accepts(url="https://center.example:443/cb/s/abc", header=signed(signed_as))


def test_another_port_may_have_been_left_out() -> None:
    assert accepts(url="https://center.example:8443/cb/s/abc", header=signed())


@pytest.mark.parametrize("url", ["https://[2001:db8::1]/cb/s/abc", "https://[2001:db8::1]:8443/cb/s/abc"])
def test_an_address_of_ipv6_is_taken_as_signed(url: str) -> None:
    assert accepts(url=url, header=signed(url))


def test_credentials_in_the_address_are_taken_as_signed_but_not_with_a_port_added() -> None:
    assert accepts(url="https://u:p@center.example/cb", header=signed("https://u:p@center.example/cb"))
    assert not accepts(url="https://u:p@center.example:443/cb", header=signed("https://u:p@center.example/cb"))


@pytest.mark.parametrize(
    "url",
    [
        "http://center.example/cb/s/abc",  # what the application sees behind a proxy
        "http://center.example:8000/cb/s/abc",
        "https://other.example/cb/s/abc",
        "https://center.example/cb/s/abd",
        "https://center.example/cb/s/abc/",
        "https://center.example/cb/s/abc?",
        "https://center.example/cb/s/abc?step=1",
    ],
)
def test_another_address_than_the_signed_one_is_forged(url: str) -> None:
    assert not accepts(url=url) or url.endswith("?")  # an empty query is no part of an address


@pytest.mark.parametrize("query", ["?a=1&b=2&", "?b=2&a=1", "?a=%31&b=2"])
def test_a_query_that_was_written_anew_is_forged(query: str) -> None:
    assert accepts(url=f"{URL}?a=1&b=2", header=signed(f"{URL}?a=1&b=2"))
    assert not accepts(url=URL + query, header=signed(f"{URL}?a=1&b=2"))


@pytest.mark.parametrize(
    "fields",
    [
        {**FIELDS, "CallStatus": "completed"},
        {**FIELDS, "More": "1"},
        {"CallSid": "CA1"},
        {},
    ],
)
def test_changed_fields_are_forged(fields: dict[str, str]) -> None:
    assert not accepts(body=urlencode(fields).encode())


@pytest.mark.parametrize("header", ["", "no signature", "ä", "A" * 10_000, "\ud800"])
def test_a_wrong_signature_is_refused(header: str) -> None:
    assert not accepts(header=header)


def test_no_signature_is_refused() -> None:
    assert not is_genuine(URL, urlencode(FIELDS).encode(), FORM, None, (TOKEN,), "sha1")


def test_json_is_genuine_when_the_address_holds_its_hash() -> None:
    body = b'{"text": "gr\xc3\xbc\xc3\x9f"}'
    url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    header = signed(url, {})
    assert accepts(url=url, body=body, kind=JSON, header=header)
    assert not accepts(url=url, body=body + b" ", kind=JSON, header=header)
    assert not accepts(url=url, body=b"", kind=JSON, header=header)
    assert not accepts(url=url, body=b"\xff", kind=JSON, header=header)
    assert not accepts(url=url, body=b"a=1", kind=FORM, header=header), "a form is held against the hash, too"


@pytest.mark.parametrize("kind", [JSON, "text/plain", "", None])
def test_a_body_that_nobody_has_signed_is_refused(kind: str | None) -> None:
    assert not accepts(body=b'{"a": 1}', kind=kind, header=signed(fields={}))
    assert not accepts(kind=kind), "what is signed as a form is one"
    assert accepts(body=b"", kind=kind, header=signed(fields={})), "no body needs no hash"


def test_an_empty_hash_in_the_address_is_none() -> None:
    assert not accepts(url=f"{URL}?bodySHA256=", body=b"{}", kind=JSON, header=signed(f"{URL}?bodySHA256=", {}))


def test_a_value_given_twice_counts_once_and_two_values_are_refused() -> None:
    header = signed(fields={"Digits": "1"})
    assert accepts(body=b"Digits=1&Digits=1", header=header)
    assert form_of(b"Digits=1&Digits=1") == {"Digits": "1"}
    assert not accepts(body=b"Digits=1&Digits=2", header=header)
    assert not accepts(body=b"Digits=2&Digits=1", header=signed(fields={"Digits": "12"}))


def test_names_and_values_run_together_are_told_apart_by_the_names_we_know() -> None:
    header = signed(fields={"Digits": "12"})
    assert accepts(body=b"Digits1=2", header=header), "signed alike, whoever checks"
    assert only(form_of(b"Digits1=2&To=x"), {"Digits", "To"}) == {"To": "x"}


def test_the_algorithm_is_ours_to_choose() -> None:
    strong = RequestValidator(TOKEN).compute_signature(URL, FIELDS, HMAC_SHA256)
    assert accepts(header=strong, algorithm="sha256")
    assert not accepts(header=strong, algorithm="sha1")
    assert not accepts(header=signed(), algorithm="sha256")


def test_several_tokens_are_valid_while_one_is_rotated() -> None:
    old = signed(token="the-old-one")
    assert accepts(header=old, tokens=(TOKEN, "the-old-one"))
    assert not accepts(header=old)


def test_an_empty_token_signs_nothing() -> None:
    assert not accepts(header=signed(token=""), tokens=("",))
    assert not accepts(tokens=())


def test_a_value_may_be_blank_and_in_any_script() -> None:
    fields = {"SpeechResult": "Grüße, 電話 & +1", "Digits": ""}
    assert accepts(body=urlencode(fields).encode(), header=signed(fields=fields))
    assert form_of(urlencode(fields).encode()) == fields


@pytest.mark.parametrize("body", [b"\xff=1", b"a=%ff", b"&".join(b"a%d=1" % n for n in range(300))])
def test_a_form_that_cannot_be_read_is_refused_and_empty(body: bytes) -> None:
    assert not accepts(body=body, header=signed(fields={}))
    assert form_of(body) == {}


@given(
    st.one_of(st.text(), st.text().map(lambda rest: f"https://center.example:{rest}"), st.just("https://[::1")),
    st.binary(),
    st.one_of(st.none(), st.text(), st.just(FORM), st.just(JSON)),
    st.one_of(st.none(), st.text(st.characters(codec=None))),
    st.lists(st.text(), max_size=3).map(tuple),
    st.sampled_from(["sha1", "sha256"]),
)
def test_nothing_that_comes_in_raises_or_is_taken(
    url: str, body: bytes, kind: str | None, header: str | None, tokens: tuple[str, ...], algorithm: Algorithm
) -> None:
    assert is_genuine(url, body, kind, header, tokens, algorithm) is False
    assert isinstance(form_of(body), dict)


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5), st.text(min_size=1))
def test_whatever_twilio_signs_is_taken(fields: dict[str, str], token: str) -> None:
    header = signed(fields=fields, token=token)
    assert is_genuine(URL, urlencode(fields).encode(), FORM, header, (token,), "sha1")
