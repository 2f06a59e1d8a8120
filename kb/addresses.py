"""Where an article is found: its slug, shared by its translations, and every one that it has had."""

from interaction_center.errors import InvalidError
from kb.changes import knowledge_changed
from kb.checks import slug_of
from kb.models import Article, SlugRedirect


def rename(article: Article, slug: str, locale: str) -> None:
    """All translations move together; every old address leads to the new one. Raises InvalidError.

    Whoever calls has locked them all; one that was added meanwhile is locked here.
    """
    if (slug, locale) == (article.slug, article.locale):
        return
    old = article.slug
    if slug != old and Article.objects.filter(slug=slug).exists():
        raise _taken()
    if locale != article.locale:
        refuse_taken_slug(old, locale)
    if slug != old:
        together = list(Article.objects.select_for_update().filter(slug=old).order_by("pk"))
        Article.objects.filter(pk__in=[row.pk for row in together]).update(slug=slug)
        SlugRedirect.objects.filter(slug=slug, article__in=together).delete()
        _leave_redirect(old, article, was_read=any(row.published_at for row in together))
        knowledge_changed(*together)
    article.slug, article.locale = slug, locale


def give_up_redirects(article: Article) -> None:
    """It is about to go: the addresses that it has had lead to its translations from now on."""
    other = Article.objects.filter(slug=article.slug).exclude(pk=article.pk).order_by("pk").first()
    if other:
        SlugRedirect.objects.filter(article=article).update(article=other)


def refuse_taken_slug(slug: str, locale: str) -> None:
    """Raises InvalidError when there is an article in this language already."""
    if Article.objects.filter(slug=slug, locale=locale).exists():
        raise _taken()


def free_slug(title: str) -> str:
    """Made from the title; none that an article has or has had."""
    base = slug_of(title)[:110] or "article"
    taken = set(Article.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(SlugRedirect.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def _leave_redirect(slug: str, article: Article, *, was_read: bool) -> None:
    """What nobody has read takes no address from an article that was found there before."""
    write = SlugRedirect.objects.update_or_create if was_read else SlugRedirect.objects.get_or_create
    write(slug=slug, defaults={"article": article})


def _taken() -> InvalidError:
    return InvalidError("Another article has this address already.", slug="already taken")
