"""Co-browsing: a customer shows their page by a code. From a chat or a call it belongs to that conversation instead."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from channels_app.cobrowse.joining import everybody_left
from channels_app.cobrowse.selectors import news_for
from interaction_center.access.selectors import mailbox_for_key
from interaction_center.adapters import ChannelAdapter
from interaction_center.envelope import Address, Forward, InboundEnvelope, OutboundMessage, Proof, Receipt
from interaction_center.errors import DeliveryError
from interaction_center.live.threads import in_database_thread

WORDS = {"en": "Shows this page by a code.", "de": "Zeigt diese Seite mit einem Code."}


@dataclass(frozen=True, slots=True)
class ClaimedPage:
    """The page of a visitor whose code an agent has claimed. `team` and `calendar` are those of the site."""

    session: str
    site: str
    visitor: str
    language: str
    at: datetime
    team: str = ""
    calendar: str = ""


class CobrowseAdapter(ChannelAdapter):
    """Whoever shows their page reads nothing there: a written answer goes on by mail, where an address is known."""

    kind = "cobrowse"
    answer_within = timedelta(minutes=2)
    moved_wakes = "cobrowse"

    async def start(self) -> None:
        """With SQLite there is one process: whoever was connected before is not any more."""
        if connection.vendor == "sqlite":
            await in_database_thread(everybody_left)

    def to_envelope(self, page: ClaimedPage) -> InboundEnvelope:
        """Every claimed page opens an interaction of its own. The token has proved who the visitor is."""
        return InboundEnvelope(
            channel=self.kind,
            account=page.site,
            external_id=page.session,
            sender=(Address("visitor", page.visitor, Proof.VERIFIED),),
            received_at=page.at,
            text=WORDS.get(page.language, WORDS["en"]),
            language=page.language,
            team=page.team,
            calendar=page.calendar,
        )

    def news_for_visitor(self, site: str, visitor: str) -> list[dict[str, Any]]:
        """Whether somebody asks to see this visitor's page."""
        return news_for(site, visitor)

    async def deliver(self, message: OutboundMessage) -> Receipt:
        """The hub mails it. DeliveryError when no address is known, or there is no mailbox to write from."""
        address = message.data["mail_address"]
        mailbox = await in_database_thread(mailbox_for_key, message.account) if address else ""
        if not mailbox:
            raise DeliveryError(
                "This customer only showed their page, and no mail address of theirs is known, or we have no mailbox"
                " to write from. Tell them by the way you speak with them.",
                permanent=True,
            )
        return Receipt(forward=Forward("email", mailbox, address))


ADAPTER = CobrowseAdapter()
