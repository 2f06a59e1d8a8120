"""Questions of readers who browse: shelves, devices and their codes, what is near. Each names its audience."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Length

from kb.checks import storable
from kb.links import refs_of
from kb.models import (
    Article,
    ArticleState,
    ArticleVersion,
    Category,
    DeviceModel,
    ErrorCode,
    KnowledgeFile,
    LinkKind,
    SlugRedirect,
)
from kb.policy import audiences_of
from kb.search.codes import fold_code, look_alike, nearest
from kb.selectors import in_language, readable_articles, readable_codes

NO_SHELF = "-"  # in addresses: what belongs to no category; no category can have this slug
NEAR_CODES = 6
CODES_AROUND = 500  # on each side of an unknown code


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category as readers see it. `slug` names it in addresses; name "" = what belongs to no category."""

    slug: str
    name: str
    description: str
    articles: int


def shelves(*, locale: str, audience: str) -> list[Shelf]:
    """Every category with readable articles in this language, in its order; last, what belongs to none."""
    readable = Q(articles__live=True, articles__audience__in=audiences_of(audience), articles__locale=locale)
    rows = Category.objects.annotate(readable=Count("articles", filter=readable)).filter(readable__gt=0)
    found = [Shelf(row.slug, row.name_in(locale), row.description_in(locale), row.readable) for row in rows]
    without = articles_of_shelf(slug=NO_SHELF, locale=locale, audience=audience).count()
    return [*found, Shelf(NO_SHELF, "", "", without)] if without else found


def shelf(*, slug: str, locale: str, audience: str) -> Shelf | None:
    """One of them; None where these readers would find it empty."""
    return next((one for one in shelves(locale=locale, audience=audience) if one.slug == slug), None)


def articles_of_shelf(*, slug: str, locale: str, audience: str) -> QuerySet[Article]:
    """Its readable articles in this language, by title."""
    rows = readable_articles(audience).filter(locale=locale).order_by("title", "pk")
    return rows.filter(category=None) if slug == NO_SHELF else rows.filter(category__slug=slug)


def shelf_locales(*, slug: str, audience: str) -> list[str]:
    """The languages in which a shelf has something for these readers."""
    rows = readable_articles(audience)
    rows = rows.filter(category=None) if slug == NO_SHELF else rows.filter(category__slug=slug)
    return list(rows.order_by("locale").values_list("locale", flat=True).distinct())


def article_locales(*, slug: str, audience: str) -> list[str]:
    """The languages in which these readers find an article."""
    return list(readable_articles(audience).filter(slug=slug).order_by("locale").values_list("locale", flat=True))


def is_withdrawn(*, slug: str, audience: str) -> bool:
    """Whether these readers found something here once. Not true for what never went live, or not for them."""
    slugs = [slug, *SlugRedirect.objects.filter(slug=slug).values_list("article__slug", flat=True)]
    readers = audiences_of(audience)
    gone = Article.objects.filter(slug__in=slugs, state=ArticleState.RETIRED, shown_to__in=readers)
    return gone.filter(audience__in=readers).exists()


def written_at(article: Article) -> datetime:
    """When the words that readers see were written."""
    version = ArticleVersion.objects.filter(article=article, number=article.live_version or 0)
    return version.values_list("at", flat=True).first() or article.updated_at


def attachments(article: Article) -> list[KnowledgeFile]:
    """The files that its live text links to, pictures aside: what lies beside an article may belong to a draft."""
    linked = [ref.target for ref in refs_of(article.body) if ref.kind == LinkKind.FILE]
    rows = article.files.filter(public_id__in=linked, is_image=False).defer("text")
    return list(rows.order_by("filename", "pk"))


def related_articles(*, article: Article, audience: str, limit: int) -> list[Article]:
    """Others about the same devices or of the same category, in its language; most devices in common first."""
    products = [product.pk for product in article.products.all()]
    same = Q(category=article.category) if article.category else Q()
    common = Count("products", filter=Q(products__in=products))
    rows = readable_articles(audience).filter(same | Q(products__in=products), locale=article.locale)
    return list(rows.exclude(pk=article.pk).annotate(common=common).order_by("-common", "title", "pk")[:limit])


