"""Attachments: bytes lie under their SHA-256, written and synced before the row that names them is committed.

A file without a row (a crash between the two, a mail that waits for its commit) is harmless; a row without its file
can't happen. What was uploaded and not sent within a day is removed, and what its owner has given up after an hour.
"""

import hashlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from interaction_center.envelope import FilePart, KeptFile
from interaction_center.errors import ConflictError, InvalidError, NotFoundError, TooLargeError
from interaction_center.queue.models import Attachment

MAX_UNSENT_FILES = 10
MAX_UNSENT_BYTES = 50 * 2**20
ORPHAN_AGE = timedelta(hours=24)
ABANDONED_AGE = timedelta(hours=1)  # older than what somebody is just about to send
UNTOUCHED_SECONDS = 3600  # a file whose row may not be committed yet is younger than this
GROUP = 200
INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})
_BAD_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]")
_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,66}")
_names = threading.Lock()  # between "it is there already" and "nobody needs it"


def store_file(part: FilePart, *, owner: str = "") -> Attachment:
    """Keep the bytes and make the row. `owner` names who uploaded it and may attach it later.

    TooLargeError over settings.ATTACHMENT_MAX_BYTES when somebody uploads, ConflictError when too much of theirs waits
    to be sent and none of it is old enough to give way; what came by mail is kept as it is.
    """
    if owner and len(part.content) > settings.ATTACHMENT_MAX_BYTES:
        limit = settings.ATTACHMENT_MAX_BYTES
        raise TooLargeError(f"The file is too large: at most {limit // 2**20} MB.", limit=limit)
    if owner and not part.content:
        raise InvalidError("The file is empty.")
    if owner:
        _make_room(owner, len(part.content))
    return add_file(keep_file(part), owner=owner)


def keep_file(part: FilePart | KeptFile) -> KeptFile:
    """Write the bytes, unless they are kept already; no row yet. Takes as long as the disk needs."""
    if isinstance(part, KeptFile):
        return part
    digest = hashlib.sha256(part.content).hexdigest()
    _write_once(_path(digest), part.content)
    return KeptFile(part.filename, part.content_type, len(part.content), digest, part.content_id)


def add_file(kept: KeptFile, *, owner: str = "") -> Attachment:
    """The row that names the file, in the transaction of the caller."""
    return Attachment.objects.create(
        owner=owner,
        filename=safe_name(kept.filename),
        content_type=safe_type(kept.content_type),
        size=kept.size,
        sha256=kept.sha256,
        content_id=kept.content_id[:255],
    )


def _make_room(owner: str, size: int) -> None:
    """What was left behind by a page that is gone gives way, oldest first; what may just be on its way does not."""
    unsent = list(Attachment.objects.filter(owner=owner, entry=None).order_by("created_at", "pk"))
    while unsent and (len(unsent) >= MAX_UNSENT_FILES or sum(file.size for file in unsent) + size > MAX_UNSENT_BYTES):
        oldest = unsent.pop(0)
        if oldest.created_at > timezone.now() - ABANDONED_AGE:
            limit = f"{MAX_UNSENT_FILES} files or {MAX_UNSENT_BYTES // 2**20} MB"
            words = f"More than {limit} of yours are waiting. Send or remove what you have attached first."
            raise ConflictError(words, "files_waiting")
        _give_up(owner, oldest.public_id)


def discard_upload(public_id: str, *, owner: str) -> None:
    """Whoever uploaded it won't send it: it counts no more. NotFoundError unless it is theirs and unsent."""
    if not _give_up(owner, public_id):
        raise NotFoundError("There is no such file of yours that waits to be sent.")


def _give_up(owner: str, public_id: str) -> int:
    """By one conditional statement: a file that is just being sent stays. The bytes are removed with the orphans."""
    return Attachment.objects.filter(public_id=public_id, owner=owner, entry=None).update(owner="")


def uploads_of(owner: str, ids: Collection[str]) -> list[Attachment]:
    """What this owner uploaded and has not sent yet, locked: until the commit nobody gives it up or sends it elsewhere.

    InvalidError when one is missing.
    """
    files = Attachment.objects.select_for_update().filter(public_id__in=ids, owner=owner, entry=None).order_by("pk")
    if len(found := list(files)) != len(set(ids)):
        raise InvalidError("A file is missing. Attach it again.", attachments="missing")
    return found


def remove_orphans() -> int:
    """Uploads that nobody has sent within a day go, those given up after an hour; how many. Called by a ticker."""
    now = timezone.now()
    with transaction.atomic():
        unsent = Attachment.objects.select_for_update().filter(entry=None)
        old = unsent.filter(
            Q(created_at__lt=now - ORPHAN_AGE) | Q(owner="", created_at__lt=now - timedelta(seconds=UNTOUCHED_SECONDS))
        )
        orphans = dict(old.values_list("pk", "sha256")[:GROUP])
        Attachment.objects.filter(pk__in=orphans).delete()
    digests = set(orphans.values())
    for digest in digests - set(Attachment.objects.filter(sha256__in=digests).values_list("sha256", flat=True)):
        _remove_untouched(_path(digest))
    return len(orphans)


def _remove_untouched(path: Path) -> None:
    with _names:
        if path.exists() and time.time() - path.stat().st_mtime > UNTOUCHED_SECONDS:
            path.unlink()


def read_file(attachment: Attachment) -> bytes:
    """The bytes."""
    return path_of(attachment).read_bytes()


def path_of(attachment: Attachment) -> Path:
    """Where the bytes lie."""
    return _path(attachment.sha256)


def as_part(attachment: Attachment) -> FilePart:
    """The file as a channel sends it."""
    return FilePart(attachment.filename, attachment.content_type, read_file(attachment), attachment.content_id)


def is_inline(content_type: str) -> bool:
    """Whether a browser may show it in place: only types that can't carry a script."""
    return content_type in INLINE_TYPES


def safe_name(name: str) -> str:
    """A file name without path, control characters or text direction tricks; never empty."""
    cleaned = _BAD_IN_NAMES.sub("_", name.strip()).strip(". ")
    return cleaned[-200:] or "file"


def safe_type(content_type: str) -> str:
    """A well-formed media type; unknown ones are plain bytes."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind if _TYPE.fullmatch(kind) else "application/octet-stream"


def _path(digest: str) -> Path:
    return Path(settings.ATTACHMENTS_DIR) / digest[:2] / digest


def _write_once(path: Path, content: bytes) -> None:
    """Complete and synced under its name, or not there at all. One that is there already is new again."""
    with _names, suppress(FileNotFoundError, NotADirectoryError):
        os.utime(path)  # not touch(): that makes an empty file where another process has just removed this one
        return
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
