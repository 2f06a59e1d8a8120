"""Documents for telephones: whatever is in a name, a parser reads them."""

from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from channels_app.callback.twiml import Conference, Gather, Hangup, Pause, Play, Record, Say, document
from channels_app.callback.words import WORDS, words


@given(st.text(st.characters(), max_size=200))
def test_any_text_is_read_as_itself_without_what_xml_has_no_place_for(text: str) -> None:
    root = ElementTree.fromstring(document(Say(text, "en-GB"), Pause(2), Hangup()).encode())
    assert [verb.tag for verb in root] == ["Say", "Pause", "Hangup"]
    said = root[0].text or ""
    assert "\x00" not in said
    if text.isprintable():
        assert said == text


def test_markup_in_a_name_is_read_out_and_not_executed() -> None:
    root = ElementTree.fromstring(document(Say("</Say><Dial>+4990012345</Dial>", "en-GB")))
    assert [verb.tag for verb in root] == ["Say"]


def test_an_address_with_several_parameters_stays_whole() -> None:
    root = ElementTree.fromstring(document(Gather("https://x.test/?a=1&b=2", 5, [Say("Press 1", "en-GB")])))
    assert root[0].attrib["action"] == "https://x.test/?a=1&b=2"
    assert root[0].attrib["actionOnEmptyResult"] == "true"
    assert root[0][0].text == "Press 1"


def test_a_number_is_typed_until_the_hash_key() -> None:
    root = ElementTree.fromstring(document(Gather("https://x.test/", 5, [Play("https://x.test/m.wav", 4)], until="#")))
    assert (root[0].attrib["finishOnKey"], root[0].attrib.get("numDigits")) == ("#", None)
    assert (root[0][0].tag, root[0][0].attrib["loop"], root[0][0].text) == ("Play", "4", "https://x.test/m.wav")


def test_a_message_is_bounded_and_written_down_only_when_asked() -> None:
    record = Record("https://x.test/a", "https://x.test/r", 180)
    root = ElementTree.fromstring(document(record, replace(record, transcription_url="https://x.test/x")))
    assert (root[0].attrib["maxLength"], root[0].attrib["playBeep"]) == ("180", "true")
    assert "transcribe" not in root[0].attrib
    assert root[1].attrib["transcribeCallback"] == "https://x.test/x"


def test_a_room_is_named_and_tells_its_news() -> None:
    root = ElementTree.fromstring(document(Conference("cb-1", "https://x.test/w", "https://x.test/c", "leg-1")))
    room = root[0][0]
    assert (root[0].tag, room.tag, room.text) == ("Dial", "Conference", "cb-1")
    assert room.attrib["waitUrl"] == "https://x.test/w"
    assert room.attrib["participantLabel"] == "leg-1"


def test_every_sentence_is_there_in_both_languages() -> None:
    for name in WORDS:
        facts = dict.fromkeys(("name", "reason", "waited", "line", "when", "place", "wait", "digits"), "x")
        assert words(name, "en", **facts) != words(name, "de-AT", **facts)
        assert words(name, "fr", **facts) == words(name, "en", **facts)


def test_a_customer_without_a_name_fits_every_german_sentence() -> None:
    """Whoever hides their number has none: "einen Kunden ruft an" is no German."""
    nameless = words("nameless", "de")
    for name in ("whisper", "whisper_waiting", "whisper_caller", "whisper_supervisor"):
        assert nameless in words(name, "de", name=nameless, reason="", waited="5 Minuten")
    assert not nameless.startswith(("ein ", "eine ", "einen ", "einem "))
