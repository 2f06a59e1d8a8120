"""Bytes in a folder under their SHA-256: written once, complete and synced before a row names them.

A file without a row (a crash between the two, a row that waits for its commit) is harmless; a row without its file
can't happen as long as only `remove_untouched` takes bytes away. Each owner has a folder of its own, so that no sweep
takes what another one's rows name.
"""

import hashlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

UNTOUCHED_SECONDS = 3600  # a file whose row may not be committed yet is younger than this
_BAD_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]")
_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,66}")
_names = threading.Lock()  # between "it is there already" and "nobody needs it"


def write_once(folder: Path, content: bytes) -> str:
    """Their digest. Takes as long as the disk needs; bytes that are there already are new again."""
    digest = hashlib.sha256(content).hexdigest()
    path = stored_path(folder, digest)
    if not _renewed(path):
        _write(path, content)
    return digest


def stored_path(folder: Path, digest: str) -> Path:
    """Where the bytes lie."""
    return Path(folder) / digest[:2] / digest


def untouched_digests(folder: Path) -> Iterator[str]:
    """What lies there for longer than a row may wait for its commit, half-written files of a crash among it."""
    for path in Path(folder).glob("??/*"):
        if _is_untouched(path):
            yield path.name


def remove_untouched(folder: Path, digest: str) -> None:
    """Nobody names them any more. What was written again meanwhile stays."""
    path = stored_path(folder, digest)
    with _names:
        if _is_untouched(path):
            path.unlink()


def safe_name(name: str) -> str:
    """A file name without path, control characters or text direction tricks; never empty."""
    cleaned = _BAD_IN_NAMES.sub("_", name.strip()).strip(". ")
    return cleaned[-200:] or "file"


def safe_type(content_type: str) -> str:
    """A well-formed media type; unknown ones are plain bytes."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind if _TYPE.fullmatch(kind) else "application/octet-stream"


def _is_untouched(path: Path) -> bool:
    return path.exists() and time.time() - path.stat().st_mtime > UNTOUCHED_SECONDS


def _renewed(path: Path) -> bool:
    with _names, suppress(FileNotFoundError, NotADirectoryError):
        os.utime(path)  # not touch(): that makes an empty file where another process has just removed this one
        return True
    return False


def _write(path: Path, content: bytes) -> None:
    """Complete and synced under its name, or not there at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
