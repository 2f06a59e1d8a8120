"""The e-mail channel as the hub sees it."""

import asyncio
import re
import smtplib
from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.utils import timezone

from channels_app.email import conversation, intake, selectors, sending
from channels_app.email.compose import Sender, compose
from channels_app.email.relay import Relay, read_relay
from channels_app.email.server import Catcher, Receiver
from channels_app.email.smtp import SmtpServer
from interaction_center.adapters import ChannelAdapter
from interaction_center.envelope import OutboundMessage, Receipt
from interaction_center.errors import DeliveryError
from interaction_center.live.threads import in_database_thread, in_own_thread
from interaction_center.live.writer import writer

_QUEUED_AS = re.compile(r"queued as ([\w.-]{4,100})", re.IGNORECASE)


def relay() -> Relay:
    """Where mail leaves in this run."""
    config = settings.CONFIG
    return read_relay(config.smtp_relay_url, catcher_host=config.smtp_host, catcher_port=config.catcher_port)


class EmailAdapter(ChannelAdapter):
    """Mail in by our own SMTP server, answers out by a relay."""

    kind = intake.KIND

    def __init__(self) -> None:
        self._receiver: Receiver | None = None
        self._servers: list[SmtpServer] = []

    def mail_addresses(self) -> Sequence[str]:
        """The mailboxes that take mail: what leaves from them can be answered."""
        return selectors.active_addresses()

    def message_id(self, delivery_id: str, interaction_id: str) -> str:
        """Our signed Message-ID, without brackets."""
        return conversation.sign(delivery=delivery_id, interaction=interaction_id, domain=settings.CONFIG.mail_domain)

    def doors_with_hours(self, calendar: str) -> list[str]:
        """The mailboxes with these hours."""
        return selectors.mailboxes_with_hours(calendar)

    def doors_of_team(self, team: str) -> list[str]:
        """The mailboxes of this team."""
        return selectors.mailboxes_of_team(team)

    async def start(self) -> None:
        """Open the receiver, and the catcher when no relay is set. ValueError: wrong relay; OSError: port taken."""
        relay()
        config = settings.CONFIG
        self._receiver = Receiver(writer.submit)
        self._servers = [self._server(self._receiver, config.smtp_port)]
        if not config.smtp_relay_url:
            self._servers.append(self._server(Catcher(), config.catcher_port))
        for server, setting in zip(self._servers, ("SMTP_PORT", "CATCHER_PORT"), strict=False):
            await _listen(server, setting)

    async def stop(self) -> None:
        """No new mail; what was taken is answered and read."""
        await asyncio.gather(*(server.stop() for server in self._servers))
        if self._receiver is not None:
            await self._receiver.finish()
        self._servers, self._receiver = [], None

    async def deliver(self, message: OutboundMessage) -> Receipt:
        """Hand the answer to the relay. A 5xx is final; everything else (4xx, network, time-out) is tried again.

        Composed and sent in a thread: a file of 2 MB takes a tenth of a second that no socket may wait for.
        """
        mailbox = await in_database_thread(selectors.mailbox_named, message.account)
        name, signature = (mailbox.name, mailbox.signature) if mailbox else ("", "")
        sender = Sender(message.account, name, "" if message.data.get("automatic") else signature)
        return await in_own_thread(partial(_send, message, sender))

    def _server(self, handler: Receiver | Catcher, port: int) -> SmtpServer:
        config = settings.CONFIG
        return SmtpServer(
            handler,
            host=config.smtp_host,
            port=port,
            hostname=config.mail_domain,
            max_bytes=settings.MAIL_MAX_BYTES,
            max_connections=config.mail_max_connections,
        )


async def _listen(server: SmtpServer, setting: str) -> None:
    try:
        await server.start()
    except OSError as error:
        sentence = f"Port {server.port} of {server.host} can't be opened for mail. Choose another one by {setting}."
        raise OSError(error.errno, sentence) from error


def _send(message: OutboundMessage, sender: Sender) -> Receipt:
    """DeliveryError says whether trying again makes sense."""
    hop, mail_from = relay(), "" if message.data.get("automatic") else message.account
    try:
        raw = compose(message, sender=sender, now=timezone.now())
        hostname = settings.CONFIG.mail_domain
        answer = sending.send(raw, hop=hop, hostname=hostname, mail_from=mail_from, recipients=[message.to])
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:  # whatever it says, it has not seen the mail
        raise _unreached(hop, error) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error) from error
    except ValueError as error:
        raise DeliveryError(f"“{message.to}” is no mail address that can be written to.", permanent=True) from error
    except (smtplib.SMTPException, OSError) as error:
        raise _unreached(hop, error) from error
    match = _QUEUED_AS.search(answer)
    return Receipt(match[1] if match else "")


def _unreached(hop: Relay, error: Exception) -> DeliveryError:
    return DeliveryError(f"The mail server {hop.host} can't be reached: {error}"[:400], permanent=False)


def _refused(error: smtplib.SMTPResponseException) -> DeliveryError:
    """5xx is final, but for what concerns us and not the mail: a login that fails is mended by an administrator."""
    code, words = error.smtp_code, error.smtp_error
    message = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    permanent = code >= 500 and code not in (530, 534, 535, 538)
    return DeliveryError(f"The mail server refused it: {code} {message}"[:400], permanent=permanent)
