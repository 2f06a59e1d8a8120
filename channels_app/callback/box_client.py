"""Asks the control API of the phone network in a box, for a page that shows its telephones. Never leads to Twilio."""

from collections.abc import Sequence
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from channels_app.callback.accounts import box_address, twilio_account
from interaction_center.errors import ConflictError, NotFoundError

ANSWER_SECONDS = 40.0  # longer than the box lets anybody wait for an event


def is_boxed() -> bool:
    """Whether calls are made in the box, and not by Twilio."""
    return not twilio_account().is_real


async def ask_box(method: str, path: str, *, query: Sequence[tuple[str, str]] = (), body: object = None) -> Any:
    """Its answer. NotFoundError where Twilio is used; ConflictError when the box can't do this now, or does not run."""
    if not is_boxed():
        raise NotFoundError("Calls are made by Twilio here.")
    if not (address := box_address()):
        raise _closed()
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=ANSWER_SECONDS)) as session,
            session.request(method, f"{address}{path}", params=query, json=body) as response,
        ):
            answer = await response.json()
    except (ClientError, TimeoutError) as error:
        raise _closed() from error
    if response.status >= 400:
        raise ConflictError("This telephone can't do that just now.")
    return answer


def _closed() -> ConflictError:
    return ConflictError("The phone network in a box does not run just now. Try again in a moment.")
