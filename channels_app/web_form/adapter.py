"""The forms of our own help pages. Answers go on by mail; who has signed in there also reads them on the page."""

from interaction_center.access.selectors import mailbox_for_key
from interaction_center.adapters import FormAdapter
from interaction_center.envelope import FormMessage, Forward, InboundEnvelope, OutboundMessage, Receipt
from interaction_center.errors import DeliveryError
from interaction_center.live.threads import in_database_thread

DEVICE = {"en": "Device", "de": "Gerät"}


class WebFormAdapter(FormAdapter):
    """What was written is a message; what answers it is a mail from the mailbox of the site."""

    kind = "web_form"

    def to_envelope(self, message: FormMessage) -> InboundEnvelope:
        """Every form opens an interaction of its own, but one that its page has found to go on with another."""
        return InboundEnvelope(
            channel=self.kind,
            account=message.site,
            external_id=message.key,
            sender=(message.sender,),
            received_at=message.received_at,
            text=_with_device(message),
            sender_name=message.sender_name,
            subject=message.subject,
            language=message.language,
            thread=(message.continues,) if message.continues else (),
            files=message.files,
            data={"question": message.question} if message.question else {},
            team=message.team,
            calendar=message.calendar,
        )

    async def deliver(self, message: OutboundMessage) -> Receipt:
        """The hub mails it. DeliveryError when there is no mailbox to write from."""
        mailbox = await in_database_thread(mailbox_for_key, message.account)
        if not mailbox:
            raise DeliveryError(
                "There is no active mailbox to write from. Add one in the settings, then send again.", permanent=True
            )
        return Receipt(forward=Forward("email", mailbox, message.to))


def _with_device(message: FormMessage) -> str:
    """The device is part of what the agent reads."""
    if not message.device:
        return message.text
    return f"{message.text}\n\n{DEVICE.get(message.language[:2], DEVICE['en'])}: {message.device}"
