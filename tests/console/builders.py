"""Messages and requests for tests of the API, as plain functions."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from interaction_center.access.models import Team
from interaction_center.envelope import Address, FilePart, InboundEnvelope, Proof
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.models import Interaction

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
_numbers = itertools.count(1)


def a_mail(
    text: str = "The printer shows E-04",
    *,
    sender: str = "kim@example.org",
    team: Team | None = None,
    files: tuple[FilePart, ...] = (),
    **values: Any,
) -> Interaction:
    """An interaction that began with this mail."""
    number = next(_numbers)
    envelope = InboundEnvelope(
        **{
            "channel": "email",
            "account": "service@center.test",
            "external_id": f"<{number}@example.org>",
            "sender": (Address("email", sender, Proof.RECEIVED),),
            "sender_name": "Kim Customer",
            "received_at": NOW + timedelta(seconds=number),
            "subject": "Printer",
            "text": text,
            "files": files,
            "language": "en",
            "team": team.public_id if team else "",
            **values,
        }
    )
    return Interaction.objects.get(public_id=receive_envelope(envelope).interaction)


def a_picture(name: str = "photo.png", content_type: str = "image/png") -> FilePart:
    return FilePart(name, content_type, b"\x89PNG not really")


def get(client: Client, path: str, **query: Any) -> Any:
    return read(client.get(f"/api{path}", query))


def post(client: Client, path: str, body: Any = None) -> Any:
    return read(client.post(f"/api{path}", json.dumps(body or {}), content_type="application/json"))


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    data = json.dumps(body if body is not None else {})
    return client.generic(method, f"/api{path}", data, content_type="application/json")


def read(response: Any) -> Any:
    """The JSON of a success; anything else fails the test with what the server said."""
    assert 200 <= response.status_code < 300, f"{response.status_code} {response.content[:500]!r}"
    return json.loads(response.content)


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    """The error, which must have this status and code and the one form."""
    assert response.status_code == status, f"{response.status_code} {response.content[:500]!r}"
    error: dict[str, Any] = json.loads(response.content)
    assert set(error) == {"code", "message", "details"}
    assert error["code"] == code
    assert error["message"]
    return error
