"""Files that go with a form. Kept as soon as they come, under the form's own key: a form that must be corrected, or
looks at suggestions first, has them still. A browser gives no file a second time by itself.
"""

import time
from collections.abc import Sequence

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from interaction_center.access.rate_limits import Buckets
from interaction_center.envelope import FilePart, KeptFile
from interaction_center.errors import CenterError, InvalidError, NotFoundError, RateLimitedError
from interaction_center.queue.files import MAX_UNSENT_BYTES, MAX_UNSENT_FILES, discard_upload, store_file
from interaction_center.queue.models import Attachment

DAY = 86_400
_PER_DAY = settings.CONFIG.upload_mb_per_ip_per_day * 2**20
BYTES_PER_IP = Buckets(rate=_PER_DAY / DAY, burst=_PER_DAY)


def keep_files(sent: Sequence["UploadedFile[bytes]"], *, key: str, ip: str) -> str:
    """Keep what can be kept; the code of the first problem, or ""."""
    problems = [_keep(file, key, ip) for file in sent]
    return next(filter(None, problems), "")


def _keep(sent: "UploadedFile[bytes]", key: str, ip: str) -> str:
    try:
        if BYTES_PER_IP.take(ip, time.monotonic(), sent.size or 0):
            raise RateLimitedError("Too much has been uploaded from here today.")
        store_file(FilePart(sent.name or "file", sent.content_type or "", sent.read()), owner=_owner(key))
    except InvalidError:
        return "empty"
    except CenterError as error:
        return error.code
    return ""


def files_of(key: str) -> list[Attachment]:
    """What waits to be sent with this form, in the order in which it came."""
    return list(Attachment.objects.filter(owner=_owner(key), entry=None).order_by("pk"))


def drop_files(ids: Sequence[str], *, key: str) -> None:
    """These are not to be sent; one that is gone already is no problem."""
    for file_id in filter(str.isalnum, ids):
        try:
            discard_upload(file_id, owner=_owner(key))
        except NotFoundError:
            continue


def as_kept(files: Sequence[Attachment]) -> tuple[KeptFile, ...]:
    """For the envelope: the bytes stay where they are."""
    return tuple(KeptFile(file.filename, file.content_type, file.size, file.sha256) for file in files)


def file_limits() -> dict[str, int]:
    """For the words of a page: how many files wait at most and how large they are, one by one or in one go."""
    largest = settings.ATTACHMENT_MAX_BYTES
    return {
        "max_files": MAX_UNSENT_FILES,
        "max_bytes": largest,
        "max_mb": largest // 2**20,
        "max_waiting_mb": MAX_UNSENT_BYTES // 2**20,
    }


def _owner(key: str) -> str:
    return f"form:{key}"