def device_families(*, audience: str) -> list[tuple[str, str, int]]:
    """(key, name, number of codes) of every device family with error codes."""
    rows = readable_codes(audience).values_list("product__key", "product__name")
    return list(rows.annotate(n=Count("code_key", distinct=True)).order_by("product__name"))


def family_name(*, family_key: str, audience: str) -> str:
    """The name of a device family with error codes for these readers; "" when there is none."""
    rows = readable_codes(audience).filter(product__key=family_key)
    return rows.values_list("product__name", flat=True).first() or ""


def family_locales(*, family_key: str, audience: str) -> list[str]:
    """The languages in which these readers find codes of a device family."""
    rows = readable_codes(audience).filter(product__key=family_key)
    return list(rows.order_by("locale").values_list("locale", flat=True).distinct())


def models_of_family(*, family_key: str) -> list[DeviceModel]:
    """The models of a device family."""
    return list(DeviceModel.objects.filter(product__key=family_key))


def articles_of_family(*, family_key: str, locale: str, audience: str, limit: int) -> list[Article]:
    """What is written about a device family, in this language."""
    rows = readable_articles(audience).filter(products__key=family_key, locale=locale)
    return list(rows.order_by("title", "pk")[:limit])


def code_keys_of_family(*, family_key: str, audience: str, find: str = "") -> QuerySet[ErrorCode, str]:
    """The keys of a family's codes, each once; those alone in whose code or meaning `find` stands."""
    rows, find = readable_codes(audience).filter(product__key=family_key), storable(find).strip()
    if find:
        meant, key = Q(meaning__icontains=find), fold_code(find)
        rows = rows.filter(meant | Q(code_key__contains=key) if key else meant)
    return rows.order_by("code_key").values_list("code_key", flat=True).distinct()


def codes_of_family(*, family_key: str, keys: Sequence[str], locale: str, audience: str) -> list[ErrorCode]:
    """The codes with these keys in the order of the keys, each in this language where it exists, else in another."""
    rows: dict[str, list[ErrorCode]] = {}
    for code in readable_codes(audience).filter(product__key=family_key, code_key__in=keys).order_by("locale"):
        rows.setdefault(code.code_key, []).append(code)
    found = (in_language(rows.get(key, []), locale) for key in keys)
    return [code for code in found if code is not None]


def code_locales(*, code: ErrorCode, audience: str) -> list[str]:
    """The languages in which these readers find a code of a device."""
    rows = readable_codes(audience).filter(product=code.product, code_key=code.code_key)
    return list(rows.order_by("locale").values_list("locale", flat=True))


def codes_on_devices(*, code: str, locale: str, audience: str) -> list[ErrorCode]:
    """The same code on every device that has it, one for each."""
    rows: dict[str, list[ErrorCode]] = {}
    same = readable_codes(audience).filter(code_key=fold_code(code))
    for row in same.order_by("product__name", "locale"):
        rows.setdefault(row.product.key, []).append(row)
    found = (in_language(of_device, locale) for of_device in rows.values())
    return [row for row in found if row is not None]


def near_codes(*, family_key: str, code: str, locale: str, audience: str) -> list[ErrorCode]:
    """Codes of this device that somebody may have meant who wrote an unknown one, the nearest first."""
    key = fold_code(code)
    around = _keys_around(key, family_key, audience) | _keys_around(look_alike(key), family_key, audience)
    keys = nearest(key, sorted(around), limit=NEAR_CODES)
    return codes_of_family(family_key=family_key, keys=keys, locale=locale, audience=audience)


def _keys_around(key: str, family_key: str, audience: str) -> set[str]:
    """Those before and behind it in the order of the keys, which begin like it, of about its length: a family may have
    tens of thousands, and comparing each letter by letter takes a tenth of a second."""
    rows = code_keys_of_family(family_key=family_key, audience=audience).annotate(length=Length("code_key"))
    alike = rows.filter(length__gte=(len(key) + 1) // 2, length__lte=len(key) * 2)
    before = alike.filter(code_key__lt=key).order_by("-code_key")[:CODES_AROUND]
    return {*before, *alike.filter(code_key__gte=key)[:CODES_AROUND]}


def articles_of_code(*, code: ErrorCode, audience: str) -> list[Article]:
    """What says more about a code."""
    return list(readable_articles(audience).filter(error_codes=code).order_by("title", "pk"))
