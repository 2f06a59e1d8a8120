"""Web chat: words typed into the widget. Answers need no sending while the visitor reads; later they go on by mail."""

from datetime import timedelta

from django.conf import settings

from channels_app.web_chat.visitors import Visitor, VisitorMessage
from interaction_center.access.selectors import mailbox_of, site_by_key
from interaction_center.adapters import ChannelAdapter
from interaction_center.envelope import Address, Forward, InboundEnvelope, OutboundMessage, Proof, Receipt
from interaction_center.errors import DeliveryError
from interaction_center.live.threads import in_database_thread


class WebChatAdapter(ChannelAdapter):
    """The visitor reads the log itself; what is still unseen after a while is mailed, if an address is known."""

    kind = "web_chat"
    customers_read_log = True
    answer_within = timedelta(minutes=2)

    def __init__(self) -> None:
        self.delay_seconds = settings.CONFIG.chat_mail_after_seconds

    def to_envelope(self, visitor: Visitor, message: VisitorMessage) -> InboundEnvelope:
        """What one message of a visitor means to the hub. The token has proved who the visitor is."""
        addresses = [Address("visitor", visitor.id, Proof.VERIFIED)]
        if visitor.email:
            addresses.append(Address("email", visitor.email, visitor.email_proof))
        return InboundEnvelope(
            channel=self.kind,
            account=visitor.site_key,
            external_id=f"{visitor.id}:{message.client_id}",
            sender=tuple(addresses),
            received_at=message.received_at,
            text=message.body,
            sender_name=visitor.name,
            language=visitor.language,
            thread=(message.interaction,) if message.interaction else (),
            conversation=visitor.id,
            client_id=message.client_id,
            attached=message.files,
            data={"page": message.page} if message.page else {},
            team=visitor.team,
            calendar=visitor.calendar,
        )

    async def deliver(self, message: OutboundMessage) -> Receipt:
        """Nothing to do for a visitor who has seen it or left no address; else the hub mails it.

        DeliveryError when their site has no mailbox: they may wait for a mail, and the agent takes it for sent.
        """
        address = message.data["mail_address"]
        if message.data["seen"] or not address:
            return Receipt()
        mailbox = await in_database_thread(_mailbox_of, message.account)
        if not mailbox:
            raise DeliveryError(
                "The visitor has not read this, and their site has no active mailbox to write from."
                " Choose one in the settings of the site, then send again.",
                permanent=True,
            )
        return Receipt(forward=Forward("email", mailbox, address))


def _mailbox_of(site_key: str) -> str:
    return mailbox_of(site_by_key(site_key))
