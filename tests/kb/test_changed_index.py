"""An index with a few documents new, replaced or removed answers as one that was made anew."""

from kb.search.index import Index
from tests.kb.builders import document

PARTS = ("filter", "lamp", "hose", "cable", "battery", "pump", "valve", "fuse", "tray", "lens", "belt", "motor", "fan")
BASE = [document(f"d{n}", f"Replace the {part}", f"The {part} is at the back.") for n, part in enumerate(PARTS)]


def found(index: Index, question: str) -> list[str]:
    return [hit.id for hit in index.search(question)]


def test_a_new_document_is_found_beside_the_old_ones() -> None:
    index = Index(BASE).changed([document("new", "Replace the gasket", codes=("G-17",))])
    assert found(index, "replace gasket") == ["new"]
    assert found(index, "G17") == ["new"]
    assert found(index, "replace the hose")[0] == "d2"
    assert len(index) == len(BASE) + 1


def test_a_replaced_document_is_found_by_its_new_words_only() -> None:
    index = Index(BASE).changed([document("d2", "Order a gasket")])
    assert found(index, "order gasket") == ["d2"]
    assert found(index, "hose") == []
    assert len(index) == len(BASE)


def test_a_removed_document_is_gone_and_may_come_back() -> None:
    index = Index(BASE).changed([], removed=["d2"])
    assert found(index, "replace the hose") != ["d2"]
    assert "d2" not in found(index, "hose back")
    again = index.changed([BASE[2]])
    assert found(again, "replace the hose")[0] == "d2"
    assert (len(index), len(again)) == (len(BASE) - 1, len(BASE))


def test_the_index_that_was_there_does_not_change() -> None:
    index = Index(BASE)
    index.changed([document("d2", "Order a gasket")], removed=["d3"])
    assert found(index, "replace the hose")[0] == "d2"
    assert found(index, "replace the cable")[0] == "d3"


def test_a_device_that_only_a_change_names_is_known() -> None:
    index = Index(BASE).changed([document("k", "Door open", codes=("D-500",), devices=("Kestrel DX",))])
    assert found(index, "The Kestrel shows D-500") == ["k"]
    assert found(index, "Kestrel: replace the hose") == found(index, "replace the hose")


def test_many_changes_add_up() -> None:
    index = Index(BASE)
    for number in range(40):
        index = index.changed([document(f"n{number}", f"Fill tank {number}")], removed=[f"n{number - 20}"])
    assert index.changes == 20
    assert found(index, "fill tank 39")[0] == "n39"
    assert "n5" not in found(index, "fill tank 5")
