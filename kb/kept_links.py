"""Links of an article with each save: kept with its newest version, and none that leads nowhere is shown to others."""

from interaction_center.errors import InvalidError
from kb.linking import reader_of
from kb.links import Ref, refs_of
from kb.models import Article, ArticleLink
from kb.resolving import MISSING, broken_links


def write_links(article: Article, body: str) -> None:
    """What the newest version points to."""
    refs = refs_of(body)
    known = {Ref(row.kind, row.target): row.pk for row in article.links.all()}
    article.links.filter(pk__in=[pk for ref, pk in known.items() if ref not in refs]).delete()
    new = sorted(refs - set(known), key=str)
    ArticleLink.objects.bulk_create(ArticleLink(article=article, kind=ref.kind, target=ref.target) for ref in new)


def refuse_dead_links(article: Article, body: str) -> None:
    """Before others read it. What exists and is only not live yet may go live any minute. Raises InvalidError."""
    dead = [one for one in broken_links(body, reader_of(article)) if one.reason == MISSING]
    if dead:
        lines = "; ".join(f"line {one.link.line}: {one.message}" for one in dead[:10])
        raise InvalidError("Some links lead nowhere. Correct or remove them.", body=lines)
