"""What else may help who reads an article, and where its own links lead."""

from dataclasses import dataclass, replace

from kb.browsing import related_articles
from kb.links import Ref, Target
from kb.live_index import article_path
from kb.models import Article, LinkKind
from kb.resolving import Reader, targets_for
from kb.services import suggest

RELATED = 4


@dataclass(frozen=True, slots=True)
class Link:
    """Where to go on."""

    path: str
    title: str


def related(article: Article, audience: str) -> list[Link]:
    """Articles that the search finds for its title, then others about the same devices or of its category."""
    device = next((product.name for product in article.products.all()), "")
    found = suggest(article.title, device=device, locale=article.locale, audience=audience, limit=RELATED + 1)
    near = [Link(one.path, one.title) for one in found if one.kind == "article" and one.id != article.public_id]
    same = related_articles(article=article, audience=audience, limit=RELATED)
    return list(dict.fromkeys([*near, *(Link(article_path(one), one.title) for one in same)]))[:RELATED]


def inner_links(article: Article, audience: str) -> dict[Ref, Target]:
    """What these readers may follow of its text: pages in the language of the article, files as they are."""
    found = targets_for(article.body, Reader(audience))
    return {ref: target if ref.kind == LinkKind.FILE else _in(article.locale, target) for ref, target in found.items()}


def _in(locale: str, target: Target) -> Target:
    return replace(target, path=target.path.replace("/help/", f"/help/{locale}/", 1))
