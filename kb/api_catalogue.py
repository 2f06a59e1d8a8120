"""What knowledge is sorted by, over HTTP: categories and products. Readers see every change of them at once."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from interaction_center.access.doors import require
from interaction_center.access.models import Permission
from interaction_center.errors import NotFoundError
from kb import catalogue, selectors
from kb.checks import storable
from kb.models import Category, Product
from kb.schemas import (
    CategoryIn,
    CategoryList,
    CategoryOut,
    CategoryPatch,
    Deleted,
    ProductIn,
    ProductList,
    ProductOut,
    ProductPatch,
)

router = Router(tags=["knowledge"])


@router.get("/kb/categories", response=CategoryList)
def list_categories(request: HttpRequest) -> dict[str, Any]:
    """All categories in the order in which readers see them."""
    require(request, Permission.EDIT_KNOWLEDGE)
    return {"items": [_category_wire(row) for row in selectors.counted_categories()]}


@router.post("/kb/categories", response={201: CategoryOut})
def create_category(request: HttpRequest, data: CategoryIn) -> Status[dict[str, Any]]:
    """A new category. Needs `publish_knowledge`."""
    require(request, Permission.PUBLISH_KNOWLEDGE)
    return Status(201, _category_wire(_category(catalogue.write_category(**data.dict()).public_id)))


@router.patch("/kb/categories/{category_id}", response=CategoryOut)
def update_category(request: HttpRequest, category_id: str, data: CategoryPatch) -> dict[str, Any]:
    """Changes what is given. Needs `publish_knowledge`."""
    require(request, Permission.PUBLISH_KNOWLEDGE)
    catalogue.change_category(category=_category(category_id), changes=data.dict(exclude_none=True))
    return _category_wire(_category(category_id))


@router.delete("/kb/categories/{category_id}", response=Deleted)
def delete_category(request: HttpRequest, category_id: str) -> dict[str, Any]:
    """Its articles stay, without a category. Needs `publish_knowledge`."""
    require(request, Permission.PUBLISH_KNOWLEDGE)
    catalogue.delete_category(category=_category(category_id))
    return {"ok": True}


@router.get("/kb/products", response=ProductList)
def list_products(request: HttpRequest) -> dict[str, Any]:
    """All device families with their models, by name."""
    require(request, Permission.EDIT_KNOWLEDGE)
    return {"items": [_product_wire(row) for row in selectors.counted_products()]}


@router.post("/kb/products", response={201: ProductOut})
def create_product(request: HttpRequest, data: ProductIn) -> Status[dict[str, Any]]:
    """A new device family. Its key is made from the name and stays when that changes. Needs `publish_knowledge`."""
    require(request, Permission.PUBLISH_KNOWLEDGE)
    return Status(201, _product_wire(_product(catalogue.write_product(**data.dict()).public_id)))


@router.patch("/kb/products/{product_id}", response=ProductOut)
def update_product(request: HttpRequest, product_id: str, data: ProductPatch) -> dict[str, Any]:
    """Changes what is given. 409 when a model would go of which a device is installed. Needs `publish_knowledge`."""
    require(request, Permission.PUBLISH_KNOWLEDGE)
    catalogue.change_product(product=_product(product_id), changes=data.dict(exclude_none=True))
    return _product_wire(_product(product_id))


@router.delete("/kb/products/{product_id}", response=Deleted)
def delete_product(request: HttpRequest, product_id: str) -> dict[str, Any]:
    """409 while error codes or devices belong to it. Needs `publish_knowledge`."""
    require(request, Permission.PUBLISH_KNOWLEDGE)
    catalogue.delete_product(product=_product(product_id))
    return {"ok": True}


def _category(category_id: str) -> Category:
    row = selectors.counted_categories().filter(public_id=storable(category_id)).first()
    if row is None:
        raise NotFoundError("There is no such category.")
    return row


def _product(product_id: str) -> Product:
    row = selectors.counted_products().filter(public_id=storable(product_id)).first()
    if row is None:
        raise NotFoundError("There is no such product.")
    return row


def _category_wire(row: Category) -> dict[str, Any]:
    names = ("slug", "names", "descriptions", "position", "n_articles")
    return {name.removeprefix("n_"): getattr(row, name) for name in names} | {"id": row.public_id}


def _product_wire(row: Product) -> dict[str, Any]:
    names = ("key", "name", "n_codes", "n_articles")
    models = [{"key": model.key, "name": model.name} for model in row.models.all()]
    return {name.removeprefix("n_"): getattr(row, name) for name in names} | {"id": row.public_id, "models": models}
