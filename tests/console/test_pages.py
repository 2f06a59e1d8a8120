"""The pages of our own: sign in, set-up, console, widget, health, errors."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from interaction_center.access import services
from interaction_center.access.models import User
from interaction_center.access.rate_limits import Buckets
from interaction_center.console import pages, public, setup
from interaction_center.settings import content_security_policy
from tests.access.builders import PASSWORD, a_user, an_administrator, signed_in

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de"}
ENTRY = {
    "console/main.tsx": {"file": "assets/main-1.js", "css": ["assets/main-1.css"], "imports": ["_shared.js"]},
    "_shared.js": {"file": "assets/shared-2.js", "css": ["assets/shared-2.css"], "imports": ["_shared.js"]},
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(ENTRY))
    monkeypatch.setattr(pages, "MANIFEST", manifest)
    return manifest


@pytest.fixture
def widget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "widget.js"
    script.write_text("(()=>{})()")
    monkeypatch.setattr(public, "WIDGET", script)
    return script


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "attempts", Buckets(rate=0.2, burst=10))


def text(response: Any) -> str:
    return re.sub(r"<[^>]+>", " ", response.content.decode())


def test_the_console_asks_to_sign_in_first(built: Path) -> None:
    response = Client().get("/console/queue/mine")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/console/queue/mine"


@pytest.mark.parametrize("path", ["/console/", "/console/c/abc", "/console/settings/agents"])
def test_every_address_of_the_console_is_its_one_page(built: Path, path: str) -> None:
    response = signed_in(a_user(language="de")).get(path)
    page = response.content.decode()
    assert '<html lang="de" data-theme="system">' in page
    assert '<script type="module" src="/static/console/assets/main-1.js"></script>' in page
    assert page.count('rel="stylesheet"') == 2
    assert '<link rel="modulepreload" href="/static/console/assets/shared-2.js">' in page
    nonce = re.search(r'name="csp-nonce" content="([^"]+)"', page)
    assert nonce is not None
    assert f"'nonce-{nonce[1]}'" in response["Content-Security-Policy"]


def test_a_console_that_is_not_built_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MANIFEST", tmp_path / "none.json")
    response = signed_in(a_user()).get("/console/")
    assert response.status_code == 503
    assert "bin/serve" in text(response)


def test_the_widget_is_for_every_page_and_cached(widget: Path) -> None:
    response = Client().get("/widget.js")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert "max-age=" in response["Cache-Control"]
    again = Client().get("/widget.js", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    widget.write_text("(()=>{1})()")
    assert Client().get("/widget.js", headers={"If-None-Match": response["ETag"]}).status_code == 200


def test_a_widget_that_is_not_built_says_so(widget: Path) -> None:
    widget.unlink()
    assert Client().get("/widget.js").status_code == 503


def test_health_is_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/healthz").json() == {"status": "ok", "database": "up"}

    class Down:
        def cursor(self) -> None:
            raise DatabaseError

    monkeypatch.setattr(public, "connection", Down())
    assert Client().get("/healthz").status_code == 503


def test_people_sign_in_by_address_and_out_again() -> None:
    a_user(email="kim@center.test", password=PASSWORD)
    client = Client()
    response = client.post("/accounts/login/", {"login": "Kim@center.test", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/console/")
    assert client.get("/api/me").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/api/me").status_code == 401


def test_a_wrong_password_is_said_in_the_readers_language() -> None:
    a_user(email="kim@center.test", password=PASSWORD)
    wrong = {"login": "kim@center.test", "password": "not it at all"}
    assert "not correct" in text(Client().post("/accounts/login/", wrong))
    german = Client().post("/accounts/login/", wrong, headers=GERMAN)
    assert "Anmelden" in text(german)
    assert 'role="alert"' in german.content.decode()


def test_guessing_passwords_is_slowed_down() -> None:
    a_user(email="kim@center.test", password=PASSWORD)
    wrong = {"login": "kim@center.test", "password": "not it at all"}
    pages_seen = [text(Client().post("/accounts/login/", wrong)) for _ in range(12)]
    assert "Too many" in pages_seen[-1]


def test_nobody_signs_up_by_themselves() -> None:
    assert Client().get("/accounts/signup/")["Location"] == "/accounts/login/"
    assert Client().post("/accounts/signup/", {"email": "x@y.example", "password1": PASSWORD}).status_code == 302
    assert not User.objects.exists()


def test_a_forgotten_password_is_set_anew_by_a_mailed_link(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    a_user(email="kim@center.test")
    Client().post("/accounts/password/reset/", {"email": "kim@center.test"}, headers=GERMAN)
    message = mail.outbox[0]
    assert message.subject == "Wählen Sie ein neues Passwort"
    link = re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", str(message.body))
    assert link is not None
    client = Client()
    form = client.get(link[1], follow=True)
    new = {"password1": "four-green-bicycles", "password2": "four-green-bicycles"}
    client.post(form.request["PATH_INFO"], new)
    assert Client().login(email="kim@center.test", password="four-green-bicycles")
    assert "used up" in text(Client().get(link[1], follow=True))


def test_the_host_that_asks_for_a_new_password_does_not_decide_where_the_link_leads(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ALLOWED_HOSTS = ["*"]
    a_user(email="kim@center.test")
    Client(headers={"Host": "evil.example"}).post("/accounts/password/reset/", {"email": "kim@center.test"})
    (message,) = mail.outbox
    assert "evil.example" not in str(message.body)
    assert settings.PUBLIC_BASE_URL in str(message.body)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_open_account_pages_are_complete_in_both_languages(path: str, language: str) -> None:
    response = Client().get(path, headers={"Accept-Language": language})
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()


@pytest.mark.parametrize("path", ["/accounts/logout/", "/accounts/password/change/", "/accounts/reauthenticate/"])
def test_account_pages_of_people_who_are_signed_in(path: str) -> None:
    assert signed_in(a_user(password=PASSWORD)).get(path).status_code == 200


def a_form(link: str, **values: str) -> dict[str, str]:
    return {"token": link, "name": "First", "email": "first@center.test", "password": PASSWORD, **values}


def test_the_setup_page_makes_one_administrator_and_signs_them_in() -> None:
    token, client = services.create_setup_link(), Client()
    assert client.get("/setup/").status_code == 200
    response = client.post("/setup/", a_form(token))
    assert (response.status_code, response["Location"]) == (302, "/console/")
    assert "manage_settings" in client.get("/api/me").json()["permissions"]
    second = Client().post("/setup/", a_form(token, email="second@center.test"))
    assert second.status_code == 404
    assert "setuplink" in text(second)
    assert User.objects.count() == 1


def test_a_spent_setup_link_is_told_before_the_form_is_filled_with_the_whole_command() -> None:
    old, token = services.create_setup_link(), services.create_setup_link()
    assert Client().post("/setup/check/", {"token": token}).status_code == 204
    assert Client().post("/setup/check/", {"token": old}).status_code == 404
    Client().post("/setup/", a_form(token))
    assert Client().post("/setup/check/", {"token": token}).status_code == 404
    assert ".venv/bin/python -m django setuplink" in text(Client().get("/setup/"))


def test_the_sign_in_page_is_ready_to_type_into_and_speaks_our_words() -> None:
    english, german = (
        Client().get("/accounts/login/", headers={"Accept-Language": language}).content.decode()
        for language in ("en", "de")
    )
    assert all(words in english for words in ("autofocus", ">E-mail<", ">Keep me signed in<"))
    assert all(words in german for words in ("autofocus", ">E-Mail<", ">Angemeldet bleiben<"))


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"password": "short"}, 422),
        ({"email": "nonsense"}, 422),
        ({"name": ""}, 422),
        ({"token": ""}, 422),
        ({"token": "x"}, 404),
    ],
)
def test_a_wrong_setup_form_keeps_what_was_typed(values: dict[str, str], status: int) -> None:
    response = Client().post("/setup/", a_form(services.create_setup_link(), **values))
    assert response.status_code == status
    page = response.content.decode()
    assert f'value="{values.get("name", "First")}"' in page
    assert PASSWORD not in page
    assert not User.objects.exists()


def test_guessing_setup_tokens_is_slowed_down() -> None:
    statuses = [Client().post("/setup/", a_form("x")).status_code for _ in range(12)]
    assert statuses[-1] == 429


def test_the_setup_page_in_german() -> None:
    assert "Anlegen und anmelden" in text(Client().get("/setup/", headers=GERMAN))


def test_errors_are_pages_for_people() -> None:
    missing = Client().get("/nothing/here", headers=GERMAN)
    assert missing.status_code == 404
    assert "Hier ist nichts" in text(missing)


@pytest.mark.parametrize("headers", [{}, {"accept-language": "de"}])
def test_a_name_that_nobody_has_set_is_told_with_what_to_set(headers: dict[str, str]) -> None:
    refused = Client().get("/console/", headers={"host": "192.0.2.7:8000", **headers})
    assert refused.status_code == 400
    for setting in ("PUBLIC_BASE_URL", "ALLOWED_HOSTS"):
        assert setting in text(refused)


def test_a_form_that_was_open_too_long_says_so() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "open for too long" in text(response)


def test_pages_carry_the_headers_that_protect_them() -> None:
    response = Client().get("/accounts/login/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_the_administrator_can_call_everything_that_the_console_needs_at_its_start() -> None:
    client = signed_in(an_administrator())
    for path in ("/me", "/queue", "/people", "/teams"):
        assert client.get(f"/api{path}").status_code == 200


def signed_in_by_form() -> Client:
    """Somebody who has signed in and, as changes of the second factor ask for it, confirmed the password."""
    a_user(email="kim@center.test", password=PASSWORD)
    client = Client()
    client.post("/accounts/login/", {"login": "kim@center.test", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def a_code(client: Client) -> str:
    """What the authenticator app would show after scanning the picture of this page."""
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)
    assert secret is not None
    assert 'src="data:image/svg+xml' in page
    counter = next(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret[1], counter)))


def test_a_second_factor_is_switched_on_asked_for_and_switched_off() -> None:
    client = signed_in_by_form()
    assert "stolen password" in text(client.get("/accounts/2fa/"))
    codes = client.post("/accounts/2fa/totp/activate/", {"code": a_code(client)}, follow=True)
    recovery = re.findall(r"<li>(\w+)</li>", codes.content.decode())
    assert len(recovery) >= 8
    assert "is protected" in text(client.get("/accounts/2fa/"))
    again = Client()
    asked = again.post("/accounts/login/", {"login": "kim@center.test", "password": PASSWORD}, follow=True)
    assert "authenticator app shows" in text(asked)
    assert again.get("/api/me").status_code == 401
    again.post("/accounts/2fa/authenticate/", {"code": recovery[0]})
    assert again.get("/api/me").status_code == 200
    client.post("/accounts/2fa/totp/deactivate/")
    assert "stolen password" in text(client.get("/accounts/2fa/"))


@pytest.mark.parametrize("page", ["", "recovery-codes/", "recovery-codes/generate/", "totp/deactivate/"])
def test_pages_of_the_second_factor_are_ours(page: str) -> None:
    client = signed_in_by_form()
    client.post("/accounts/2fa/totp/activate/", {"code": a_code(client)})
    assert "access/access.css" in client.get(f"/accounts/2fa/{page}").content.decode()


def test_pages_reach_twilio_only_where_the_softphone_is_set_up(client: Client) -> None:
    assert "twilio" not in client.get("/accounts/login/")["Content-Security-Policy"]
    directives = content_security_policy(softphone=True)["DIRECTIVES"]
    assert "wss://*.twilio.com" in directives["connect-src"]
    assert {name for name, sources in directives.items() if "twilio" in str(sources)} == {"connect-src", "media-src"}
