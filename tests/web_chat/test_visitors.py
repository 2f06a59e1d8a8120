"""Who a visitor is: a shared browser and a typed address give nobody another one's words."""

import json
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from channels_app.web_chat import services
from channels_app.web_chat.visitors import Visitor, read_visitor
from interaction_center.access import visitor_tokens
from interaction_center.access.identity import identity_signature
from interaction_center.access.models import Site
from interaction_center.envelope import FilePart
from interaction_center.events import customer_topic
from interaction_center.queue import services as queue
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.models import Interaction
from interaction_center.routing.services import take_interaction
from tests.access.builders import a_site, a_user
from tests.builders import Tap, a_chat, a_mail, fresh

pytestmark = pytest.mark.django_db

ANNA, BERT = "anna@example.org", "bert@example.org"


@pytest.fixture
def site() -> Site:
    return a_site("Shop")


def arrives(site: Site, token: str | None = None, email: str = "") -> tuple[Visitor, str]:
    """A visitor as their socket lets them in, and the token they leave with."""
    frame: dict[str, Any] = {"site": site.key, "token": token}
    if email:
        signature = identity_signature(site.identity_secret, email=email, name="A name")
        frame["identity"] = {"email": email, "name": "A name", "hmac": signature}
    visitor = read_visitor(site, frame)
    services.resume_visitor(visitor)
    return visitor, visitor_tokens.issue(site, visitor.id, visitor.vouched)


def writes(visitor: Visitor) -> Interaction:
    return fresh(receive_envelope(a_chat(visitor=visitor.id, account=visitor.site_key)).interaction)


def reads(visitor: Visitor, interaction: Interaction) -> list[dict[str, Any]]:
    """The log as a snapshot for the visitor."""
    frames, _ = services.read_log(visitor, interaction.public_id, 0)
    return [entry for frame in frames for entry in frame.get("entries", [frame])]


# A browser that several people use


@pytest.mark.parametrize("next_one", [BERT, ""])
def test_who_comes_after_a_sign_out_gets_nothing_of_the_one_before(site: Site, next_one: str) -> None:
    anna, token = arrives(site, email=ANNA)
    talk = writes(anna)
    other, _ = arrives(site, token, next_one)
    assert other.id != anna.id
    assert (other.current, other.returning) == ("", False)
    points = set(fresh(talk).customer.contact_points.values_list("value", flat=True))
    assert BERT not in points


def test_who_signs_in_on_the_page_keeps_what_they_wrote_before_and_afterwards_it_is_theirs_alone(site: Site) -> None:
    nobody, token = arrives(site)
    talk = writes(nobody)
    anna, token = arrives(site, token, ANNA)
    assert (anna.id, anna.current, anna.returning) == (nobody.id, talk.public_id, True)
    again, _ = arrives(site, token, ANNA.upper())
    assert again.current == talk.public_id
    for stranger in ("", BERT):
        assert arrives(site, token, stranger)[0].id != nobody.id


# An address that was only typed


def test_what_goes_on_by_mail_is_not_told_to_who_typed_the_address(
    site: Site, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    visitor, _ = arrives(site)
    agent, talk = a_user("Anna Agent"), writes(visitor)
    take_interaction(interaction=talk, user=agent)
    queue.reply(interaction=talk, user=agent, body="in the chat", client_id="c-1")
    with Tap() as tap, django_capture_on_commit_callbacks(execute=True):
        mail = a_mail("private words", thread=(talk.public_id,), files=(FilePart("pass.png", "image/png", b"x"),))
        receive_envelope(mail)
        queue.reply(interaction=talk, user=agent, body="a private answer", client_id="c-2")
    shown = reads(visitor, fresh(talk))
    told = "".join(tap.frames(customer_topic(talk.public_id)))
    for secret in ("private", "pass.png", "jo@example.org", "files/"):
        assert secret not in told
        assert secret not in json.dumps(shown)
    assert [entry["event"] for entry in shown[-2:]] == [{"name": "elsewhere", "channel": "email"}] * 2
    assert "in the chat" in [entry.get("body") for entry in shown]
    assert [entry["s"] for entry in shown] == list(range(1, len(shown) + 1))
