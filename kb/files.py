"""Images and attachments of articles: kept, listed, removed. Their bytes lie in a folder of their own."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from interaction_center.envelope import FilePart
from interaction_center.errors import ConflictError, InvalidError, TooLargeError
from interaction_center.file_store import (
    remove_untouched,
    safe_name,
    safe_type,
    stored_path,
    untouched_digests,
    write_once,
)
from kb.file_texts import text_of
from kb.images import image_of
from kb.models import Article, ArticleLink, KnowledgeFile, LinkKind

MAX_FILES = 50  # of one article
GROUP = 200


def add_file(*, article: Article, part: FilePart) -> KnowledgeFile:
    """Keeps it with the article; readers get it once a live text of the article shows it or links to it.

    Raises TooLargeError, InvalidError when it is empty, ConflictError when the article has MAX_FILES.
    """
    refuse_size(len(part.content))
    row = KnowledgeFile(article=article, filename=safe_name(part.filename), size=len(part.content))
    _describe(row, part)
    row.sha256 = write_once(settings.KNOWLEDGE_FILES_DIR, part.content)
    with transaction.atomic():
        Article.objects.select_for_update().get(pk=article.pk)  # two uploads at once count each other
        if article.files.count() >= MAX_FILES:
            raise ConflictError(f"An article has at most {MAX_FILES} files. Remove one first.", "too_many_files")
        row.save()
    return row


def remove_file(*, file: KnowledgeFile) -> None:
    """Raises ConflictError while an article shows it. The bytes go with the sweep, unless another row names them."""
    with transaction.atomic():
        Article.objects.select_for_update().get(pk=file.article.pk)
        if _is_shown(file):
            words = "An article shows this file or links to it. Remove that from its text first."
            raise ConflictError(words, "file_in_use")
        file.delete()


def refuse_size(size: int) -> None:
    """Raises TooLargeError over the limit of all attachments, InvalidError for nothing at all."""
    limit = settings.ATTACHMENT_MAX_BYTES
    if size > limit:
        raise TooLargeError(f"The file is too large: at most {limit // 2**20} MB.", limit=limit)
    if not size:
        raise InvalidError("The file is empty.", file="empty")


def path_of(file: KnowledgeFile) -> Path:
    """Where the bytes lie."""
    return stored_path(settings.KNOWLEDGE_FILES_DIR, file.sha256)


def remove_orphans() -> int:
    """Bytes that no row names any more go; how many. Called by a ticker."""
    untouched = list(untouched_digests(settings.KNOWLEDGE_FILES_DIR))
    groups = [untouched[start : start + GROUP] for start in range(0, len(untouched), GROUP)]
    return sum(_remove_unnamed(group) for group in groups)


def _remove_unnamed(digests: list[str]) -> int:
    unnamed = set(digests) - set(KnowledgeFile.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    for digest in unnamed:
        remove_untouched(settings.KNOWLEDGE_FILES_DIR, digest)
    return len(unnamed)


def _describe(row: KnowledgeFile, part: FilePart) -> None:
    """What it really is: a page shows only what its own first bytes say is an image."""
    image, told = image_of(part.content), safe_type(part.content_type)
    row.is_image = image is not None
    if image:
        row.content_type, row.width, row.height = image.content_type, image.width, image.height
    else:
        row.content_type = "application/octet-stream" if told.startswith("image/") else told
    row.text = "" if image else text_of(part.content, row.content_type)


def _is_shown(file: KnowledgeFile) -> bool:
    """By the newest or by the live version of any article."""
    newest = ArticleLink.objects.filter(kind=LinkKind.FILE, target=file.public_id)
    return newest.exists() or Article.objects.filter(live=True, body__contains=file.public_id).exists()
