"""The telephone as a channel: what comes in is a wish to be called, or a call; what is written back goes on by mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

from channels_app.callback.accounts import twilio_account
from channels_app.callback.links import filled_in
from channels_app.callback.promise import ANSWER_WITHIN
from channels_app.callback.selectors import line_for, lines_of_team, lines_with_hours, mail_of
from interaction_center.access.selectors import mailbox_for_key
from interaction_center.adapters import ChannelAdapter, Way
from interaction_center.envelope import Address, Forward, InboundEnvelope, OutboundMessage, Receipt
from interaction_center.errors import DeliveryError
from interaction_center.live.threads import in_database_thread

if TYPE_CHECKING:
    from channels_app.callback.phone_network import PhoneNetwork

PHONE_NETWORK = "channels_app.callback.phone_network.PhoneNetwork"  # costs a command that rings nobody most of a second


@dataclass(frozen=True, slots=True)
class Wish:
    """ "Call me back", checked: `number` is E.164, `sender` says who, the strongest proof first."""

    key: str
    line: str
    sender: tuple[Address, ...]
    asked_at: datetime
    subject: str
    text: str
    name: str = ""
    language: str = "en"
    question: str = ""
    team: str = ""
    calendar: str = ""


class CallbackAdapter(ChannelAdapter):
    """Whoever asked to be called is called; a written answer goes to the address that they gave."""

    kind = "callback"
    answer_within = ANSWER_WITHIN
    moved_wakes = "callbacks"

    def __init__(self) -> None:
        self._phone_network: PhoneNetwork | None = None

    async def start(self) -> None:
        """Without a Twilio account calls are made in a phone network in a box, on this loop."""
        if not twilio_account().is_real:
            network: PhoneNetwork = import_string(PHONE_NETWORK)()
            await network.start()
            self._phone_network = network

    async def stop(self) -> None:
        """Calls in the box end with it."""
        if self._phone_network is not None:
            await self._phone_network.stop()
            self._phone_network = None

    def to_envelope(self, wish: Wish) -> InboundEnvelope:
        """Every wish opens an interaction of its own."""
        return InboundEnvelope(
            channel=self.kind,
            account=wish.line,
            external_id=wish.key,
            sender=wish.sender,
            received_at=wish.asked_at,
            text=wish.text,
            sender_name=wish.name,
            subject=wish.subject,
            language=wish.language,
            data={"question": wish.question} if wish.question else {},
            team=wish.team,
            calendar=wish.calendar,
        )

    def ways(self, site: str) -> Sequence[Way]:
        """A call, where there is a line for it."""
        return (Way("have us call you back", "lassen Sie sich zurückrufen", "/callback/"),) if line_for(site) else ()

    def as_sent(self, text: str, interaction: str) -> str:
        """The log names the customer's link without being it: it is put in as the mail leaves."""
        return filled_in(text, interaction)

    async def deliver(self, message: OutboundMessage) -> Receipt:
        """The hub mails it. DeliveryError when the customer gave no address, or there is no mailbox to write from."""
        email, site = await in_database_thread(mail_of, message.interaction_id)
        if not email:
            raise DeliveryError("This customer gave no mail address. Call them, or ask for one.", permanent=True)
        mailbox = await in_database_thread(mailbox_for_key, site)
        if not mailbox:
            raise DeliveryError(
                "There is no active mailbox to write from. Add one in the settings, then send again.", permanent=True
            )
        return Receipt(forward=Forward("email", mailbox, email))

    def doors_with_hours(self, calendar: str) -> list[str]:
        """The telephone lines that keep these hours."""
        return lines_with_hours(calendar)

    def doors_of_team(self, team: str) -> list[str]:
        """The telephone lines of this team."""
        return lines_of_team(team)
