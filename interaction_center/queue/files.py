"""Attachments: their bytes are in a store of their own before the row that names them is committed.

What was uploaded and not sent within a day is removed, and what its owner has given up after an hour.
"""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from interaction_center.envelope import FilePart, KeptFile
from interaction_center.errors import ConflictError, InvalidError, NotFoundError, TooLargeError
from interaction_center.file_store import (
    UNTOUCHED_SECONDS,
    remove_untouched,
    safe_name,
    safe_type,
    stored_path,
    write_once,
)
from interaction_center.queue.models import Attachment

MAX_UNSENT_FILES = 10
MAX_UNSENT_BYTES = 50 * 2**20
ORPHAN_AGE = timedelta(hours=24)
ABANDONED_AGE = timedelta(hours=1)  # older than what somebody is just about to send
GROUP = 200
INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"})


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
    digest = write_once(settings.ATTACHMENTS_DIR, part.content)
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
        remove_untouched(settings.ATTACHMENTS_DIR, digest)
    return len(orphans)


def read_file(attachment: Attachment) -> bytes:
    """The bytes."""
    return path_of(attachment).read_bytes()


def path_of(attachment: Attachment) -> Path:
    """Where the bytes lie."""
    return stored_path(settings.ATTACHMENTS_DIR, attachment.sha256)


def as_part(attachment: Attachment) -> FilePart:
    """The file as a channel sends it."""
    return FilePart(attachment.filename, attachment.content_type, read_file(attachment), attachment.content_id)


def is_inline(content_type: str) -> bool:
    """Whether a browser may show it in place: only types that can't carry a script."""
    return content_type in INLINE_TYPES
