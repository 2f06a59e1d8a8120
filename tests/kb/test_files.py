"""Images and attachments of articles: kept, shown to whoever may read the article, found by their words."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from interaction_center.access.models import Permission
from interaction_center.errors import ConflictError
from kb import file_texts, files
from kb.articles import ArticleFields, Saving, move_article, update_article
from kb.file_texts import text_of
from kb.files import MAX_FILES, path_of, remove_file, remove_orphans
from kb.images import MAX_SIDE, Image, image_of
from kb.models import Article, KnowledgeFile
from kb.services import suggest
from tests.kb.api_client import person, send
from tests.kb.builders import draft, published
from tests.kb.file_builders import a_file, gif, jpeg, pdf, png, upload, webp
from tests.portal.builders import a_browser_of

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.KNOWLEDGE_FILES_DIR = tmp_path
    return tmp_path


@pytest.fixture
def editor() -> Client:
    return person(Permission.EDIT_KNOWLEDGE, Permission.PUBLISH_KNOWLEDGE)


def sent(client: Client, article: Article, name: str, content: bytes, kind: str, status: int = 201) -> dict[str, Any]:
    response = client.post(f"/api/kb/articles/{article.public_id}/files", {"file": upload(name, content, kind)})
    assert response.status_code == status, response.content
    answer: dict[str, Any] = response.json()
    return answer


def with_body(article: Article, body: str, state: str = "") -> Article:
    fields = ArticleFields(
        locale=article.locale, title=article.title, slug=article.slug, audience=article.audience, body=body
    )
    return update_article(article=article, fields=fields, by=None, saving=Saving(state=state))


def test_an_image_is_kept_and_shown_by_its_markdown(editor: Client) -> None:
    article = draft()
    file = sent(editor, article, "C:\\plan [1].png", png(30, 20), "application/x-whatever")
    assert (file["filename"], file["content_type"], file["is_image"]) == ("plan [1].png", "image/png", True)
    assert file["markdown"] == f"![plan \\[1\\]](file:{file['id']})"
    path = f"/kb/articles/{article.public_id}"
    shown = send(editor, "PATCH", path, {"body": f"{file['markdown']}", "state": "published"}, 200)
    words = ('alt="plan [1]"', 'loading="lazy"', 'width="30"', 'height="20"', f'src="{file["url"]}"')
    assert all(word in shown["html"] for word in words)
    assert shown["files"] == [file]
    response = Client().get(file["url"])
    assert b"".join(response) == png(30, 20)


def test_a_file_that_is_no_image_is_a_download_even_where_an_image_is_wanted(editor: Client) -> None:
    article = published()
    for name, content, kind in (("x.svg", SVG, "image/svg+xml"), ("x.html", b"<script>", "text/html")):
        file = sent(editor, article, name, content, kind)
        assert (file["is_image"], file["markdown"]) == (False, f"[{name}](file:{file['id']})")
        response = editor.get(file["url"])
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["Content-Type"] != "image/svg+xml"
        html = send(editor, "POST", "/kb/preview", {"body": f"![see](file:{file['id']})"}, 200)["html"]
        assert f'<a href="{file["url"]}" rel="noopener">see</a>' in html


def test_a_file_cannot_act_as_a_page_of_ours(editor: Client) -> None:
    article = published()
    file = sent(editor, article, "plan.png", png(), "image/png")
    with_body(article, file["markdown"])
    response = Client().get(file["url"])
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["Content-Disposition"] == 'inline; filename="plan.png"'


STAFF = {"editor": (Permission.EDIT_KNOWLEDGE,), "agent": (Permission.WORK_QUEUE,), "nobody": ()}


@pytest.mark.parametrize(
    ("kind", "readers"),
    [
        ("public", {"editor", "agent", "nobody", "visitor", "customer"}),
        ("customer", {"editor", "agent", "customer"}),
        ("internal", {"editor", "agent"}),
        ("draft", {"editor"}),
        ("retired", {"editor"}),
    ],
)
def test_a_file_is_read_by_whoever_may_read_its_article(kind: str, readers: set[str]) -> None:
    audience = kind if kind in ("customer", "internal") else "public"
    article = draft(audience=audience)
    file = a_file(article)
    article = with_body(article, f"![plan](file:{file.public_id})", "draft" if kind == "draft" else "published")
    if kind == "retired":
        article = move_article(article=article, command="retire", by=None)
    path = f"/help/files/{file.public_id}/plan.png"
    clients = {name: person(*rights) for name, rights in STAFF.items()}
    clients |= {"visitor": Client(), "customer": a_browser_of("jo@example.org")}
    assert {name for name, client in clients.items() if client.get(path).status_code == 200} == readers


def may_get(file: KnowledgeFile, client: Client | None = None) -> bool:
    response = (client or Client()).get(f"/help/files/{file.public_id}/plan.png")
    return response.status_code == 200


def test_a_file_beside_a_live_article_is_for_editors_until_readers_see_a_link_to_it(editor: Client) -> None:
    article = published()
    file, agent = a_file(article), person(Permission.WORK_QUEUE)
    assert [may_get(file, one) for one in (Client(), agent, editor)] == [False, False, True]
    article = with_body(article, f"![plan](file:{file.public_id})", "draft")
    assert [may_get(file, one) for one in (Client(), agent, editor)] == [False, False, True]
    article = move_article(article=article, command="publish", by=None)
    assert may_get(file)
    article = with_body(article, "Without.", "draft")
    assert may_get(file)
    move_article(article=article, command="publish", by=None)
    assert [may_get(file, one) for one in (Client(), agent, editor)] == [False, False, True]


def test_a_file_of_one_article_is_handed_out_by_another_that_links_to_it() -> None:
    article = published("Paper")
    file = a_file(article)
    assert not may_get(file)
    linking = published("Film", body=f"[plan](file:{file.public_id})", audience="internal")
    assert not may_get(file)
    with_body(linking, f"`file:{file.public_id}`", "published")
    published("Foil", body=f"[plan](file:{file.public_id})")
    assert may_get(file)
    move_article(article=article, command="retire", by=None)
    assert not may_get(file)


def test_words_that_are_no_link_hand_out_nothing() -> None:
    article = published()
    file = a_file(article)
    article = with_body(article, f"`file:{file.public_id}`", "published")
    assert not may_get(file)
    with_body(article, f"[x](file:{file.public_id})", "draft")
    assert not may_get(file)


def test_a_public_file_may_be_kept_and_is_asked_about_each_time_and_others_are_kept_nowhere(editor: Client) -> None:
    article = published()
    file = a_file(article)
    path = f"/help/files/{file.public_id}/plan.png"
    assert editor.get(path).headers["Cache-Control"] == "private, no-store"
    article = with_body(article, f"![plan](file:{file.public_id})")
    for client in (Client(), editor):
        response = client.get(path)
        assert (response.headers["Cache-Control"], response.headers["ETag"]) == ("public, no-cache", f'"{file.sha256}"')
        again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    move_article(article=article, command="retire", by=None)
    assert Client().get(path, headers={"If-None-Match": f'"{file.sha256}"'}).status_code == 404


def test_nobody_writes_files_without_the_right_to_write() -> None:
    article = published()
    sent(person(Permission.WORK_QUEUE), article, "x.png", png(), "image/png", 403)
    sent(Client(), article, "x.png", png(), "image/png", 401)
    send(person(Permission.WORK_QUEUE), "DELETE", f"/kb/files/{a_file(article).public_id}", {}, 403)


def test_too_large_and_empty_files_are_refused(editor: Client, settings: LazySettings) -> None:
    settings.ATTACHMENT_MAX_BYTES = 4
    assert sent(editor, draft(), "x.txt", b"12345", "text/plain", 413)["details"] == {"limit": 4}
    assert sent(editor, draft("Other"), "x.txt", b"", "text/plain", 422)["details"] == {"file": "empty"}
    assert not KnowledgeFile.objects.exists()


def test_an_article_has_a_limited_number_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILES", 2)
    article = draft()
    for _ in range(2):
        a_file(article)
    with pytest.raises(ConflictError, match="at most 2 files"):
        a_file(article)
    assert MAX_FILES == 50


def test_a_file_that_a_text_shows_stays(editor: Client) -> None:
    article = published(body="")
    file = a_file(article)
    article = with_body(article, f"![plan](file:{file.public_id})")
    article = with_body(article, "", "draft")  # readers still see the version before
    with pytest.raises(ConflictError):
        remove_file(file=file)
    assert send(editor, "DELETE", f"/kb/files/{file.public_id}", {}, 409)["code"] == "file_in_use"
    move_article(article=article, command="publish", by=None)
    send(editor, "DELETE", f"/kb/files/{file.public_id}", {}, 200)
    assert Client().get(f"/help/files/{file.public_id}/plan.png").status_code == 404


def age(path: Path) -> None:
    os.utime(path, (time.time() - 7200, time.time() - 7200))


def test_bytes_that_no_row_names_go_and_the_others_stay(folder: Path) -> None:
    article = draft()
    first, same, other = a_file(article), a_file(article), a_file(article, content=gif())
    for file in (first, other):
        age(path_of(file))
    remove_file(file=first)
    remove_file(file=other)
    assert remove_orphans() == 1
    assert [path.name for path in folder.glob("??/*")] == [same.sha256]
    remove_file(file=same)
    assert remove_orphans() == 1
    fresh = a_file(article)
    KnowledgeFile.objects.all().delete()
    assert remove_orphans() == 0  # its row may not be committed yet
    assert path_of(fresh).exists()


def test_the_words_of_a_file_are_found_once_readers_see_a_text_that_shows_it() -> None:
    article = published("Service manual", body="See the plan.")
    file = a_file(article, "manual.pdf", pdf("Error QX-4711: replace the collimator"), "application/pdf")
    assert suggest("QX-4711") == suggest("collimator") == []
    link = f"See [the plan](file:{file.public_id})."
    article = with_body(article, link, "draft")
    assert suggest("collimator", audience="internal") == []
    move_article(article=article, command="publish", by=None)
    for question in ("QX-4711", "the screen shows QX-4711", "how do I replace the collimator"):
        assert [one.title for one in suggest(question)] == ["Service manual"]


def test_texts_and_pdfs_are_read_and_what_is_broken_is_kept_without_words() -> None:
    assert text_of(pdf("Page one", "Page two"), "application/pdf") == "Page one Page two"
    assert text_of("Größe;5\r\n".encode("utf-16"), "text/csv") == "Größe;5"
    assert text_of("Größe".encode("cp1252"), "text/plain") == "Größe"
    assert text_of(b"<p>Word <b>two</b></p>", "text/html") == "Word two"
    assert text_of(pdf("Page one"), "application/octet-stream") == "Page one"
    for broken in (b"%PDF-1.4\nnothing", pdf("x")[:200], b"%PDF-"):
        assert text_of(broken, "application/pdf") == ""
        assert a_file(draft(f"{len(broken)}"), "b.pdf", broken, "application/pdf").size == len(broken)
    assert text_of(png(), "image/png") == text_of(b"\0\1\2", "application/zip") == ""


def test_reading_a_pdf_has_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_texts, "MAX_PAGES", 2)
    assert text_of(pdf("one", "two", "three"), "application/pdf") == "one two"
    monkeypatch.setattr(file_texts, "MAX_TEXT", 5)
    assert text_of(pdf("one", "two", "three"), "application/pdf") == "one t"
    monkeypatch.setattr(file_texts, "MAX_WAIT", 0.0)
    assert text_of(pdf("one"), "application/pdf") == ""


def test_a_page_that_would_take_hours_costs_a_second_and_what_was_read_before_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_texts, "MAX_SECONDS", 1)
    endless = pdf("Page one", "x) Tj (" * 1_000_000)
    assert text_of(endless, "application/pdf") == "Page one"


def test_a_reader_of_a_pdf_has_bounded_memory() -> None:
    words = "from kb.pdf_reader import MAX_BYTES, bound; bound(10); bytearray(MAX_BYTES)"
    done = subprocess.run([sys.executable, "-c", words], stderr=subprocess.PIPE, check=False)
    assert b"MemoryError" in done.stderr


@pytest.mark.parametrize(("make", "kind"), [(png, "png"), (gif, "gif"), (jpeg, "jpeg"), (webp, "webp")])
def test_an_image_is_known_by_its_first_bytes_with_its_size(make: Any, kind: str) -> None:
    assert image_of(make(640, 480)) == Image(f"image/{kind}", 640, 480)


@pytest.mark.parametrize("content", [SVG, b"", b"BM", b"\x89PNG", b"RIFF1234WAVE", pdf("x")])
def test_nothing_else_is_an_image(content: bytes) -> None:
    assert image_of(content) is None


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"RIFF....WEBPVP8 "]), st.binary(max_size=200)
)
def test_no_bytes_break_the_reading_of_a_header(start: bytes, rest: bytes) -> None:
    image = image_of(start + rest)
    assert image is not None
    assert 0 <= image.width <= MAX_SIDE
