"""What knowledge is sorted by: categories for readers, products (device families) and their models for devices."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from interaction_center.errors import ConflictError, InvalidError, NotFoundError
from kb.changes import targets_changed
from kb.checks import slug_of, storable
from kb.models import Article, Category, DeviceModel, ErrorCode, Product

MAX_NAME = 80
MAX_DESCRIPTION = 500
LAST_POSITION = 10_000
MAX_MODELS = 500


@transaction.atomic
def write_category(
    *,
    names: Mapping[str, str],
    descriptions: Mapping[str, str] | None = None,
    slug: str = "",
    position: int = 0,
    category: Category | None = None,
) -> Category:
    """A new category, or `category` written anew. `slug` "" = stays, or made from the name. Raises InvalidError."""
    names, descriptions = _texts("names", names, MAX_NAME), _texts("descriptions", descriptions or {}, MAX_DESCRIPTION)
    if not names:
        raise InvalidError("Please correct the marked fields.", names=f"1 to {MAX_NAME} characters in one language")
    category = category or Category()
    made = slug_of(names.get("en") or next(iter(names.values()))) or category.public_id
    category.slug = (slug_of(slug) or category.slug or made)[:MAX_NAME]
    _refuse_taken(Category, category, slug=category.slug)
    category.names, category.descriptions = names, descriptions
    category.position = max(0, min(position, LAST_POSITION))
    category.save()
    _tell(_ids(Article.objects.filter(category=category)))
    return category


@transaction.atomic
def change_category(*, category: Category, changes: Mapping[str, Any]) -> Category:
    """Writes these of the fields of `write_category`; the rest stays as it is by now, whoever has changed it since.

    Raises what `write_category` raises, NotFoundError when it was deleted.
    """
    row = Category.objects.select_for_update(no_key=True).filter(pk=category.pk).first()
    if row is None:
        raise NotFoundError("There is no such category any more.")
    now = {name: getattr(row, name) for name in ("names", "descriptions", "position")}
    return write_category(category=row, **{**now, **changes})


@transaction.atomic
def delete_category(*, category: Category) -> None:
    """Its articles stay, without a category."""
    articles = _ids(Article.objects.filter(category=category))
    category.delete()
    _tell(articles)


def ensure_product(name: str) -> Product:
    """The device family of this name in any writing, made when it is new. Raises InvalidError.

    One that was renamed keeps its key, so that the name itself goes first.
    """
    name = " ".join(storable(name).split())
    if known := find_product(name):
        return known
    if not slug_of(name) or len(name) > MAX_NAME:
        raise InvalidError("Please correct the marked fields.", device_family=f"1 to {MAX_NAME} characters")
    return Product.objects.get_or_create(key=key_of(name), defaults={"name": name})[0]


def find_product(name: str) -> Product | None:
    """The device family of this name, else of a name that is written alike."""
    named = Product.objects.filter(name=" ".join(storable(name).split())).order_by("pk").first()
    return named or Product.objects.filter(key=key_of(name)).first()


def key_of(name: str) -> str:
    """What a device family or model of this name is known by; letters spelt out may be longer than the name."""
    return slug_of(name)[:MAX_NAME]


@transaction.atomic
def write_product(*, name: str, models: Sequence[str] = (), product: Product | None = None) -> Product:
    """A new device family with its models, or `product` renamed; its key stays. Raises InvalidError, ConflictError.

    A model that is not named any more goes, unless a device in the field is of it.
    """
    name = " ".join(storable(name).split())
    if product is None:
        _refuse_taken(Product, Product(), key=key_of(name))
        product = ensure_product(name)
    elif not slug_of(name) or len(name) > MAX_NAME:
        raise InvalidError("Please correct the marked fields.", name=f"1 to {MAX_NAME} characters")
    _refuse_taken(Product, product, name=name)
    product.name = name
    product.save()
    _write_models(product, [" ".join(storable(model).split()) for model in models])
    _tell([*_ids(product.error_codes.all()), *_ids(Article.objects.filter(products=product))])
    return product


@transaction.atomic
def change_product(*, product: Product, changes: Mapping[str, Any]) -> Product:
    """Writes these of the fields of `write_product`; the rest stays as it is by now, whoever has changed it since.

    Raises what `write_product` raises, NotFoundError when it was deleted.
    """
    row = Product.objects.select_for_update(no_key=True).filter(pk=product.pk).first()
    if row is None:
        raise NotFoundError("There is no such product any more.")
    now = {"name": row.name, "models": [model.name for model in row.models.all()]}
    return write_product(product=row, **{**now, **changes})


def delete_product(*, product: Product) -> None:
    """Raises ConflictError while error codes or devices belong to it."""
    try:
        with transaction.atomic():
            articles = _ids(Article.objects.filter(products=product))
            product.delete()
            _tell(articles)
    except ProtectedError as error:
        raise ConflictError(
            f"“{product.name}” still has error codes or installed devices. Move or delete them first.", "product_in_use"
        ) from error


def _ids(rows: QuerySet[Article] | QuerySet[ErrorCode]) -> list[str]:
    """Without their texts: a device family may have ten thousand error codes."""
    return list(rows.values_list("public_id", flat=True))


def _tell(public_ids: Sequence[str]) -> None:
    if public_ids:
        targets_changed(public_ids)


def _write_models(product: Product, names: Sequence[str]) -> None:
    wanted = {key_of(name): name for name in names if slug_of(name)}
    if len(wanted) > MAX_MODELS or any(len(name) > MAX_NAME for name in wanted.values()):
        words = f"at most {MAX_MODELS} of {MAX_NAME} characters"
        raise InvalidError("Please correct the marked fields.", models=words)
    try:
        product.models.exclude(key__in=wanted).delete()
    except ProtectedError as error:
        raise ConflictError("An installed device is of a model that you remove.", "model_in_use") from error
    for key, name in wanted.items():
        DeviceModel.objects.update_or_create(product=product, key=key, defaults={"name": name})


def _refuse_taken(kind: type[Category] | type[Product], row: Category | Product, **key: str) -> None:
    if kind._default_manager.filter(**key).exclude(pk=row.pk).exists():
        raise InvalidError("There is one of this name already.", **dict.fromkeys(key, "already taken"))


def _texts(field: str, texts: Mapping[str, str], limit: int) -> dict[str, str]:
    cleaned = {locale: storable(text).strip() for locale, text in texts.items()}
    if unknown := set(cleaned) - set(dict(settings.LANGUAGES)):
        raise InvalidError("Please correct the marked fields.", **{field: f"unknown language: {min(unknown)[:20]!r}"})
    if any(len(text) > limit for text in cleaned.values()):
        raise InvalidError("Please correct the marked fields.", **{field: f"at most {limit} characters each"})
    return {locale: text for locale, text in cleaned.items() if text}
