"""What the widget asks by HTTP: only for pages of its site, only the visitor's own, and answers before a person."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from channels_app.email.services import create_mailbox, update_mailbox
from channels_app.web_chat import limits
from channels_app.web_chat.services import promise_answer
from channels_app.web_chat.visitors import Visitor
from interaction_center.access import visitor_tokens
from interaction_center.access.models import Site
from interaction_center.envelope import FilePart
from interaction_center.queue.files import store_file
from interaction_center.queue.models import Attachment, Interaction
from interaction_center.routing.selectors import open_offers_of
from interaction_center.routing.services import offer_next, set_status
from kb.models import KnowledgeEvent
from tests.access.builders import a_calendar, a_site, a_team
from tests.builders import a_waiting_chat, an_agent, happened
from tests.kb.builders import draft, error_code, published

pytestmark = pytest.mark.django_db

SHOP = "https://shop.example"


@pytest.fixture(autouse=True)
def fresh_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with full buckets."""
    monkeypatch.setattr("channels_app.web_chat.views.DOORS", limits.Doors())


@pytest.fixture
def site() -> Site:
    return a_site("Shop", origins=[SHOP])


def ask(site: Site, path: str, *, origin: str = SHOP, method: str = "GET", **query: Any) -> Any:
    headers = {"Origin": origin} if origin else {}
    values = {"site": site.key, **query}
    text = "&".join(f"{key}={value}" for key, value in values.items())
    return Client(headers=headers).generic(method, f"/chat/{path}?{text}")


def tell(site: Site, path: str, body: Any, *, origin: str = SHOP) -> Any:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    url = f"/chat/{path}?site={site.key}"
    return Client(headers={"Origin": origin}).post(url, data, content_type="application/json")


