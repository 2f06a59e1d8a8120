"""Questions over the links between articles: who links here, and which lead nowhere."""

from django.db.models import F, Q

from kb.links import Ref, links_of
from kb.models import Article, ArticleLink, ArticleState, ArticleVersion, LinkKind, SlugRedirect
from kb.resolving import Broken, Reader, broken_of, leads_nowhere, places_of_all_links

MAX_LINKING = 100
MAX_BROKEN = 500  # articles: whoever has more begins with these


def reader_of(article: Article) -> Reader:
    """For whom its links must lead somewhere."""
    return Reader(article.audience, own=article.pk)


def linking_articles(article: Article, *, live: bool = False) -> list[Article]:
    """Those whose newest version links here, by any address that it has had. `live`: only what readers see."""
    old = SlugRedirect.objects.filter(article__slug=article.slug).values("slug")
    here = Q(links__target=article.slug) | Q(links__target__in=old)
    rows = Article.objects.filter(here, links__kind=LinkKind.ARTICLE).exclude(pk=article.pk)
    rows = rows.filter(live=True) if live else rows
    return list(rows.only("public_id", "title", "locale").distinct().order_by("title", "pk")[:MAX_LINKING])


def all_broken_links() -> list[tuple[Article, Broken]]:
    """Every link that leads nowhere for the readers of its article, retired ones aside; in six queries."""
    places = places_of_all_links()
    links = ArticleLink.objects.exclude(article__state=ArticleState.RETIRED).select_related("article")
    only = (f"article__{name}" for name in ("public_id", "title", "locale", "audience"))
    rows = links.only("kind", "target", *only).order_by("article__title", "article__pk")
    broken = (row.article for row in rows if leads_nowhere(Ref(row.kind, row.target), places, reader_of(row.article)))
    articles = list({article.pk: article for article in broken}.values())[:MAX_BROKEN]
    bodies = _newest_bodies(articles)
    return [
        (article, one)
        for article in articles
        for one in broken_of(links_of(bodies[article.pk]), places, reader_of(article))
    ]


def _newest_bodies(articles: list[Article]) -> dict[int, str]:
    newest = ArticleVersion.objects.filter(article__in=articles, number=F("article__version"))
    return dict(newest.values_list("article", "body"))
