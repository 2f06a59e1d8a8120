"""The one tree of errors: a stable code for programs, a sentence for people, a status for HTTP.

A sentence says what happened and what to do next. It never holds a secret, a path or a stack trace.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class CenterError(Exception):
    """Something was refused or failed in a way that the caller can understand.

    `code` is part of the API and of the socket protocol (`nack.code`) and never changes its meaning; one that is
    given tells apart what the class does not, so that each sentence can be said in other languages.
    `status` is its HTTP status; `details` are JSON values that help a program (a field name, a limit).
    """

    code: str = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str, code: str = "", /, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details: Mapping[str, Any] = details


class BadRequestError(CenterError):
    """The input can't be read at all (not JSON, unknown type, wrong cursor)."""

    code = "bad_request"
    status = 400


class UnauthorizedError(CenterError):
    """Nobody is signed in, or the token is wrong or has expired."""

    code = "unauthorized"
    status = 401


class ForbiddenError(CenterError):
    """Known, but not allowed to do this."""

    code = "forbidden"
    status = 403


class NotFoundError(CenterError):
    """No such thing, or not for this reader (the two are not told apart)."""

    code = "not_found"
    status = 404


class ConflictError(CenterError):
    """The thing is not in a state in which this can be done."""

    code = "conflict"
    status = 409


class AlreadyTakenError(ConflictError):
    """Somebody else was first."""

    code = "already_taken"


class ClosedError(ConflictError):
    """The interaction is closed."""

    code = "closed"


class TooLargeError(CenterError):
    """A body, frame or file over its limit; `details.limit` is in bytes or characters."""

    code = "too_large"
    status = 413


class InvalidError(CenterError):
    """The input can be read but a value is wrong; `details` maps field to what is wrong."""

    code = "invalid"
    status = 422


class RateLimitedError(CenterError):
    """Too much in too short a time; `details.retry_after` is in seconds."""

    code = "rate_limited"
    status = 429


class OverloadedError(CenterError):
    """The server can't take more just now; `details.retry_after` is in seconds."""

    code = "overloaded"
    status = 503


class ResumeFailedError(CenterError):
    """A reader names a sequence from the future: it must load a snapshot."""

    code = "resume_failed"
    status = 409


class DeliveryError(CenterError):
    """A message could not leave. `permanent` means that trying again is pointless."""

    code = "delivery_failed"
    status = 502

    def __init__(self, message: str, /, *, permanent: bool, **details: Any) -> None:
        super().__init__(message, **details)
        self.permanent = permanent
