"""The fields of an article as they can be stored: checked, and with the rows that they name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interaction_center.errors import InvalidError
from kb.checks import article_problems, storable
from kb.models import Article, Category, DeviceModel, Product

CONTENT = ("title", "summary", "body", "keywords")
PLACE = ("slug", "locale", "audience")


@dataclass(frozen=True, slots=True)
class CheckedFields:
    """`content` belongs to versions; `place` and what the article is sorted by hold at once."""

    content: dict[str, str]
    place: dict[str, str]
    category: Category | None
    products: list[Product]
    models: list[DeviceModel]


def checked_fields(fields: Mapping[str, Any]) -> CheckedFields:
    """Those of `kb.articles.ArticleFields`. Raises InvalidError by field."""
    values = {name: storable(value) if isinstance(value, str) else value for name, value in fields.items()}
    wrong = article_problems(values)
    category = Category.objects.filter(slug=values["category"]).first() if values["category"] else None
    if values["category"] and category is None:
        wrong["category"] = "no category has this slug"
    products = list(Product.objects.filter(key__in=values["products"]))
    models = _models(values["models"])
    if len(products) != len(set(values["products"])):
        wrong["products"] = "one of them is unknown"
    if len(models) != len(set(values["models"])):
        wrong["models"] = "one of them is unknown"
    if wrong:
        raise InvalidError("Please correct the marked fields.", **wrong)
    content, place = ({name: values[name] for name in names} for names in (CONTENT, PLACE))
    return CheckedFields(content, place, category, products, models)


def sorted_by(article: Article) -> dict[str, Any]:
    """What an article is sorted by, as editors write it."""
    return {
        "category": article.category.slug if article.category else "",
        "products": tuple(product.key for product in article.products.all()),
        "models": tuple(model.path for model in article.device_models.all()),
    }


def sorted_otherwise(article: Article, checked: CheckedFields) -> list[str]:
    """Which of them these fields change."""
    rows: dict[str, tuple[set[Any], set[Any]]] = {
        "category": ({article.category}, {checked.category}),
        "products": (set(article.products.all()), set(checked.products)),
        "models": (set(article.device_models.all()), set(checked.models)),
    }
    return [name for name, (now, wanted) in rows.items() if now != wanted]


def _models(paths: Sequence[str]) -> list[DeviceModel]:
    keys = [path.rpartition("/")[2] for path in paths]
    rows = DeviceModel.objects.select_related("product").filter(key__in=keys) if keys else []
    return [model for model in rows if model.path in paths]
