"""How much one visitor, one address and one conversation may do; over it the answer says when to try again."""

import math
from collections import Counter
from dataclasses import dataclass

from django.conf import settings

from interaction_center.access.rate_limits import Buckets
from interaction_center.errors import RateLimitedError

SOCKETS_PER_VISITOR = 5
REQUESTS_PER_SECOND = 10
CONTACTS_PER_DAY = 5
DAY = 86_400


@dataclass(slots=True)
class SocketCount:
    """One open socket; `close` gives its place back, once."""

    doors: "Doors"
    keys: tuple[str, ...]

    def close(self) -> None:
        """The socket is gone."""
        self.doors.sockets.subtract(self.keys)
        for key in self.keys:
            if self.doors.sockets[key] <= 0:
                del self.doors.sockets[key]
        self.keys = ()


class Doors:
    """The limits of one process, in memory."""

    def __init__(self) -> None:
        config = settings.CONFIG
        self.sockets: Counter[str] = Counter()
        self._per_ip = config.visitor_sockets_per_ip
        self._new = Buckets(rate=config.new_visitors_per_minute / 60, burst=config.new_visitors_per_minute)
        self._second = Buckets(rate=config.visitor_messages_per_second, burst=config.visitor_message_burst)
        self._commands = Buckets(
            rate=config.visitor_messages_per_second * 2, burst=config.visitor_message_burst * 4
        )  # signs and questions come between the messages
        self._contacts = Buckets(rate=CONTACTS_PER_DAY / DAY, burst=CONTACTS_PER_DAY)
        self._requests = Buckets(rate=REQUESTS_PER_SECOND, burst=REQUESTS_PER_SECOND * 4)
        self._files = _megabytes_a_day(config.visitor_upload_mb_per_day)
        self._files_of_address = _megabytes_a_day(config.upload_mb_per_ip_per_day)
        self._minute = Buckets(rate=config.visitor_messages_per_minute / 60, burst=config.visitor_messages_per_minute)

    def new_visitor(self, address: str, now: float) -> None:
        """A visitor without a token. RateLimitedError when too many came from this address."""
        wait = self._new.take(address, now)
        if wait:
            raise RateLimitedError("Too many new visitors from your network.", retry_after=math.ceil(wait * 100) / 100)

    def open_socket(self, visitor: str, address: str) -> SocketCount:
        """One more socket. RateLimitedError when this visitor or address has too many."""
        keys = (f"visitor:{visitor}", f"ip:{address}")
        if self.sockets[keys[0]] >= SOCKETS_PER_VISITOR or self.sockets[keys[1]] >= self._per_ip:
            raise RateLimitedError("Too many open windows. Close one and try again.", retry_after=30, sockets=True)
        self.sockets.update(keys)
        return SocketCount(self, keys)

    def message(self, visitor: str, interaction: str, now: float) -> float:
        """0 when one more message may pass, else the seconds to wait."""
        return self._second.take(visitor, now) or self._minute.take(interaction or visitor, now)

    def command(self, visitor: str, now: float) -> float:
        """0 when one more command of any kind may pass, else the seconds to wait."""
        return self._commands.take(visitor, now)

    def contact(self, conversation: str, now: float) -> None:
        """One more address for this conversation. RateLimitedError when there were too many already."""
        if self._contacts.take(conversation, now):
            raise RateLimitedError("Too many changes. Write your address into a message, please.")

    def upload(self, visitor: str, address: str, size: int, now: float) -> None:
        """A file of so many bytes. RateLimitedError when this visitor or address has sent too much today.

        Sending a file makes room for the next one, and a new visitor costs nothing: only this bounds the disk.
        """
        wait = self._files.take(visitor, now, size) or self._files_of_address.take(address, now, size)
        if wait:
            hours = math.ceil(wait / 3600)
            raise RateLimitedError(
                f"Too much has been uploaded from here. Try again in {hours} h, or send the file by e-mail.",
                retry_after=math.ceil(wait),
            )

    def request(self, address: str, now: float) -> float:
        """0 when one more request of this address may pass, else the seconds to wait."""
        return self._requests.take(address, now)


def _megabytes_a_day(amount: int) -> Buckets:
    return Buckets(rate=amount * 2**20 / DAY, burst=amount * 2**20)


DOORS = Doors()
