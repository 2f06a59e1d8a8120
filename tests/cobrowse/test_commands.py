"""Text frames for the other end: the fields that they have, and nothing else."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_app.cobrowse.commands import MAX_POINTS, MAX_TEXT, read_frame
from interaction_center.errors import BadRequestError, TooLargeError
from interaction_center.live.session import encode
from tests.cobrowse.test_interleavings import FIELDS

KINDS = sorted(FIELDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_passes_with_the_fields_of_its_type_alone(kind: str) -> None:
    read = read_frame(kind, FIELDS[kind] | {"t": kind, "by": "somebody else", "html": "<script>"})
    assert read["t"] == kind
    assert set(FIELDS[kind]) <= set(read)
    assert "by" not in read
    assert "html" not in read


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("pointer", {"x": "1", "y": 2}),
        ("pointer", {"x": float("nan"), "y": 2}),
        ("pointer", {"x": True, "y": 2}),
        ("pointer", {"x": 1e12, "y": 2}),
        ("pointer", {"x": 10**400, "y": 2}),
        ("pointer", {"x": float("-inf"), "y": 2}),
        ("draw", {"id": "a", "points": []}),
        ("draw", {"id": "a", "points": [[1, 2]] * (MAX_POINTS + 1)}),
        ("draw", {"id": "a", "points": [[1]]}),
        ("draw", {"id": "", "points": [[1, 2]]}),
        ("highlight", {"e": 1, "n": -1}),
        ("input.type", {"id": 1, "e": 1, "n": 1, "text": "x" * (MAX_TEXT + 1)}),
        ("input.type", {"id": 1, "e": 1, "n": 1}),
        ("input.select", {"id": 1, "e": 1, "n": 1, "index": 1.5}),
        ("sdp", {"desc": {"type": "evil", "sdp": ""}}),
        ("sdp", {"desc": {"type": "offer", "sdp": "x" * 20_000}}),
        ("ice", {"candidate": 7}),
    ],
)
def test_what_is_wrong_is_refused(kind: str, fields: dict[str, Any]) -> None:
    with pytest.raises((BadRequestError, TooLargeError)):
        read_frame(kind, fields)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(["x", "id", "points", "desc", "to", "what"]), st.text()))
def test_whatever_comes_is_read_or_refused(kind: str, fields: dict[str, Any]) -> None:
    try:
        read_frame(kind, fields)
    except (BadRequestError, TooLargeError):
        return


def test_what_an_answer_says_is_a_hash_and_a_known_word_or_nothing() -> None:
    read = read_frame("input.done", {"id": 1, "ok": False, "code": "because", "what": "#card-number"})
    assert (read["code"], read["what"]) == ("", "")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("input.type", {"id": 1, "e": 1, "n": 1, "text": "a\ud800"}),
        ("sdp", {"to": "", "desc": {"type": "offer", "sdp": "\udfff"}}),
        ("ice", {"to": "", "candidate": {"candidate": "\ud800"}}),
    ],
)
def test_half_a_character_is_made_whole_for_the_socket_that_it_goes_to(kind: str, fields: dict[str, Any]) -> None:
    assert "?" in encode(read_frame(kind, fields)).encode().decode()
