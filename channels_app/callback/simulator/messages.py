"""Text messages: queued, sent, and a moment later on the telephone."""

from functools import partial
from typing import TYPE_CHECKING

from channels_app.callback.simulator.account import API_VERSION
from channels_app.callback.simulator.calls import Hook, Message
from channels_app.callback.simulator.webhooks import Callback

if TYPE_CHECKING:
    from channels_app.callback.simulator.network import Network


class Messages:
    """All text messages of the account."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self.all: dict[str, Message] = {}

    def send(self, to: str, from_: str, body: str, hook: Hook) -> Message:
        """A text message: it is on the telephone two seconds later."""
        now = self._network.timeline.now
        message = Message(self._network.sids.new("SM"), to, from_, body, now, now, hook)
        self.all[message.sid] = message
        while len(self.all) > self._network.calls_kept:
            del self.all[next(iter(self.all))]
        for seconds, status in ((1.0, "sent"), (2.0, "delivered")):
            self._network.timeline.after(seconds, partial(self._move, message, status))
        return message

    def _move(self, message: Message, status: str) -> None:
        message.status, message.updated = status, self._network.timeline.now
        if status == "sent":
            message.sent = self._network.timeline.now
        else:
            at, phone = self._network.now.isoformat(), self._network.phone(message.to)
            phone.messages.append({"at": at, "text": message.body, "sender": message.from_})
            phone.saw("message", at, text=message.body, sender=message.from_)
        self._tell(message, status)

    def _tell(self, message: Message, status: str) -> None:
        if not message.hook.url:
            return
        params = [
            ("MessageSid", message.sid),
            ("MessageStatus", status),
            ("SmsSid", message.sid),
            ("SmsStatus", status),
            ("To", message.to),
            ("From", message.from_),
            ("AccountSid", self._network.account.sid),
            ("ApiVersion", API_VERSION),
        ]
        hook = message.hook
        self._network.webhooks.tell(Callback(hook.url, hook.method, params, "message", status, message.sid))
