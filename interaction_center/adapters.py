"""What a channel gives the hub. The hub knows channels only by the slugs of settings.CHANNELS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from interaction_center.envelope import FormMessage, InboundEnvelope, OutboundMessage, Receipt
from interaction_center.errors import DeliveryError, NotFoundError
from interaction_center.ids import public_id


@dataclass(frozen=True, slots=True)
class Way:
    """A way to a person that a channel offers on its own page: its name in both languages, and the path, to which
    ?question= may be added."""

    english: str
    german: str
    path: str


class ChannelAdapter:
    """One channel kind. A new channel subclasses this in `<channel>/adapter.py`.

    customers_read_log  the customer sees the log itself (a chat): an answer has arrived once it is committed, and
                        `deliver` is called `delay_seconds` later, for a customer who may have gone.
    answer_within       what we promise, in opening time
    moved_wakes         slug of the background work that looks at what became of an interaction of this channel, woken
                        whenever one was taken, given back or closed; "" for none
    """

    kind: str = ""
    customers_read_log: bool = False
    delay_seconds: float = 0.0
    answer_within: timedelta = timedelta(hours=4)
    moved_wakes: str = ""

    def ways(self, site: str) -> Sequence[Way]:
        """The ways to a person that this channel has just now for the customers of a site (a key, "" for none)."""
        return ()

    def as_sent(self, text: str, interaction: str) -> str:
        """An answer in an interaction that this channel has opened (a public id), as it leaves, by whichever channel:
        for what the log must not keep, such as a personal link. Called in a database thread."""
        return text

    async def deliver(self, message: OutboundMessage) -> Receipt:
        """Hand the message to the next hop. DeliveryError says whether trying again makes sense."""
        raise DeliveryError(f"The channel {self.kind} can't send.", permanent=True)

    def mail_addresses(self) -> Sequence[str]:
        """Our own addresses that mail can leave from just now, in a fixed order; none for a channel that is no mail."""
        return ()

    def message_id(self, delivery_id: str, interaction_id: str) -> str:
        """The channel's own name of an outgoing message, fixed before the first attempt."""
        return f"{delivery_id}.{interaction_id}"

    def news_for_visitor(self, site: str, visitor: str) -> Sequence[Mapping[str, Any]]:
        """Frames for the widget of this visitor (`site` is a key) as it connects: what this channel has open for them.
        Called in a database thread."""
        return ()

    def doors_with_hours(self, calendar: str) -> list[str]:
        """The names of this channel's own doors that keep these opening hours (a public id)."""
        return []

    def doors_of_team(self, team: str) -> list[str]:
        """The names of this channel's own doors by which interactions come to this team (a public id)."""
        return []

    async def start(self) -> None:
        """Open the channel's own servers on the running loop, if it has any."""

    async def stop(self) -> None:
        """Close them; work in hand is finished."""


class FormAdapter(ChannelAdapter):
    """The channel by which customers write on our own pages: a page hands it what it has checked."""

    def to_envelope(self, message: FormMessage) -> InboundEnvelope:
        """What this means to the hub."""
        raise NotImplementedError


def adapter_for(kind: str) -> ChannelAdapter:
    """The adapter of this channel kind, made on first use. NotFoundError for an unknown kind."""
    path = settings.CHANNELS.get(kind)
    if path is None:
        raise NotFoundError(f"There is no channel {kind}.")
    return _load(path)


@cache
def _load(path: str) -> ChannelAdapter:
    adapter: Any = import_string(path)()
    if not isinstance(adapter, ChannelAdapter):
        raise TypeError(f"{path} is no ChannelAdapter")
    return adapter


def ways_to_a_person(site: str) -> list[Way]:
    """What the channels offer the customers of this site beside chat, form and mail."""
    return [way for kind in settings.CHANNELS for way in adapter_for(kind).ways(site)]


def news_for_visitor(site: str, visitor: str) -> list[Mapping[str, Any]]:
    """What the channels have open for this visitor."""
    return [frame for kind in settings.CHANNELS for frame in adapter_for(kind).news_for_visitor(site, visitor)]


def mail_addresses() -> list[str]:
    """Our own addresses that mail can leave from now, of whichever channels send mail; the first is the default."""
    return [address for kind in settings.CHANNELS for address in adapter_for(kind).mail_addresses()]


def form_adapter() -> FormAdapter:
    """The channel of our own forms. NotFoundError when settings.CHANNELS has none."""
    for kind in settings.CHANNELS:
        adapter = adapter_for(kind)
        if isinstance(adapter, FormAdapter):
            return adapter
    raise NotFoundError("There is no channel for forms.")


def channel_package(kind: str) -> str:
    """The package that holds this channel: where its urls, api and models are looked for."""
    path: str = settings.CHANNELS[kind]
    return path.rsplit(".", 2)[0]


def new_delivery_id() -> str:
    """A name for one delivery, stable over all its attempts."""
    return public_id()
