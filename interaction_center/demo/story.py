"""Plays the planned conversations through the real services: every log is one that the centre itself would write.

The services date what they do as now; afterwards the past is given its own times.
"""

from datetime import datetime, timedelta
from random import Random

from interaction_center.access.models import User
from interaction_center.customers.models import Customer
from interaction_center.demo.cast import Ending, Person, Plan
from interaction_center.demo.house import House
from interaction_center.due_work import WorkState
from interaction_center.envelope import Address, InboundEnvelope, Proof
from interaction_center.queue.intake import receive_envelope
from interaction_center.queue.models import Delivery, Entry, Interaction, Outbox
from interaction_center.queue.services import add_note, reply
from interaction_center.routing.services import close_interaction, take_interaction

_PAUSES = {"email": (600, 5400), "web_chat": (15, 80)}  # seconds between two turns


class Story:
    """One conversation on its way through the centre. `clock` is the moment of the latest act."""

    def __init__(self, plan: Plan, house: House, rng: Random) -> None:
        self._plan, self._house, self._rng = plan, house, rng
        self._clock = plan.starts_at
        self._times: dict[int, datetime] = {}
        self._seq = 0
        self._agent: User | None = None
        self._interaction: Interaction | None = None

    def play(self) -> None:
        """From the first message to where the conversation stands now."""
        for number, (who, text) in enumerate(self._turns()):
            if number:
                self._clock += timedelta(seconds=self._rng.randint(*_PAUSES[self._plan.channel]))
            if who == "c":
                self._customer_writes(number, text)
            else:
                self._agent_writes(number, text, is_note=who == "n")
        if self._plan.ending is Ending.CLOSED:
            self._close()
        self._date_back()

    def _turns(self) -> list[tuple[str, str]]:
        """All turns of a closed conversation; of a waiting one what the customer wrote first; of one in work a part."""
        turns = list(self._plan.turns)
        first_answer = next(number for number, (who, _) in enumerate(turns) if who != "c")
        if self._plan.ending is Ending.WAITING:
            return turns[:first_answer]
        if self._plan.ending is Ending.ASSIGNED:
            is_answered_back = self._plan.channel == "email" and self._plan.number % 2
            return turns[: first_answer + (2 if is_answered_back else 1)]
        return turns

    def _customer_writes(self, number: int, text: str) -> None:
        received = receive_envelope(self._envelope(number, text))
        self._interaction = Interaction.objects.get(public_id=received.interaction)
        self._note_times()

    def _agent_writes(self, number: int, text: str, *, is_note: bool) -> None:
        agent, interaction = self._owner(), self._current()
        body, client_id = text.replace("{agent}", str(agent)), f"demo:{self._plan.number}:{number}"
        if is_note:
            add_note(interaction=interaction, user=agent, body=body, client_id=client_id)
        else:
            reply(interaction=interaction, user=agent, body=body, client_id=client_id)
        self._note_times()

    def _owner(self) -> User:
        """The agent who has it; the first time somebody of the team takes it."""
        if self._agent is None:
            self._agent = self._rng.choice(self._house.agents[self._plan.team])
            take_interaction(interaction=self._current(), user=self._agent)
            self._note_times()
        return self._agent

    def _close(self) -> None:
        close_interaction(interaction=self._current(), user=self._owner())
        self._clock += timedelta(minutes=2)
        self._note_times()

    def _current(self) -> Interaction:
        if self._interaction is None:
            raise RuntimeError("a conversation begins with its customer")
        return self._interaction

    def _note_times(self) -> None:
        """Everything written since the last call happened at `clock`."""
        seq = Interaction.objects.values_list("seq", flat=True).get(pk=self._current().pk)
        self._times |= dict.fromkeys(range(self._seq + 1, seq + 1), self._clock)
        self._seq = seq

    def _date_back(self) -> None:
        interaction = Interaction.objects.get(pk=self._current().pk)
        entries = list(Entry.objects.filter(interaction=interaction))
        for entry in entries:
            entry.created_at = self._times[entry.seq]
            entry.delivery = Delivery.SENT if entry.delivery == Delivery.PENDING else entry.delivery
        Entry.objects.bulk_update(entries, ["created_at", "delivery"])
        Outbox.objects.filter(entry__interaction=interaction).update(state=WorkState.DONE, due_at=self._clock)
        seen = 0 if self._plan.ending is Ending.WAITING else interaction.seq
        Interaction.objects.filter(pk=interaction.pk).update(
            last_entry_at=self._clock,
            closed_at=self._clock if self._plan.ending is Ending.CLOSED else None,
            staff_seen=seen,
            customer_seen=seen,
        )
        Customer.objects.filter(pk=interaction.customer_id, created_at__gt=self._plan.starts_at).update(
            created_at=self._plan.starts_at, company=self._plan.person.company
        )

    def _envelope(self, number: int, text: str) -> InboundEnvelope:
        person, name = self._plan.person, f"demo.{self._plan.number}.{number}"
        is_mail = self._plan.channel == "email"
        return InboundEnvelope(
            channel=self._plan.channel,
            account=self._house.mailboxes[self._plan.team] if is_mail else self._house.site.key,
            external_id=name if is_mail else f"{person.visitor}:{name}",
            sender=(Address("email", person.email, Proof.RECEIVED),) if is_mail else _chat_addresses(person),
            received_at=self._clock,
            text=text,
            sender_name=person.name,
            subject=self._plan.subject,
            language=person.language,
            thread=(self._interaction.public_id,) if self._interaction else (),
            conversation="" if is_mail else person.visitor,
            client_id=None if is_mail else name,
            data={"message_id": f"{name}@{person.email.partition('@')[2]}"} if is_mail else {},
            team=self._house.teams[self._plan.team].public_id,
        )


def _chat_addresses(person: Person) -> tuple[Address, ...]:
    """The shop vouches for most of its visitors; what the others typed raises a suspicion and joins nothing."""
    proof = Proof.VERIFIED if person.vouched else Proof.TYPED
    return Address("visitor", person.visitor, Proof.VERIFIED), Address("email", person.email, proof)
