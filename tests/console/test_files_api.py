"""Files and HTML of strangers: handed out, but never as a page of ours."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from interaction_center.access.models import User
from interaction_center.envelope import FilePart
from interaction_center.queue.models import Attachment, Entry
from tests.access.builders import a_team, a_user, signed_in
from tests.console.builders import a_mail, a_picture, get, post, read, refused

pytestmark = pytest.mark.django_db
HTML = '<p>Hi<script>alert(1)</script></p><img src="https://spy.example/p.gif"><img src="cid:logo">'


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.ATTACHMENTS_DIR = tmp_path_factory.mktemp("attachments")


@pytest.fixture
def anna() -> User:
    return a_user()


@pytest.fixture
def client(anna: User) -> Client:
    return signed_in(anna)


def upload(client: Client, name: str = "plan.txt", content: bytes = b"the plan") -> dict[str, str]:
    file = SimpleUploadedFile(name, content, content_type="text/plain")
    uploaded: dict[str, str] = read(client.post("/api/uploads", {"file": file}))
    return uploaded


def test_an_upload_is_attached_to_an_answer_and_read_back(client: Client) -> None:
    path, file = f"/interactions/{a_mail().public_id}", upload(client)
    post(client, f"{path}/take")
    entry = post(client, f"{path}/reply", {"client_id": "1", "body": "See", "attachments": [file["id"]]})
    assert [attached["name"] for attached in entry["files"]] == ["plan.txt"]
    response = client.get(entry["files"][0]["url"])
    assert b"".join(response) == b"the plan"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_an_upload_is_discarded_by_who_made_it_as_long_as_it_is_not_sent(client: Client) -> None:
    file, ben = upload(client), signed_in(a_user("Ben Agent"))
    refused(ben.delete(f"/api/uploads/{file['id']}"), 404, "not_found")
    read(client.delete(f"/api/uploads/{file['id']}"))
    refused(client.delete(f"/api/uploads/{file['id']}"), 404, "not_found")
    path = f"/interactions/{a_mail().public_id}"
    post(client, f"{path}/take")
    body = {"client_id": "1", "body": "See", "attachments": [file["id"]]}
    refused(client.post(f"/api{path}/reply", body, content_type="application/json"), 422, "invalid")


def test_somebody_elses_upload_is_not_mine(client: Client) -> None:
    file, ben = upload(client), signed_in(a_user("Ben Agent"))
    refused(ben.get(f"/api/attachments/{file['id']}"), 404, "not_found")
    path = f"/interactions/{a_mail().public_id}"
    post(ben, f"{path}/take")
    body = {"client_id": "1", "body": "See", "attachments": [file["id"]]}
    refused(ben.post(f"/api{path}/reply", body, content_type="application/json"), 422, "invalid")


@pytest.mark.parametrize(
    ("part", "inline"),
    [
        (a_picture(), True),
        (FilePart("m.pdf", "application/pdf", b"%PDF-"), True),
        (FilePart("page.html", "text/html", b"<script>1</script>"), False),
        (FilePart("draw.svg", "image/svg+xml", b"<svg/>"), False),
        (FilePart("data.bin", "application/x-thing", b"1"), False),
    ],
)
def test_only_pictures_and_pdf_are_shown_in_place(client: Client, part: FilePart, inline: bool) -> None:
    a_mail(files=(part,))
    response = client.get(f"/api/attachments/{Attachment.objects.get().public_id}")
    assert response["Content-Disposition"].startswith("inline") is inline
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_name_cannot_break_out_of_its_header(client: Client) -> None:
    a_mail(files=(FilePart('a"\r\nSet-Cookie: x=1; ü.txt', "text/plain", b"1"),))
    response = client.get(f"/api/attachments/{Attachment.objects.get().public_id}")
    assert "Set-Cookie" not in response
    assert "\n" not in response["Content-Disposition"]


def test_files_of_other_teams_are_not_found(client: Client) -> None:
    a_mail(files=(a_picture(),), team=a_team("Others"))
    refused(client.get(f"/api/attachments/{Attachment.objects.get().public_id}"), 404, "not_found")


def test_an_empty_or_too_large_upload_is_refused(client: Client, settings: Settings) -> None:
    settings.ATTACHMENT_MAX_BYTES = 100
    file = SimpleUploadedFile("big.bin", b"x" * 101)
    refused(client.post("/api/uploads", {"file": file}), 413, "too_large")
    refused(client.post("/api/uploads", {"file": SimpleUploadedFile("empty.bin", b"")}), 422, "invalid")
    refused(client.post("/api/uploads", {}), 422, "invalid")


def html_entry() -> Entry:
    interaction = a_mail("Hi", html=HTML, files=(FilePart("logo.png", "image/png", b"\x89PNG", content_id="logo"),))
    return Entry.objects.get(interaction=interaction, kind="message")


def test_html_comes_as_a_document_that_can_do_nothing(client: Client) -> None:
    response = client.get(f"/api/entries/{html_entry().public_id}/html")
    page = response.content.decode()
    assert "<script" not in page
    assert ' src="https://spy.example' not in page
    assert f'src="/api/attachments/{Attachment.objects.get().public_id}"' in page
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "https:" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_remote_pictures_come_when_asked_for(client: Client) -> None:
    response = client.get(f"/api/entries/{html_entry().public_id}/html", {"images": "1"})
    assert 'src="https://spy.example/p.gif"' in response.content.decode()
    assert "img-src 'self' data: https:" in response["Content-Security-Policy"]


def test_plain_entries_have_no_html(client: Client) -> None:
    entry = Entry.objects.get(interaction=a_mail(), kind="message")
    assert get(client, f"/interactions/{entry.interaction.public_id}/entries")["items"][1]["html"] is False
    refused(client.get(f"/api/entries/{entry.public_id}/html"), 404, "not_found")
    refused(client.get("/api/entries/none-1/html"), 404, "not_found")
