"""The file of a recording: sealed pieces, one after the other, each with its time. Knows nothing of what is in them.

A piece is written in one go, so that after a crash everything up to the last whole one is there; what follows is cut
off when the file is written again, and not seen by whoever reads it.
"""

import fcntl
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from channels_app.cobrowse.sealing import NONCE, seal, unseal
from interaction_center.errors import TooLargeError

MAGIC = b"CICREC1\n"
HEAD = struct.Struct(">IIB")  # bytes that follow, milliseconds since the beginning, 1 where a snapshot begins
ITEM = struct.Struct(">IBI")  # milliseconds since the beginning, kind, bytes that follow
PICTURE, WORDS = 1, 2  # kinds of items: a binary frame of the page, a text frame
MOST_BYTES = 256 * 1024 * 1024
_SMALLEST = NONCE + 16


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a piece lies, and what may be known of it without its key."""

    start: int
    size: int
    ms: int
    begins_snapshot: bool


def pack_item(ms: int, kind: int, data: bytes) -> bytes:
    """One frame as it lies in a piece."""
    return ITEM.pack(ms, kind, len(data)) + data


class Reel:
    """A file that is written to, by one process at a time. OSError, TooLargeError."""

    def __init__(self, path: Path, key: bytes, name: str) -> None:
        self._key, self._name = key, name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            pieces = pieces_of(path)
            self._count, self._size = len(pieces), pieces[-1].start + pieces[-1].size if pieces else 0
            os.ftruncate(self._file, self._size)
        except BaseException:
            os.close(self._file)
            raise

    def append(self, ms: int, content: bytes, *, begins_snapshot: bool) -> None:
        """The next piece."""
        context = _context(self._name, self._count, ms, begins_snapshot)
        sealed = seal(self._key, content, context)
        data = HEAD.pack(len(sealed), ms, begins_snapshot) + sealed
        data = data if self._size else MAGIC + data
        if self._size + len(data) > MOST_BYTES:
            raise TooLargeError("This recording is as long as one may be.", limit=MOST_BYTES)
        if os.write(self._file, data) != len(data):
            raise OSError("The disk is full.")
        self._count, self._size = self._count + 1, self._size + len(data)

    def close(self) -> None:
        """What was written stays, also when the power goes."""
        try:
            os.fsync(self._file)
        finally:
            os.close(self._file)


def pieces_of(path: Path) -> list[Piece]:
    """All whole pieces, of which only the heads are read. Empty for a file that is not there, or none of ours."""
    found: list[Piece] = []
    try:
        with path.open("rb") as file:
            end = os.fstat(file.fileno()).st_size
            at = len(MAGIC) if file.read(len(MAGIC)) == MAGIC else end
            while len(head := _read_at(file.fileno(), at, HEAD.size)) == HEAD.size:
                size, ms, flag = HEAD.unpack(head)
                if size < _SMALLEST or at + HEAD.size + size > end:
                    break
                found.append(Piece(at, HEAD.size + size, ms, bool(flag)))
                at += HEAD.size + size
    except FileNotFoundError:
        return []
    return found


def read_piece(path: Path, key: bytes, name: str, pieces: Sequence[Piece], number: int) -> bytes:
    """What is in a piece. SealError when it is not what was written there."""
    piece = pieces[number]
    with path.open("rb") as file:
        sealed = _read_at(file.fileno(), piece.start + HEAD.size, piece.size - HEAD.size)
    return unseal(key, sealed, _context(name, number, piece.ms, piece.begins_snapshot))


def _read_at(file: int, at: int, size: int) -> bytes:
    return os.pread(file, size, at)


def _context(name: str, number: int, ms: int, begins_snapshot: bool) -> bytes:
    return f"{name}:{number}:{ms}:{int(begins_snapshot)}".encode()
