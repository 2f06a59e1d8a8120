"""The one JSON form of an error on HTTP: `{code, message, details}` with the status of its class."""

import math
from typing import Any

from django.http import JsonResponse

from interaction_center.errors import CenterError


def error_response(error: CenterError) -> JsonResponse:
    """What a program is told; `Retry-After` when the error says when to try again."""
    response = error_json(error.status, error.code, error.message, dict(error.details))
    if "retry_after" in error.details:
        response["Retry-After"] = str(math.ceil(error.details["retry_after"]))
    return response


def error_json(status: int, code: str, message: str, details: dict[str, Any]) -> JsonResponse:
    """For errors that other libraries raise."""
    return JsonResponse({"code": code, "message": message, "details": details}, status=status)
