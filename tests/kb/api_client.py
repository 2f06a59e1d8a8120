"""People of some permissions, and what they send to the knowledge API."""

import json
from typing import Any

from django.test import Client

from interaction_center.access.models import Permission, Role, User


def person(*permissions: Permission) -> Client:
    role = Role.objects.create(name=f"Role {Role.objects.count()}", permissions=list(permissions))
    user = User.objects.create_user(f"u{User.objects.count()}@center.test", name="Uli", role=role)
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, method: str, path: str, data: dict[str, Any], status: int) -> dict[str, Any]:
    response = client.generic(method, f"/api{path}", json.dumps(data), content_type="application/json")
    assert response.status_code == status, response.content
    answer: dict[str, Any] = response.json()
    return answer
