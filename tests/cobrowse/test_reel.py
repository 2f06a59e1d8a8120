"""The file of a recording: nothing can be read without its key, swapped, or lost with a half-written end."""

from pathlib import Path

import pytest

from channels_app.cobrowse import reel as reel_module
from channels_app.cobrowse.reel import HEAD, MAGIC, Reel, pieces_of, read_piece
from channels_app.cobrowse.sealing import SealError, new_key, stored_key
from interaction_center.errors import TooLargeError

KEY = b"k" * 32
NAME = "recording0000001"


def written(path: Path, *contents: bytes, key: bytes = KEY, name: str = NAME) -> Path:
    """A file with these pieces, a second after each other."""
    reel = Reel(path, key, name)
    for number, content in enumerate(contents):
        reel.append(number * 1000, content, begins_snapshot=number == 0)
    reel.close()
    return path


def read(path: Path, *, key: bytes = KEY, name: str = NAME) -> list[bytes]:
    """All of it."""
    pieces = pieces_of(path)
    return [read_piece(path, key, name, pieces, number) for number in range(len(pieces))]


def test_what_is_written_is_read_again_and_lies_nowhere_in_plain_text(tmp_path: Path) -> None:
    path = written(tmp_path / "a" / "one", b"first secret", b"second secret")
    assert read(path) == [b"first secret", b"second secret"]
    assert [(piece.ms, piece.begins_snapshot) for piece in pieces_of(path)] == [(0, True), (1000, False)]
    assert b"secret" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_two_pieces_that_change_places_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "one", b"same size 1", b"same size 2")
    first, second = pieces_of(path)
    data = path.read_bytes()
    a, b = data[first.start : second.start], data[second.start :]
    path.write_bytes(MAGIC + b + a)
    for number in (0, 1):
        with pytest.raises(SealError):
            read_piece(path, KEY, NAME, pieces_of(path), number)


def test_a_piece_with_another_time_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "one", b"content")
    (piece,) = pieces_of(path)
    size, _, flag = HEAD.unpack_from(path.read_bytes(), piece.start)
    data = bytearray(path.read_bytes())
    HEAD.pack_into(data, piece.start, size, 5000, flag)
    path.write_bytes(data)
    with pytest.raises(SealError):
        read(path)


def test_a_piece_of_another_recording_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "one", b"content", name="recording0000002")
    with pytest.raises(SealError):
        read(path)


def test_another_key_reads_nothing(tmp_path: Path) -> None:
    with pytest.raises(SealError):
        read(written(tmp_path / "one", b"content"), key=b"x" * 32)


@pytest.mark.parametrize("lost", [1, 20, 30])
def test_a_half_written_end_is_not_seen_and_cut_off_before_it_goes_on(tmp_path: Path, lost: int) -> None:
    path = written(tmp_path / "one", b"first", b"second")
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost])
    assert read(path) == [b"first"]
    again = Reel(path, KEY, NAME)
    again.append(2000, b"third", begins_snapshot=True)
    again.close()
    assert read(path) == [b"first", b"third"]


def test_only_one_writes_at_a_time(tmp_path: Path) -> None:
    reel = Reel(tmp_path / "one", KEY, NAME)
    with pytest.raises(BlockingIOError):
        Reel(tmp_path / "one", KEY, NAME)
    reel.close()
    Reel(tmp_path / "one", KEY, NAME).close()


def test_a_recording_does_not_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reel_module, "MOST_BYTES", 200)
    reel = Reel(tmp_path / "one", KEY, NAME)
    reel.append(0, b"x" * 100, begins_snapshot=True)
    with pytest.raises(TooLargeError):
        reel.append(1, b"x" * 100, begins_snapshot=False)
    reel.close()
    assert read(tmp_path / "one") == [b"x" * 100]


def test_a_stored_key_is_good_for_its_recording_and_its_secret_only() -> None:
    key, wrapped = new_key("secret of the centre", NAME)
    assert key not in wrapped
    assert stored_key("secret of the centre", NAME, wrapped) == key
    with pytest.raises(SealError):
        stored_key("another secret", NAME, wrapped)
    with pytest.raises(SealError):
        stored_key("secret of the centre", "recording0000002", wrapped)
