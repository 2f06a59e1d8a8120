"""A customer says that a page has answered their request: it is closed, counted and learnt from."""

from django.db import transaction

from interaction_center.customers.selectors import private_words, root_of
from interaction_center.errors import ConflictError, NotFoundError
from interaction_center.queue.answer_links import AnswerClaim
from interaction_center.queue.models import Interaction
from interaction_center.queue.selectors import customer_words
from interaction_center.routing.services import close_interaction
from kb.models import Door, EventKind
from kb.questions import question_of
from kb.services import record_event

_LAST_MESSAGES = 3


@transaction.atomic
def close_as_answered(claim: AnswerClaim) -> None:
    """Once for each interaction. Raises NotFoundError, and ConflictError when it was used or the request is closed."""
    interaction = Interaction.objects.select_related("customer").filter(public_id=claim.interaction).first()
    if interaction is None:
        raise NotFoundError("There is no such request.")
    if not _record_solved(interaction, claim.answer):
        raise ConflictError("This was said before.")
    close_interaction(interaction=interaction, user=None)


def _record_solved(interaction: Interaction, answer: str) -> bool:
    private = private_words(interaction.customer)
    words = customer_words(interaction, limit=_LAST_MESSAGES)
    return record_event(
        kind=EventKind.SOLVED,
        door=Door.MAIL,
        key=f"{interaction.public_id}:answered",
        target=answer,
        question=question_of([*words, interaction.subject], private),
        locale=interaction.language,
        reader=root_of(interaction.customer).public_id,
        private=private,
    )