def read(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = json.loads(answer.content)
    return found


def a_token(site: Site) -> tuple[str, str]:
    """A visitor and their token."""
    visitor = visitor_tokens.new_visitor()
    return visitor, visitor_tokens.issue(site, visitor)


def upload(site: Site, token: str, content: bytes = b"\x89PNG", name: str = "photo.png", **values: str) -> Any:
    file = SimpleUploadedFile(name, content, values.get("kind", "image/png"))
    headers = {"Origin": SHOP, "Authorization": values.get("scheme", "Visitor ") + token}
    return Client(headers=headers).post(f"/chat/upload?site={site.key}", {"file": file})


# Which pages may ask


@pytest.mark.parametrize("path", ["config", "suggest", "solved", "upload", "article"])
def test_only_pages_of_the_sites_own_origins_may_ask(site: Site, path: str) -> None:
    for origin in (
        "https://evil.example",
        "http://shop.example",
        "https://shop.example:8443",
        "null",
        "https://a.shop.example",
    ):
        answer = ask(site, path, origin=origin)
        assert read(answer, 403)["code"] == "forbidden"
    assert ask(site, path, method="OPTIONS").status_code == 204


def test_the_answer_is_for_the_page_that_asked_and_for_no_other(site: Site) -> None:
    answer = ask(site, "config")
    assert answer["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in answer["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer
    assert not answer.cookies


def test_a_preflight_names_methods_and_headers(site: Site) -> None:
    answer = ask(site, "upload", method="OPTIONS")
    assert "POST" in answer["Access-Control-Allow-Methods"]
    assert "Authorization" in answer["Access-Control-Allow-Headers"]


def test_our_own_pages_may_ask(site: Site) -> None:
    assert ask(site, "config", origin="http://testserver").status_code == 200


def test_an_unknown_or_switched_off_site_is_not_found(site: Site) -> None:
    assert read(Client().get("/chat/config?site=nonsense"), 404)["code"] == "not_found"
    assert read(Client().get("/chat/config"), 404)["code"] == "not_found"
    Site.objects.update(active=False)
    assert ask(site, "config").status_code == 404


def test_the_wrong_method_is_refused(site: Site) -> None:
    assert ask(site, "config", method="POST").status_code == 405
    assert ask(site, "solved").status_code == 405


@pytest.mark.parametrize(
    "path", ["config?site=%00", "article?site={key}&id=%00%00", "suggest?site={key}&q=%00abc%ff", "files/%00?s=x"]
)
def test_what_no_database_takes_is_no_fault_of_ours(site: Site, path: str) -> None:
    assert Client().get("/chat/" + path.format(key=site.key)).status_code in (200, 401, 404)


# How the widget looks and what it promises


def test_the_config_says_how_it_looks_and_what_is_promised_when_somebody_is_there(site: Site) -> None:
    an_agent()
    found = read(ask(site, "config"))
    assert (found["site"], found["name"], found["accent"]) == (site.key, "Shop", site.accent)
    assert (found["open"], found["agents"], found["opens_at"]) == (True, True, None)
    assert found["limits"]["body"] == 8_000


def test_with_nobody_there_it_is_open_but_without_agents(site: Site) -> None:
    found = read(ask(site, "config"))
    assert (found["open"], found["agents"]) == (True, False)
    assert found["promise"]["by"]
    set_status(user=an_agent(), wanted="busy")
    assert read(ask(site, "config"))["agents"] is False


def test_who_is_with_somebody_already_is_promised_nothing_though_the_last_place_is_taken(site: Site) -> None:
    anna = an_agent(capacity=1)
    chats = [a_waiting_chat(visitor, account=site.key) for visitor in ("v-1", "v-2")]
    offer_next(timezone.now())
    assert read(ask(site, "config"))["agents"] is False
    for chat in chats:
        visitor = Visitor(id=chat.conversation, site_key=site.key, team="", language="en", returning=False)
        promise_answer(visitor, chat.public_id)
    assert ["promised" in happened(chat) for chat in chats] == [False, True]
    assert open_offers_of(anna)[0].interaction == chats[0]


def test_out_of_hours_it_says_when_we_are_back_and_by_when_there_is_an_answer() -> None:
    an_agent()
    site = a_site("Closed shop", origins=[SHOP], calendar=a_calendar())
    with time_machine.travel("2026-03-08T12:00:00Z"):  # a Sunday
        found = read(ask(site, "config"))
    assert (found["open"], found["agents"]) == (False, False)
    assert found["opens_at"].startswith("2026-03-09T")
    assert found["promise"]["by"].startswith("2026-03-09T12:00")  # Monday 9:00 in Berlin and four hours of opening time
    assert found["promise"].keys() == {"by"}


def test_the_config_says_whether_an_answer_can_go_on_by_mail(site: Site) -> None:
    assert read(ask(site, "config"))["mail"] is False
    mailbox = create_mailbox(address="service@center.test")
    site = a_site("With mail", origins=[SHOP])
    assert read(ask(site, "config"))["mail"] is True
    update_mailbox(mailbox=mailbox, active=False)
    assert read(ask(site, "config"))["mail"] is False


def test_an_agent_of_another_team_does_not_count_as_there() -> None:
    an_agent()
    site = a_site("Team shop", origins=[SHOP], team=a_team("Printers"))
    assert read(ask(site, "config"))["agents"] is False


# Answers before a person is asked


def test_the_widget_suggests_before_anybody_writes(site: Site) -> None:
    article = published("Change the paper")
    draft("Secret paper")
    found = read(ask(site, "config", lang="en"))["suggestions"]
    assert [(item["id"], item["title"]) for item in found] == [(article.public_id, "Change the paper")]


def test_a_question_finds_articles_and_codes_in_its_language(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.live_index.LIVE_INDEX.check_every", 0.0)
    published("Change the paper", body="Open the tray.")
    published("Papier wechseln", body="Klappe öffnen.", locale="de")
    error_code("E-04")
    assert read(ask(site, "suggest", q="how to change the paper", lang="en"))["items"][0]["title"] == "Change the paper"
    assert read(ask(site, "suggest", q="papier wechseln", lang="de"))["items"][0]["title"] == "Papier wechseln"
    assert read(ask(site, "suggest", q="shows e04", lang="en"))["items"][0]["reason"] == {"code": "E-04"}
    assert Interaction.objects.count() == 0


def test_an_answer_opens_in_the_widget_a_draft_does_not(site: Site) -> None:
    article = published("Change the paper", body="Open the **tray**.")
    page = read(ask(site, "article", id=article.public_id))
    assert page["title"] == "Change the paper"
    assert page["blocks"] == [{"t": "p", "text": "Open the tray."}]
    assert set(page) == {"id", "kind", "title", "blocks", "url"}
    assert ask(site, "article", id=draft("Secret").public_id).status_code == 404


def test_that_solved_it_is_counted_once_and_nobody_is_asked(site: Site) -> None:
    article = published()
    body = {"q": "paper", "article": article.public_id, "visitor": "v-1"}
    answers = [tell(site, "solved", body) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
    assert [json.loads(answer.content)["recorded"] for answer in answers] == [True, False, False, False, False]
    assert KnowledgeEvent.objects.filter(kind="solved").count() == 1
    assert Interaction.objects.count() == 0
    assert read(tell(site, "solved", body | {"visitor": "v-2"}), 201)["recorded"] is True


@pytest.mark.parametrize("body", ["", "{", "[]", "1", '"x"', "[" * 50_000, b"\xff\xfe"])
def test_what_is_no_json_object_is_a_bad_request(site: Site, body: str | bytes) -> None:
    assert read(tell(site, "solved", body), 400)["code"] == "bad_request"


@pytest.mark.parametrize("body", [{"q": 1}, {"article": ["x"]}, {"visitor": {"a": 1}}])
def test_a_text_that_is_none_is_a_bad_request(site: Site, body: object) -> None:
    assert read(tell(site, "solved", body), 400)["code"] == "bad_request"


def test_a_body_of_ten_megabytes_is_refused_with_a_reason(site: Site) -> None:
    answer = tell(site, "solved", json.dumps({"q": "x" * 10 * 2**20}))
    assert read(answer, 413)["code"] == "too_large"


def test_who_asks_too_often_waits(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUESTS_PER_SECOND", 1)
    monkeypatch.setattr("channels_app.web_chat.views.DOORS", limits.Doors())
    answers = [ask(site, "suggest", q="pap") for _ in range(10)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert read(refused[0], 429)["details"]["retry_after"] > 0


@pytest.mark.parametrize("path", ["config", "suggest", "article", "solved", "upload"])
def test_every_question_counts_and_behind_a_proxy_everybody_for_themselves(
    site: Site, path: str, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    monkeypatch.setattr(limits, "REQUESTS_PER_SECOND", 0.25)
    monkeypatch.setattr("channels_app.web_chat.views.DOORS", limits.Doors())
    monkeypatch.setattr(settings.CONFIG, "trust_proxy", True)
    method = "POST" if path in ("solved", "upload") else "GET"

    def status(forwarded: str) -> int:
        headers = {"Origin": SHOP, "X-Forwarded-For": forwarded}
        answer = Client(headers=headers).generic(method, f"/chat/{path}?site={site.key}&id=x")
        return answer.status_code

    assert status("192.0.2.1") != 429
    assert status("192.0.2.1") == 429
    assert status("192.0.2.1, 192.0.2.2") != 429
    assert status("192.0.2.2, 192.0.2.1") == 429


# Files


def test_a_visitor_uploads_a_file(site: Site) -> None:
    visitor, token = a_token(site)
    found = read(upload(site, token), 201)
    assert (found["name"], found["type"], found["size"]) == ("photo.png", "image/png", 4)
    assert Attachment.objects.get(public_id=found["id"]).owner == f"visitor:{visitor}"


def test_what_a_visitor_may_upload_a_day_is_bounded(
    site: Site, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    monkeypatch.setattr(settings.CONFIG, "visitor_upload_mb_per_day", 1)
    monkeypatch.setattr("channels_app.web_chat.views.DOORS", limits.Doors())
    (_, token), (_, other) = a_token(site), a_token(site)
    assert upload(site, token, b"x" * 2**20).status_code == 201
    assert read(upload(site, token, b"y" * 2**19), 429)["code"] == "rate_limited"
    assert upload(site, other, b"x").status_code == 201


def test_a_visitor_discards_their_own_upload_and_nobody_elses(site: Site) -> None:
    _, token = a_token(site)
    _, thief = a_token(site)
    file = read(upload(site, token), 201)["id"]

    def discard(token: str) -> int:
        headers = {"Origin": SHOP, "Authorization": f"Visitor {token}"}
        return Client(headers=headers).delete(f"/chat/upload?site={site.key}&id={file}").status_code

    assert [discard("nonsense"), discard(thief), discard(token), discard(token)] == [401, 404, 204, 404]
    assert "DELETE" in ask(site, "upload", method="OPTIONS")["Access-Control-Allow-Methods"]


def test_an_upload_needs_a_token_of_this_site(site: Site) -> None:
    other = a_site("Other", origins=[SHOP])
    _, token = a_token(site)
    _, foreign = a_token(other)
    tampered = token[:-1] + ("a" if token[-1] != "a" else "b")
    for bad, scheme in (
        ("", "Visitor "),
        ("nonsense", "Visitor "),
        (tampered, "Visitor "),
        (foreign, "Visitor "),
        (token, "Bearer "),
    ):
        assert read(upload(site, bad, scheme=scheme), 401)["code"] == "unauthorized"
    with time_machine.travel(timezone.now() + visitor_tokens.TOKEN_AGE + timedelta(minutes=1)):
        assert upload(site, token).status_code == 401
    assert Attachment.objects.count() == 0


def test_an_empty_missing_or_too_large_file_is_refused(site: Site, settings: LazySettings) -> None:
    _, token = a_token(site)
    assert read(upload(site, token, b""), 422)["code"] == "invalid"
    headers = {"Origin": SHOP, "Authorization": f"Visitor {token}"}
    assert read(Client(headers=headers).post(f"/chat/upload?site={site.key}"), 422)["details"] == {"file": "required"}
    settings.ATTACHMENT_MAX_BYTES = 10 * 2**20 - 1
    answer = upload(site, token, b"x" * 10 * 2**20)
    assert read(answer, 413)["code"] == "too_large"
    assert Attachment.objects.count() == 0


def a_file(kind: str = "image/png", name: str = "photo.png") -> Attachment:
    return store_file(FilePart(name, kind, b"content"))


def signed(file: Attachment) -> str:
    return f"/chat/files/{file.public_id}?s={visitor_tokens.sign_file(file.public_id)}"


def test_a_signed_address_opens_its_file_for_a_time() -> None:
    url = signed(a_file())
    answer = Client().get(url)
    assert b"".join(answer.streaming_content) == b"content"  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "image/png"
    with time_machine.travel(timezone.now() + visitor_tokens.FILE_AGE + timedelta(seconds=2)):
        assert Client().get(url).status_code == 401


def test_a_forged_or_borrowed_signature_opens_nothing() -> None:
    mine, other = a_file(), a_file()
    signature = visitor_tokens.sign_file(mine.public_id)
    for url in (
        f"/chat/files/{other.public_id}?s={signature}",
        f"/chat/files/{mine.public_id}",
        f"/chat/files/{mine.public_id}?s=",
        f"/chat/files/{mine.public_id}?s={signature[:-1]}",
        f"/chat/files/{mine.public_id}?s=1:x",
    ):
        assert read(Client().get(url), 401)["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("text/html", "x.html"), ("image/svg+xml", "x.svg"), ("text/plain", "x.txt"), ("application/pdf", "x.pdf")],
)
def test_what_could_run_or_wants_a_viewer_is_only_downloaded(kind: str, name: str) -> None:
    answer = Client().get(signed(a_file(kind, name)))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    answer.close()
