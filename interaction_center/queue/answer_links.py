"""Links by which somebody says that a page has answered their request: one press closes it.

The token stands in the fragment of the address, which browsers don't send: no server or proxy log keeps it.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing

from interaction_center.errors import InvalidError

LINK_AGE = timedelta(days=14)
_SALT = "interaction_center.answer_link"


@dataclass(frozen=True, slots=True)
class AnswerClaim:
    """What a good link says: this answer of knowledge settles this interaction. Both are public ids."""

    interaction: str
    answer: str


def answer_link(*, interaction: str, answer: str) -> str:
    """The link to put into a mail to the customer of `interaction`. Good for `LINK_AGE`."""
    return f"{settings.PUBLIC_BASE_URL}/answered/#t={signing.dumps([interaction, answer], salt=_SALT)}"


def read_answer_token(token: str) -> AnswerClaim:
    """The claim in a token. Raises InvalidError when it is forged, damaged or too old."""
    try:
        interaction, answer = signing.loads(token.strip(), salt=_SALT, max_age=LINK_AGE)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise InvalidError("This link is damaged or too old.") from error
    return AnswerClaim(interaction=interaction, answer=answer)
