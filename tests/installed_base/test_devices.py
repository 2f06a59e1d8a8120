"""What stands at a customer: once per serial number, shown with merged histories, and told to the search."""

from collections.abc import Sequence

import pytest
from django.db.models import ProtectedError
from django.test import Client

from interaction_center.access.models import Permission
from interaction_center.customers.models import ContactPoint, Customer
from interaction_center.customers.services import merge_customers, undo_merge
from interaction_center.envelope import Proof
from interaction_center.errors import ConflictError, InvalidError
from interaction_center.installed_base.models import InstalledDevice
from interaction_center.installed_base.selectors import context_of_address, device_context, devices_of
from interaction_center.installed_base.services import change_device, register_device, remove_device
from kb.catalogue import write_product
from kb.devices import names_a_device
from kb.models import LearnedQuestion
from kb.search.documents import Document
from kb.search.families import Families
from tests.access.builders import a_user, signed_in
from tests.console.builders import a_mail, get, post, refused, send
from tests.kb.api_client import person
from tests.kb.builders import error_code, published
from tests.kb.conftest import fresh_index

__all__ = ["fresh_index"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    for name, models in (("Aurora MR", ["Aurora MR 3T"]), ("Kestrel DX", []), ("Filma P", [])):
        write_product(name=name, models=models)


def a_customer(name: str = "Eva", email: str = "", proof: Proof = Proof.RECEIVED) -> Customer:
    customer = Customer.objects.create(name=name)
    if email:
        ContactPoint.objects.create(customer=customer, kind="email", value=email, normalised=email, proof=proof)
    return customer


def a_device(customer: Customer, product: str = "kestrel-dx", serial: str = "", model: str = "") -> InstalledDevice:
    return register_device(customer=customer, product=product, serial=serial, model=model)


def names(customer: Customer) -> list[str]:
    return [str(device) for device in devices_of(customer)]


def test_a_device_is_called_by_its_model_and_its_serial_is_written_in_one_way() -> None:
    customer = a_customer()
    a_device(customer, "aurora-mr", " amr-20417 ", "aurora-mr-3t")
    assert names(customer) == ["Aurora MR 3T AMR-20417"]


def test_two_devices_of_a_family_have_two_serials_and_those_without_do_not_clash() -> None:
    one, two = a_customer(), a_customer()
    a_device(one, serial="K-1")
    for customer in (one, two):
        a_device(customer)
    a_device(two, "filma-p", serial="K-1")
    with pytest.raises(ConflictError) as caught:
        a_device(two, serial="k-1")
    assert (caught.value.code, names(two)) == ("serial_taken", ["Filma P K-1", "Kestrel DX"])


def test_a_removed_device_may_stand_elsewhere_and_comes_back_only_while_it_does_not() -> None:
    one, two = a_customer(), a_customer()
    device = a_device(one, serial="K-1")
    remove_device(device=device)
    assert names(one) == []
    change_device(device=device, active=True)
    assert names(one) == ["Kestrel DX K-1"]
    remove_device(device=device)
    a_device(two, serial="K-1")
    with pytest.raises(ConflictError):
        change_device(device=device, active=True)


def test_merged_customers_show_all_their_devices_and_separated_ones_their_own() -> None:
    one, two = a_customer("One"), a_customer("Two")
    a_device(one, serial="K-1")
    a_device(two, "filma-p")
    merge = merge_customers(loser=two, winner=one, reason="agent")
    assert names(one) == names(two) == ["Filma P", "Kestrel DX K-1"]
    undo_merge(merge=merge)
    assert (names(one), names(two)) == (["Kestrel DX K-1"], ["Filma P"])


def test_what_stands_at_a_customer_is_not_deleted_from_the_catalogue() -> None:
    device = a_device(a_customer(), "aurora-mr", model="aurora-mr-3t")
    for row in (device.product, device.model):
        assert row is not None
        with pytest.raises(ProtectedError):
            row.delete()


def test_a_change_of_the_family_drops_the_model_of_the_other() -> None:
    device = a_device(a_customer(), "aurora-mr", "A-1", "aurora-mr-3t")
    assert str(change_device(device=device, product="filma-p")) == "Filma P A-1"


def test_what_is_wrong_is_said_by_field() -> None:
    with pytest.raises(InvalidError) as caught:
        register_device(customer=a_customer(), product="x", model="y", serial="1" * 61, place="p" * 121)
    assert set(caught.value.details) == {"product", "model", "serial", "place"}


def test_a_text_that_names_a_device_needs_no_context() -> None:
    customer = a_customer()
    a_device(customer, "aurora-mr", model="aurora-mr-3t")
    a_device(customer)
    devices = list(devices_of(customer))
    assert device_context(devices, "It shows E-04") == "Aurora MR, Aurora MR 3T, Kestrel DX"
    assert device_context(devices, "The Filma P shows E-04") == ""
    assert device_context([], "It shows E-04") == ""


def test_names_are_worked_out_anew_only_when_they_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def counted(documents: Sequence[Document]) -> Families:
        made.append(len(documents))
        return Families(documents)

    monkeypatch.setattr("kb.devices.Families", counted)
    product = write_product(name="Quaver Q7")
    assert [names_a_device(text) for text in ("The Quaver hums", "A Quaver", "A Zither")] == [True, True, False]
    write_product(name="Zither Z7", product=product)
    assert [names_a_device(text) for text in ("A Quaver", "A Zither")] == [False, True]
    assert len(made) == 2


@pytest.mark.parametrize(
    ("proof", "context"), [(Proof.TYPED, ""), (Proof.RECEIVED, "Kestrel DX"), (Proof.VERIFIED, "Kestrel DX")]
)
def test_a_typed_address_tells_nothing_of_its_owner(proof: Proof, context: str) -> None:
    a_device(a_customer(email="eva@example.org", proof=proof))
    assert context_of_address("Eva@example.org", "It shows E-04") == context
    assert context_of_address("nobody@example.org", "It shows E-04") == ""


def shared_codes() -> None:
    for family in ("Aurora MR", "Kestrel DX", "Filma P"):
        error_code("E-04", family, meaning=f"Meant by {family}")


def suggested(client: Client, text: str) -> list[str]:
    interaction = a_mail(text, subject="", sender="eva@example.org")
    found = get(client, f"/interactions/{interaction.public_id}/suggestions")["items"]
    return [item["title"] for item in found]


def test_a_shared_code_is_told_apart_by_the_device_of_the_customer() -> None:
    shared_codes()
    client, customer = signed_in(a_user()), a_customer(email="eva@example.org")
    a_device(customer)
    assert [title.rpartition("(")[2] for title in suggested(client, "It shows E-04")] == ["Kestrel DX)"]
    a_device(customer, "filma-p")
    both = {title.rpartition("(")[2] for title in suggested(client, "It shows E-04 again")}
    assert both == {"Kestrel DX)", "Filma P)"}
    assert [title.rpartition("(")[2] for title in suggested(client, "The Aurora MR shows E-04")] == ["Aurora MR)"]


def test_serial_numbers_of_the_customer_are_not_learnt_with_their_question() -> None:
    client, customer = signed_in(a_user()), a_customer(email="eva@example.org")
    a_device(customer, serial="KD77")
    article = published("Change the paper").public_id
    interaction = a_mail("How does the roller of kd77 get new film?", subject="", sender="eva@example.org")
    post(client, f"/interactions/{interaction.public_id}/suggestions/{article}/inserted")
    assert LearnedQuestion.objects.get().text == "How does the roller of … get new film?"


def test_agents_add_change_remove_and_take_back_a_device() -> None:
    client, customer = signed_in(a_user()), a_customer()
    path = f"/customers/{customer.public_id}/devices"
    made = post(client, path, {"product": "aurora-mr", "model": "aurora-mr-3t", "serial": "a-1", "place": "Room 2"})
    assert get(client, path)["items"] == [made]
    assert (made["name"], made["serial"], made["place"]) == ("Aurora MR 3T", "A-1", "Room 2")
    changed = send(client, "PATCH", f"{path}/{made['id']}", {"place": "Room 3"})
    assert changed.status_code == 200
    assert get(client, path)["items"][0]["place"] == "Room 3"
    assert send(client, "DELETE", f"{path}/{made['id']}").status_code == 204
    assert get(client, path)["items"] == []
    send(client, "PATCH", f"{path}/{made['id']}", {"active": True})
    assert [item["id"] for item in get(client, path)["items"]] == [made["id"]]
    families = get(client, "/device-families")["items"]
    assert families[0] == {
        "key": "aurora-mr",
        "name": "Aurora MR",
        "models": [{"key": "aurora-mr-3t", "name": "Aurora MR 3T"}],
    }


def test_a_device_is_reached_by_its_own_customer_only() -> None:
    client, one, two = signed_in(a_user()), a_customer(), a_customer()
    device = a_device(one).public_id
    for method in ("PATCH", "DELETE"):
        refused(send(client, method, f"/customers/{two.public_id}/devices/{device}", {}), 404, "not_found")
    assert names(one) == ["Kestrel DX"]


def test_devices_are_for_those_who_work_in_the_queue() -> None:
    editor, customer = person(Permission.EDIT_KNOWLEDGE), a_customer()
    path = f"/customers/{customer.public_id}/devices"
    refused(editor.get(f"/api{path}"), 403, "forbidden")
    refused(Client().get(f"/api{path}"), 401, "unauthorized")
