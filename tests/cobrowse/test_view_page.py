"""The document of the agent's view: for whom it is, and under which policy."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.cobrowse import views
from channels_app.cobrowse.models import CobrowseSession, Stage
from interaction_center.access.models import User
from interaction_center.access.policy import KNOWLEDGE_AUTHOR
from interaction_center.queue.models import Interaction
from tests.access.builders import a_team, a_user, signed_in
from tests.builders import a_held_chat, an_agent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The built view."""
    script = tmp_path / "view.js"
    script.write_text("start()")
    monkeypatch.setattr(views, "PROGRAM", script)
    views._version.cache_clear()
    return script


def a_session(interaction: Interaction) -> str:
    """One that waits for consent."""
    session = CobrowseSession.objects.create(
        interaction=interaction.public_id,
        site="site",
        visitor="v-1",
        stage=Stage.CONSENT_PENDING,
        created_at=timezone.now(),
    )
    return session.public_id


def opened(user: User, session: str, **headers: str) -> Any:
    return signed_in(user).get("/console/cobrowse-view/", {"session": session}, headers=headers)


def policy_of(page: Any) -> dict[str, str]:
    directives = (part.split(maxsplit=1) for part in page["Content-Security-Policy"].split("; "))
    return dict(directives)


def test_an_agent_gets_the_view_of_a_session_in_their_interaction() -> None:
    anna = an_agent("Anna")
    session = a_session(a_held_chat(anna))
    page = opened(anna, session)
    assert page.status_code == 200
    words = page.content.decode()
    assert f'data-session="{session}"' in words
    assert 'data-socket="ws://testserver/ws/cobrowse"' in words
    assert re.search(r"/static/cobrowse/view\.js\?v=[0-9a-f]{8}", words)
    assert page["Cache-Control"] == "private, no-store"


def test_nobody_else_gets_it() -> None:
    team = a_team()
    anna, ben = an_agent("Anna", team=team), an_agent("Ben")
    chat = a_held_chat(anna)
    Interaction.objects.filter(pk=chat.pk).update(team=team)
    session = a_session(chat)
    assert Client().get("/console/cobrowse-view/", {"session": session}).status_code == 302
    assert opened(a_user("Nora", role=KNOWLEDGE_AUTHOR), session).status_code == 403
    assert opened(ben, session).status_code == 404
    assert opened(anna, "unknown").status_code == 404
    assert opened(anna, "x" * 5_000).status_code == 404


@pytest.mark.parametrize("kind", ["session", "recording"])
@pytest.mark.parametrize("name", ["", "unknown", "a\0b", "x" * 5_000])
def test_what_is_no_name_of_ours_is_not_there(kind: str, name: str) -> None:
    assert signed_in(an_agent("Anna")).get("/console/cobrowse-view/", {kind: name}).status_code == 404


def test_nothing_can_be_loaded_but_its_own_program_and_nothing_reached_but_the_relay() -> None:
    anna = an_agent("Anna")
    page = opened(anna, a_session(a_held_chat(anna)), host="testserver")
    policy = policy_of(page)
    nonce = re.search(r'<script type="module" nonce="([\w-]+)"', page.content.decode())
    assert nonce
    assert policy.pop("script-src") == f"'nonce-{nonce[1]}'"
    assert policy.pop("style-src") == "'unsafe-inline'"
    assert policy.pop("img-src") == "data:"
    assert policy.pop("connect-src") == "ws://testserver/ws/cobrowse"
    assert policy.pop("frame-ancestors") == "'self'"
    assert policy.pop("require-trusted-types-for") == "'script'"
    assert set(policy.values()) == {"'none'"}
    assert {"default-src", "frame-src", "form-action", "base-uri"} <= set(policy)


def test_every_view_has_a_nonce_of_its_own() -> None:
    anna = an_agent("Anna")
    session = a_session(a_held_chat(anna))
    assert policy_of(opened(anna, session))["script-src"] != policy_of(opened(anna, session))["script-src"]


def test_only_our_own_pages_may_frame_it_and_nobody_learns_its_address() -> None:
    anna = an_agent("Anna")
    page = opened(anna, a_session(a_held_chat(anna)))
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in page["Permissions-Policy"]


def test_a_view_that_is_not_built_says_so(program: Path) -> None:
    anna = an_agent("Anna")
    session = a_session(a_held_chat(anna))
    program.unlink()
    assert opened(anna, session).status_code == 503
