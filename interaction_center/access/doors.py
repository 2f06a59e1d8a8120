"""Who is this request? A signed-in person or the key of an integration, as one `Actor`; everything else is refused."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from django.utils import timezone

from interaction_center.access import policy
from interaction_center.access.models import ApiKey, User
from interaction_center.access.origins import is_allowed
from interaction_center.errors import ForbiddenError, UnauthorizedError
from interaction_center.live.addresses import header, own_origin_of

KEY_SCHEME = "ic_"
LAST_USED_STEP = timedelta(minutes=1)  # a busy key must not write a row per request


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, or an integration (`user` is None). `identity` names it in rate limits and logs."""

    identity: str
    name: str
    permissions: frozenset[str] = field(default_factory=frozenset)
    user: User | None = None

    def can(self, permission: str) -> bool:
        """Whether the role behind this actor holds `permission`."""
        return permission in self.permissions

    def check(self, permission: str) -> None:
        """Raises ForbiddenError when the role behind this actor doesn't hold `permission`."""
        if not self.can(permission):
            raise ForbiddenError("Your role does not allow this. Ask an administrator.", permission=str(permission))

    @property
    def person(self) -> User:
        """The person; raises ForbiddenError for an integration, which can't own work or drafts."""
        if self.user is None:
            raise ForbiddenError("Only a person can do this; an API key cannot. Sign in.")
        return self.user

    def must_be_a_person(self) -> None:
        """Raises ForbiddenError for an integration, where the person themselves is not needed."""
        _ = self.person

    @property
    def sees_everything(self) -> bool:
        """Whether the work of every team is open to this actor."""
        return policy.sees_everything(self.permissions)


def require(request: HttpRequest, *permissions: str) -> Actor:
    """The actor of the request, who holds one of `permissions`. Raises UnauthorizedError or ForbiddenError."""
    actor = actor_of(request)
    if not any(actor.can(permission) for permission in permissions):
        actor.check(permissions[0])
    return actor


def actor_of(request: HttpRequest) -> Actor:
    """The actor of the request, asked once: a key in the Authorization header goes before the session."""
    known = getattr(request, "auth", None)
    if isinstance(known, Actor):
        return known
    header = request.headers.get("Authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer":
        return actor_of_key(token.strip(), now=timezone.now())
    return actor_of_user(request.user)


def actor_of_user(user: object) -> Actor:
    """The actor for a signed-in user. Raises UnauthorizedError for nobody, and for somebody switched off."""
    if not isinstance(user, User) or not user.is_active:
        raise UnauthorizedError("Sign in first.")
    permissions = frozenset(user.role.permissions) if user.role else frozenset()
    return Actor(identity=f"user:{user.public_id}", name=str(user), permissions=permissions, user=user)


def login_of_socket(scope: Mapping[str, Any], refusal: str) -> str:
    """The session cookie of a socket, "" without one. Any page can open a socket, and the browser sends the cookie
    along: ForbiddenError, with this message, unless the page is one of ours (exact origin)."""
    own = {own_origin_of(scope), settings.PUBLIC_BASE_URL.lower()}
    if not is_allowed(header(scope, b"origin").lower(), own):
        raise ForbiddenError(refusal)
    return parse_cookie(header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME) or ""


def actor_of_session(key: str) -> Actor:
    """The signed-in person behind a session cookie. UnauthorizedError."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return actor_of_user(get_user(request))


def actor_of_key(token: str, *, now: datetime) -> Actor:
    """The actor behind an API key. Raises UnauthorizedError for an unknown or revoked one."""
    key = ApiKey.objects.select_related("role").filter(digest=digest_of(token), revoked_at=None).first()
    if key is None or not token.startswith(KEY_SCHEME):
        raise UnauthorizedError("This API key is unknown or has been revoked.")
    if key.last_used_at is None or now - key.last_used_at >= LAST_USED_STEP:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return Actor(identity=f"key:{key.public_id}", name=key.name, permissions=frozenset(key.role.permissions))


def digest_of(token: str) -> str:
    """What we keep of a secret. The secrets are random and long, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
