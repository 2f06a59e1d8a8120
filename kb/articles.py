"""What can be done with an article: write, review, schedule, publish, retire, restore, rename, translate.

Every save of other words is a version. Readers see the live one, which stays while editors work on the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from interaction_center.access.models import User
from interaction_center.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from kb.addresses import free_slug, give_up_redirects, refuse_taken_slug, rename
from kb.article_fields import CONTENT, PLACE, CheckedFields, checked_fields, sorted_by, sorted_otherwise
from kb.changes import knowledge_changed
from kb.checks import storable
from kb.kept_links import refuse_dead_links, write_links
from kb.models import Article, ArticleState, ArticleVersion, Audience
from kb.policy import COMMAND_TO, needs_publisher, next_state, widest

DUE_AT_ONCE = 100
OPEN_STATES = (ArticleState.IN_REVIEW, ArticleState.SCHEDULED, ArticleState.PUBLISHED)  # others read it


@dataclass(frozen=True, slots=True)
class ArticleFields:
    """What an editor writes.

    title, summary, body and keywords are the content, of which every version is kept; the rest holds at once.
    slug      "" = made from the title; a translation takes the slug of its original
    category  slug of a category, "" = none
    products  keys of device families it is about, models "family/model"; none = holds for all
    """

    locale: str
    title: str
    body: str = ""
    slug: str = ""
    summary: str = ""
    category: str = ""
    keywords: str = ""
    products: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    audience: str = Audience.PUBLIC


@dataclass(frozen=True, slots=True)
class Saving:
    """How a save is meant.

    state       "" = stays; a published article's new words are read at once then
    publish_at  when it shall go live, for state "scheduled"
    expected    the version that the editor had before them; None = whatever there is
    minor       translations are not outdated by it
    translated  a translation says again what its original says now
    comment     for the list of versions
    publisher   whether who saves may decide what readers see; else ForbiddenError for whatever would
    """

    state: str = ""
    publish_at: datetime | None = None
    expected: int | None = None
    minor: bool = False
    translated: bool = False
    comment: str = ""
    publisher: bool = True


@transaction.atomic
def create_article(*, fields: ArticleFields, by: User | None, saving: Saving | None = None) -> Article:
    """A new article, a draft unless told otherwise; one of each address and language.

    Raises InvalidError, ForbiddenError (see Saving).
    """
    checked, saving = checked_fields(asdict(fields)), saving or Saving()
    _refuse_without_publisher(saving, state=ArticleState.DRAFT, is_changed=True)
    slug = checked.place["slug"] or free_slug(fields.title)
    original = _locked_original(slug)
    refuse_taken_slug(slug, fields.locale)
    place = checked.place | {"slug": slug}
    article = Article.objects.create(
        **place,
        **checked.content,
        category=checked.category,
        updated_by=by,
        original=original,
        translated_from=_current_version(original) if original else 0,
    )
    _sort(article, checked)
    _add_version(article, checked.content, saving, by)
    _move(article, saving.state or article.state, saving.publish_at)
    return article


@transaction.atomic
def update_article(
    *, article: Article, fields: ArticleFields, by: User | None, saving: Saving | None = None
) -> Article:
    """Writes all fields. Raises InvalidError; ConflictError when the state can't be reached or somebody else has saved;
    ForbiddenError (see Saving).

    A new slug renames all translations; the old address leads on.
    """
    return _written(_locked(article), fields, by, saving or Saving())


@transaction.atomic
def change_article(
    *, article: Article, changes: Mapping[str, Any], by: User | None, saving: Saving | None = None
) -> Article:
    """Writes these of `ArticleFields`; the rest stays as it is by now, whoever has changed it since it was read.

    Raises what `update_article` raises.
    """
    article = _locked(article)
    return _written(article, replace(fields_of(article), **changes), by, saving or Saving())


def fields_of(article: Article) -> ArticleFields:
    """As they are, in the newest version."""
    own: dict[str, Any] = {name: getattr(article, name) for name in PLACE}
    prefetch_related_objects([article], "products", "device_models__product")
    return ArticleFields(**(own | sorted_by(article) | content_of(newest_version(article))))


def _written(article: Article, fields: ArticleFields, by: User | None, saving: Saving) -> Article:
    checked = checked_fields(asdict(fields))
    _refuse_lost_update(article, saving.expected)
    is_new = checked.content != content_of(newest_version(article))
    _refuse_without_publisher(saving, state=article.state, is_changed=is_new)
    _refuse_to_move_readers(article, checked, saving)
    rename(article, checked.place["slug"] or article.slug, checked.place["locale"])
    article.audience, article.category, article.updated_by = checked.place["audience"], checked.category, by
    _sort(article, checked)
    if is_new:
        article.version += 1
        _add_version(article, checked.content, saving, by)
    if saving.translated and article.original:
        article.translated_from = _current_version(article.original)
    _move(article, saving.state or article.state, saving.publish_at, is_new=is_new)
    return article


@transaction.atomic
def move_article(*, article: Article, command: str, by: User | None, publish_at: datetime | None = None) -> Article:
    """One of `kb.policy.COMMANDS`. Raises ConflictError when its state forbids it, InvalidError for a time gone by."""
    article = _locked(article)
    state = next_state(article.state, command)
    if state is None:
        raise _refused(article, command)
    article.updated_by = by
    _move(article, state, publish_at, is_new=True)
    return article


def publish_article(*, article: Article, by: User | None) -> Article:
    """Readers find its newest version within a second."""
    return move_article(article=article, command="publish", by=by)


def retire_article(*, article: Article, by: User | None) -> Article:
    """Nobody finds it any more; links to it answer "not found"."""
    return move_article(article=article, command="retire", by=by)


@transaction.atomic
def restore_version(*, article: Article, number: int, by: User | None, saving: Saving | None = None) -> Article:
    """Says again what version `number` said, as a new version: nothing is lost by it.

    Raises InvalidError, ForbiddenError (see Saving).
    """
    article, saving = _locked(article), saving or Saving()
    old = article.versions.filter(number=number).first()
    if old is None:
        raise InvalidError("There is no such version.", version="unknown")
    content = content_of(old)
    is_new = content != content_of(newest_version(article))
    _refuse_without_publisher(saving, state=article.state, is_changed=is_new)
    if is_new:
        article.version += 1
        comment = saving.comment or f"Version {number} → Version {article.version}"  # the same in both languages
        _add_version(article, content, replace(saving, comment=comment), by)
    article.updated_by = by
    _move(article, saving.state or article.state, saving.publish_at, is_new=is_new)
    return article


@transaction.atomic
def delete_draft(*, article: Article) -> None:
    """Raises ConflictError for what readers have seen or shall see: links lead there, so it is retired instead."""
    article = _locked(article)
    if article.published_at or article.state not in (ArticleState.DRAFT, ArticleState.IN_REVIEW):
        words = "Only a draft that was never published can be deleted. Retire this article instead."
        raise ConflictError(words, "article_was_published", state=article.state)
    give_up_redirects(article)
    article.delete()


def publish_due() -> int:
    """What was scheduled and is due goes live; how many. Called by a ticker, by any number of processes."""
    due = Article.objects.filter(state=ArticleState.SCHEDULED, publish_at__lte=timezone.now()).order_by("publish_at")
    return sum(_publish_if_due(pk) for pk in list(due.values_list("pk", flat=True)[:DUE_AT_ONCE]))


@transaction.atomic
def _publish_if_due(pk: int) -> bool:
    article = Article.objects.select_for_update(no_key=True).filter(pk=pk, state=ArticleState.SCHEDULED).first()
    if article is None or article.publish_at is None or article.publish_at > timezone.now():
        return False
    _move(article, ArticleState.PUBLISHED, None, by_clock=True)
    return True


def newest_version(article: Article) -> ArticleVersion:
    """What editors work on."""
    return article.versions.get(number=article.version)


def content_of(row: Article | ArticleVersion) -> dict[str, str]:
    """title, summary, body, keywords."""
    return {name: getattr(row, name) for name in CONTENT}


def _locked(article: Article) -> Article:
    """With all its translations, in the order of their keys: a new slug moves them together, and two people who had
    each locked one of them first would wait for each other without end. `no_key`, because rows that point to an article
    are checked at a commit, which must not wait for whoever waits for its counter of changes.

    Raises NotFoundError when it was deleted.
    """
    same = Article.objects.filter(slug__in=Article.objects.filter(pk=article.pk).values("slug"))
    group = Article.objects.select_for_update(no_key=True).filter(pk__in=list(same.values_list("pk", flat=True)))
    rows = {row.pk: row for row in group.order_by("pk")}
    if article.pk not in rows:
        raise NotFoundError("There is no such article any more.")
    return rows[article.pk]


def _locked_original(slug: str) -> Article | None:
    """Of a translation, so that one more in its language waits, and then finds the address taken."""
    same = Article.objects.select_for_update(no_key=True).filter(slug=slug, original=None)
    return same.order_by("pk").first()


def _move(
    article: Article, state: str, publish_at: datetime | None, *, is_new: bool = False, by_clock: bool = False
) -> None:
    """To `state`, and what readers see with it; saved, and told to every process.

    is_new    there are words that readers do not see yet
    by_clock  nobody is there who could correct a link whose target has gone since: it is listed as broken
    """
    if state not in ArticleState.values:
        words = "one of " + ", ".join(ArticleState.values)
        raise InvalidError("Please correct the marked fields.", state=words)
    if state != article.state and next_state(article.state, COMMAND_TO[state]) is None:
        raise _refused(article, COMMAND_TO[state])
    article.publish_at = _time_of(article, publish_at) if state == ArticleState.SCHEDULED else None
    changed, article.state = state != article.state or is_new, state
    if changed and state in OPEN_STATES and not by_clock:
        refuse_dead_links(article, newest_version(article).body)
    if state == ArticleState.RETIRED:
        article.live, article.live_version = False, None
    if state == ArticleState.PUBLISHED and changed:
        article.live, article.live_version, article.published_at = True, article.version, timezone.now()
    if state == ArticleState.PUBLISHED or not article.live:
        for name, value in content_of(newest_version(article)).items():
            setattr(article, name, value)
    if article.live:
        article.shown_to = widest(article.shown_to, article.audience)
    article.save()
    knowledge_changed(article)


def _time_of(article: Article, publish_at: datetime | None) -> datetime:
    at = publish_at or article.publish_at
    if at is None or (at != article.publish_at and at <= timezone.now()):
        raise InvalidError("Choose when it shall be published.", publish_at="a time in the future")
    return at


def _refuse_without_publisher(saving: Saving, *, state: str, is_changed: bool) -> None:
    wanted = saving.state or state
    if not saving.publisher and needs_publisher(state=state, wanted=wanted, is_changed=is_changed):
        words = "You may write, but not decide what readers see. Submit it for review: save it as “in_review”."
        raise ForbiddenError(words, "needs_publisher", permission="publish_knowledge", state=wanted)


def _refuse_to_move_readers(article: Article, checked: CheckedFields, saving: Saving) -> None:
    """Where a live article is found, who may read it and what it is sorted by holds at once, so it can't be proposed
    in a draft."""
    if saving.publisher:
        return
    moved = [name for name in PLACE if checked.place[name] and checked.place[name] != getattr(article, name)]
    moved += sorted_otherwise(article, checked) if article.live else []
    if moved and (article.live or _translations_are_live(article, moved)):
        words = (
            f"Only who may publish changes the {moved[0]} of a live article: readers see it at once. Leave it as it is"
        )
        words += ", say in the comment what you wish, and submit your words for review."
        raise ForbiddenError(words, "needs_publisher", permission="publish_knowledge", field=moved[0])


def _translations_are_live(article: Article, moved: Sequence[str]) -> bool:
    """A new slug renames them, too."""
    return "slug" in moved and Article.objects.filter(slug=article.slug, live=True).exists()


def _add_version(article: Article, content: dict[str, str], saving: Saving, by: User | None) -> None:
    write_links(article, content["body"])
    comment = storable(saving.comment)[:200]
    ArticleVersion.objects.create(
        article=article, number=article.version, **content, minor=saving.minor, comment=comment, by=by
    )


def _current_version(article: Article) -> int:
    return article.live_version or article.version


def _sort(article: Article, checked: CheckedFields) -> None:
    article.products.set(checked.products)
    article.device_models.set(checked.models)


def _refuse_lost_update(article: Article, expected: int | None) -> None:
    if expected is not None and expected != article.version:
        raise ConflictError(
            f"{article.updated_by or 'Somebody else'} has saved this article meanwhile. Look at the difference first.",
            "article_changed",
            version=article.version,
        )


def _refused(article: Article, command: str) -> ConflictError:
    words = f"“{command}” is not possible: this article is {article.get_state_display().lower()}."
    return ConflictError(words, "article_state", state=article.state)
