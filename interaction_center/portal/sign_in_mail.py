"""The mail that brings a sign-in link: a row first, then sent by the e-mail channel like every answer."""

import asyncio
import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from interaction_center.access.selectors import help_site, mailbox_for
from interaction_center.adapters import adapter_for
from interaction_center.due_work import claim, finish, postpone
from interaction_center.envelope import OutboundMessage
from interaction_center.errors import CenterError, DeliveryError
from interaction_center.live.threads import in_database_thread
from interaction_center.portal.models import SignInLink
from interaction_center.portal.sign_in_services import LINK_AGE, owner_of, token_of

GROUP = 10
LEASE = timedelta(minutes=2)
DELIVER_WITHIN = timedelta(seconds=100)  # shorter than the lease, as for answers
SUBJECTS = {"en": "Your requests: sign in", "de": "Ihre Anfragen: anmelden"}
TEXTS = {
    "en": "Hello,\n\nopen this link to see your requests. It is good for 30 minutes, and once:\n\n{link}\n\n"
    "You have not asked for it? Then somebody has typed your address. You need not do anything.",
    "de": "Guten Tag,\n\nöffnen Sie diesen Link, um Ihre Anfragen zu sehen. Er gilt 30 Minuten, und einmal:\n\n"
    "{link}\n\n"
    "Sie haben ihn nicht angefordert? Dann hat jemand Ihre Adresse eingegeben. Sie müssen nichts tun.",
}
log = logging.getLogger(__name__)


async def send_due_links() -> int:
    """Mail what was asked for; how many were tried. Called by a ticker."""
    links = await in_database_thread(_claimed)
    await asyncio.gather(*(_send(link) for link in links))
    return len(links)


def _claimed() -> list[SignInLink]:
    keys = claim(SignInLink, now=timezone.now(), lease=LEASE, limit=GROUP)
    return list(SignInLink.objects.filter(pk__in=keys).order_by("pk"))


async def _send(link: SignInLink) -> None:
    """One link, alone: whatever is wrong with it must not keep the others from leaving."""
    try:
        message = await in_database_thread(_message, link)
        if message is not None:
            async with asyncio.timeout(DELIVER_WITHIN.total_seconds()):
                await adapter_for(message.channel).deliver(message)
    except DeliveryError as error:
        await _failed(link, error.message, permanent=error.permanent)
    except CenterError as error:
        await _failed(link, error.message, permanent=True)
    except Exception:
        log.exception("Sign-in link %s could not be mailed", link.public_id)
        await _failed(link, "The channel failed unexpectedly.", permanent=False)
    else:
        await in_database_thread(finish, link)


async def _failed(link: SignInLink, error: str, *, permanent: bool) -> None:
    log.warning("Sign-in link %s has not left: %s", link.public_id, error)
    await in_database_thread(postpone, link, error=error, permanent=permanent, now=timezone.now())


def _message(link: SignInLink) -> OutboundMessage | None:
    """The mail; None when nobody is known by this address, or it would open nothing any more."""
    owner = owner_of(link.address)
    if owner is None or link.used_at or link.created_at + LINK_AGE < timezone.now():
        return None
    mailbox = mailbox_for(help_site())
    if not mailbox:
        raise DeliveryError("There is no active mailbox to write from. Add one in the settings.", permanent=False)
    known = link.language if link.language in TEXTS else "en"
    address = f"{settings.PUBLIC_BASE_URL}/help/requests/open/#t={token_of(link)}"
    return OutboundMessage(
        delivery_id=link.public_id,
        interaction_id="",
        channel="email",
        account=mailbox,
        to=owner.value,
        message_id=f"{link.public_id}.sign-in@{settings.CONFIG.mail_domain}",
        subject=SUBJECTS[known],
        text=TEXTS[known].format(link=address),
        author_name="",
        language=known,
        data={"automatic": True},
    )
