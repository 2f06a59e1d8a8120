"""What the knowledge API says of articles, versions and error codes. Editors see all, others what readers see."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb import selectors
from kb.article_fields import sorted_by
from kb.articles import content_of, newest_version
from kb.error_codes import fields_of
from kb.linking import linking_articles, reader_of
from kb.links import refs_of
from kb.live_index import article_path
from kb.models import Article, ArticleVersion, Audience, ErrorCode, KnowledgeFile, LinkKind
from kb.rendering import to_html
from kb.resolving import Broken, file_path, follow, targets_for

_IN_MARKDOWN = re.compile(r"[\\\[\]*_`<>&]")
_ROW = ("slug", "locale", "title", "summary", "audience", "state", "live", "version", "live_version")


def article_row(article: Article, outdated: set[int]) -> dict[str, Any]:
    """A line of the editors' list. `outdated` holds the keys of those that are."""
    own = {name: getattr(article, name) for name in _ROW}
    return (
        own
        | sorted_by(article)
        | {
            "id": article.public_id,
            "publish_at": article.publish_at,
            "outdated": article.pk in outdated,
            "updated_at": article.updated_at,
            "updated_by": str(article.updated_by) if article.updated_by else None,
        }
    )


def article_wire(article: Article, *, editor: bool) -> dict[str, Any]:
    """One article: for editors in the newest version, else in the one that readers see."""
    content = content_of(newest_version(article) if editor else article)
    targets, broken = follow(content["body"], reader_of(article))
    translations = selectors.translations_of(article, audience="" if editor else Audience.INTERNAL)
    outdated = selectors.outdated([article, *translations])
    return (
        article_row(article, outdated)
        | content
        | {
            "html": to_html(content["body"], targets),
            "path": article_path(article),
            "original": article.original.public_id if article.original else None,
            "original_changed": selectors.changed_since_translation(article) if article.pk in outdated else None,
            "translations": [_translation_wire(other, outdated) for other in translations],
            "links": {
                "broken": [broken_wire(one) for one in broken] if editor else [],
                "from": [linking_wire(other) for other in linking_articles(article, live=not editor)],
            },
            "files": [file_wire(file) for file in _files(article, content["body"], editor=editor)],
        }
    )


def version_row(version: ArticleVersion) -> dict[str, Any]:
    """A line of the list of versions."""
    names = ("number", "title", "at", "minor", "comment")
    is_live = version.number == version.article.live_version
    return {name: getattr(version, name) for name in names} | {"by": _by(version), "live": is_live}


def version_wire(version: ArticleVersion) -> dict[str, Any]:
    """One version, whole."""
    own = {"number": version.number, "at": version.at, "by": _by(version), "comment": version.comment}
    html = to_html(version.body, targets_for(version.body, reader_of(version.article)))
    return own | content_of(version) | {"html": html}


def broken_wire(broken: Broken) -> dict[str, Any]:
    """A link that leads nowhere."""
    link = broken.link
    return {"line": link.line, "text": link.text, "target": link.written, "reason": broken.reason}


def linking_wire(article: Article) -> dict[str, Any]:
    """An article that has a link."""
    return {"id": article.public_id, "title": article.title, "locale": article.locale}


def file_wire(file: KnowledgeFile) -> dict[str, Any]:
    """A file, with the Markdown that shows it."""
    names = ("filename", "content_type", "size", "is_image")
    own = {name: getattr(file, name) for name in names}
    words = _IN_MARKDOWN.sub(r"\\\g<0>", Path(file.filename).stem if file.is_image else file.filename)
    markdown = f"{'!' if file.is_image else ''}[{words}](file:{file.public_id})"
    return own | {"id": file.public_id, "url": file_path(file), "markdown": markdown}


def code_wire(code: ErrorCode) -> dict[str, Any]:
    """One error code."""
    link = f"{LinkKind.CODE}:{code.product.key}/{code.code_key}"
    return asdict(fields_of(code)) | {"id": code.public_id, "link": link, "updated_at": code.updated_at}


def _files(article: Article, body: str, *, editor: bool) -> list[KnowledgeFile]:
    """All of them for editors; for others what the text shows, because the rest may belong to the next version."""
    files = article.files.defer("text").order_by("pk")
    shown = {ref.target for ref in refs_of(body) if ref.kind == LinkKind.FILE}
    return [file for file in files if editor or file.public_id in shown]


def _translation_wire(article: Article, outdated: set[int]) -> dict[str, Any]:
    names = ("locale", "title", "state", "live")
    own = {name: getattr(article, name) for name in names}
    return own | {"id": article.public_id, "outdated": article.pk in outdated}


def _by(version: ArticleVersion) -> str | None:
    return str(version.by) if version.by else None
