"""What knowledge is sorted by: categories and products over HTTP."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interaction_center.access.models import Permission
from kb.catalogue import write_category, write_product
from kb.models import Category, DeviceModel, KnowledgeChange, Product
from kb.services import suggest
from tests.kb.api_client import person, send
from tests.kb.builders import draft, error_code, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return person(Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)


def test_a_category_is_written_changed_and_deleted_and_its_articles_stay(editor: Client) -> None:
    names = {"en": "Account", "de": "Konto"}
    row = send(editor, "POST", "/kb/categories", {"names": names, "position": 2}, 201)
    assert (row["slug"], row["names"], row["position"], row["articles"]) == ("account", names, 2, 0)
    article = draft(category="account")
    path = f"/kb/categories/{row['id']}"
    changed = send(editor, "PATCH", path, {"names": {"en": "Sign-in"}, "descriptions": {"en": "Passwords"}}, 200)
    assert (changed["slug"], changed["names"], changed["descriptions"]) == (
        "account",
        {"en": "Sign-in"},
        {"en": "Passwords"},
    )
    assert (changed["position"], changed["articles"]) == (2, 1)
    send(editor, "DELETE", path, {}, 200)
    article.refresh_from_db()
    assert article.category is None
    send(editor, "PATCH", path, {}, 404)


def test_categories_are_listed_as_readers_see_them(editor: Client) -> None:
    for position, name in ((3, "Third"), (1, "First"), (2, "Second")):
        write_category(names={"en": name}, position=position)
    draft(category="second")
    items = send(editor, "GET", "/kb/categories", {}, 200)["items"]
    assert [(item["slug"], item["articles"]) for item in items] == [("first", 0), ("second", 1), ("third", 0)]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"names": {}}, "names"),
        ({"names": {"en": " "}}, "names"),
        ({"names": {"en": "x" * 81}}, "names"),
        ({"names": {"tlh": "x"}}, "names"),
        ({"names": {"en": "Account"}}, "slug"),
        ({"names": {"en": "x"}, "descriptions": {"en": "x" * 501}}, "descriptions"),
    ],
)
def test_a_wrong_category_is_refused_by_field(editor: Client, data: dict[str, Any], field: str) -> None:
    write_category(names={"en": "Account"})
    assert set(send(editor, "POST", "/kb/categories", data, 422)["details"]) == {field}
    assert Category.objects.count() == 1


def test_a_category_that_no_slug_can_be_made_of_has_one_all_the_same(editor: Client) -> None:
    rows = [send(editor, "POST", "/kb/categories", {"names": {"en": name}}, 201) for name in ("日本", "中国", "ü" * 80)]
    assert len({row["slug"] for row in rows if row["slug"]}) == 3
    assert max(len(row["slug"]) for row in rows) <= 80


def test_a_product_has_models_and_keeps_its_key(editor: Client) -> None:
    row = send(editor, "POST", "/kb/products", {"name": "Aurora MR", "models": ["Aurora MR 3T", "Aurora MR 1T"]}, 201)
    assert (row["key"], [model["key"] for model in row["models"]]) == ("aurora-mr", ["aurora-mr-1t", "aurora-mr-3t"])
    error_code("E-04", "Aurora MR")
    draft(products=("aurora-mr",))
    path = f"/kb/products/{row['id']}"
    changed = send(editor, "PATCH", path, {"name": "Borealis"}, 200)
    assert (changed["key"], changed["name"], len(changed["models"])) == ("aurora-mr", "Borealis", 2)
    assert (changed["codes"], changed["articles"]) == (1, 1)
    fewer = send(editor, "PATCH", path, {"models": ["Aurora MR 3T"]}, 200)
    assert [model["name"] for model in fewer["models"]] == ["Aurora MR 3T"]
    assert DeviceModel.objects.count() == 1
    assert send(editor, "DELETE", path, {}, 409)["code"] == "product_in_use"


def test_a_new_name_of_a_product_is_found_at_once(editor: Client) -> None:
    error_code("E-04", "Aurora MR")
    published("Clean the cover", products=("aurora-mr",))
    product = Product.objects.get()
    send(editor, "PATCH", f"/kb/products/{product.public_id}", {"name": "Borealis"}, 200)
    assert "Borealis" in suggest("e04 borealis")[0].title


def test_a_new_name_reads_no_texts_of_what_it_holds_for(editor: Client) -> None:
    write_category(names={"en": "Account"})
    code = error_code("E-04", "Aurora MR")
    article = published("Clean the cover", products=("aurora-mr",), category="account")
    product, category = Product.objects.get(), Category.objects.get()
    with CaptureQueriesContext(connection) as captured:
        write_category(names={"en": "Sign-in"}, category=category)
        write_product(name="Borealis", product=product)
    assert [query["sql"] for query in captured if '"body"' in query["sql"] or '"remedy"' in query["sql"]] == []
    told = KnowledgeChange.objects.order_by("number").values_list("targets", flat=True)
    assert list(told)[-2:] == [[article.public_id], [code.public_id, article.public_id]]


@pytest.mark.parametrize("name", ["", "  ", "???", "x" * 81, "Kestrel DX"])
def test_a_wrong_name_of_a_product_is_refused(editor: Client, name: str) -> None:
    row = send(editor, "POST", "/kb/products", {"name": "Aurora MR"}, 201)
    send(editor, "POST", "/kb/products", {"name": "Kestrel DX"}, 201)
    send(editor, "PATCH", f"/kb/products/{row['id']}", {"name": name}, 422)
    send(editor, "POST", "/kb/products", {"name": name}, 422)
    assert set(Product.objects.values_list("name", flat=True)) == {"Aurora MR", "Kestrel DX"}


def test_lists_cost_the_same_whatever_they_hold(editor: Client) -> None:
    def queries() -> list[int]:
        counts = []
        for kind in ("categories", "products"):
            with CaptureQueriesContext(connection) as captured:
                send(editor, "GET", f"/kb/{kind}", {}, 200)
            counts.append(len(captured))
        return counts

    write_product(name="Aurora MR", models=["One"])
    before = queries()
    for number in range(5):
        write_category(names={"en": f"Shelf {number}"})
        write_product(name=f"Family {number}", models=["One", "Two"])
        error_code("E-1", f"Family {number}")
        draft(f"About {number}", category=f"shelf-{number}", products=(f"family-{number}",))
    assert queries() == before
    counts = [(item["codes"], item["articles"]) for item in send(editor, "GET", "/kb/products", {}, 200)["items"]]
    assert counts == [(0, 0), *[(1, 1)] * 5]


@pytest.mark.parametrize("kind", ["categories", "products"])
def test_nobody_sorts_without_the_right_to_write(kind: str) -> None:
    for client, status in ((person(Permission.WORK_QUEUE), 403), (Client(), 401)):
        send(client, "GET", f"/kb/{kind}", {}, status)
        send(client, "POST", f"/kb/{kind}", {"name": "x", "names": {"en": "x"}}, status)
