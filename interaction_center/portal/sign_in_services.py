"""Signing in by a mail link: ask for one, have it mailed, redeem it once, stay signed in for a while.

Nothing here says whether an address is known: only a mail that comes, or doesn't, does.
"""

import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from interaction_center.access.doors import digest_of
from interaction_center.customers.models import ContactPoint, Customer
from interaction_center.customers.policy import normalise
from interaction_center.customers.services import prove_address
from interaction_center.due_work import wake
from interaction_center.errors import InvalidError
from interaction_center.portal.models import CustomerSession, SignInLink

LINK_AGE = timedelta(minutes=30)
SESSION_AGE = timedelta(days=30)
IDLE_AGE = timedelta(days=7)
RENEW_EVERY = timedelta(days=1)
SEEN_STEP = timedelta(hours=1)  # reading must not write a row per page
GRACE = timedelta(minutes=1)  # requests that were under way with the token before
ATTEMPTS = 9  # 2 s, 4 s, … in all about 17 minutes and at most half as much again: later the link is too old
_SALT = "interaction_center.portal.sign_in"


@transaction.atomic
def ask_for_link(*, address: str, language: str) -> None:
    """A link for whoever reads mail at this address, if it is known. InvalidError when it is no address."""
    key = normalise("email", address)
    if not key:
        raise InvalidError("This is not a valid mail address.", email="invalid")
    now = timezone.now()
    SignInLink.objects.create(address=key, language=language, created_at=now, due_at=now, max_attempts=ATTEMPTS)
    wake("sign_in_links")


def token_of(link: SignInLink) -> str:
    """What the mail carries; the same for every attempt to send it."""
    return signing.dumps(link.public_id, salt=_SALT)


def owner_of(address: str) -> ContactPoint | None:
    """The contact point with this normalised address, if anybody has written from it or typed it."""
    return ContactPoint.objects.select_related("customer").filter(kind="email", normalised=address).first()


@transaction.atomic
def redeem(*, token: str) -> str:
    """Sign in: the address is proved now, and the token of a new session is returned.

    Once per link, within `LINK_AGE`. InvalidError else.
    """
    now = timezone.now()
    link = SignInLink.objects.filter(public_id=_link_in(token), created_at__gt=now - LINK_AGE)
    if not link.filter(used_at=None).update(used_at=now):
        raise InvalidError("This link has been used, or is too old. Ask for a new one.", link="used")
    point = owner_of(link.get().address)
    if point is None:
        raise InvalidError("This link is too old. Ask for a new one.", link="used")
    point = prove_address(point=point, by="mail_link")
    fresh = secrets.token_urlsafe(32)
    CustomerSession.objects.create(
        contact_point=point, digest=digest_of(fresh), created_at=now, renewed_at=now, seen_at=now
    )
    return fresh


def _link_in(token: str) -> str:
    """Without scripts people paste the whole link: all up to #t= is dropped."""
    try:
        return str(signing.loads(token.rpartition("#t=")[2].strip(), salt=_SALT))
    except (signing.BadSignature, ValueError) as error:
        raise InvalidError("This link is damaged. Ask for a new one.", link="damaged") from error


def session_of(token: str, *, now: datetime) -> CustomerSession | None:
    """The session behind a cookie; None when it has ended, here or everywhere. One query."""
    digest = digest_of(token)
    alive = CustomerSession.objects.filter(created_at__gt=now - SESSION_AGE, seen_at__gt=now - IDLE_AGE)
    mine = alive.filter(Q(digest=digest) | Q(previous=digest, renewed_at__gt=now - GRACE))
    return mine.select_related("contact_point__customer").first()


def keep_alive(session: CustomerSession, token: str, *, now: datetime) -> str:
    """Note that it is in use; once a day a new token, which is returned, else "". Of two at once one renews it."""
    if session.seen_at < now - SEEN_STEP:
        CustomerSession.objects.filter(pk=session.pk).update(seen_at=now)
    if session.renewed_at > now - RENEW_EVERY:
        return ""
    fresh, digest = secrets.token_urlsafe(32), digest_of(token)
    mine = CustomerSession.objects.filter(pk=session.pk, digest=digest)
    return fresh if mine.update(digest=digest_of(fresh), previous=digest, renewed_at=now) else ""


def end_session(session: CustomerSession) -> None:
    """Signed out in this browser."""
    CustomerSession.objects.filter(pk=session.pk).delete()


def end_all_sessions(session: CustomerSession) -> None:
    """Signed out wherever somebody has signed in with this address, and links that are still on their way are void."""
    point = session.contact_point
    SignInLink.objects.filter(address=point.normalised, used_at=None).update(used_at=timezone.now())
    CustomerSession.objects.filter(contact_point=point).delete()


def customer_of(session: CustomerSession) -> Customer:
    """Whose requests may be seen: those of the family of the customer to whom the address belongs now."""
    return session.contact_point.customer


def remove_old() -> int:
    """Links after a day, and sessions that have ended, go; how many. Called by a ticker."""
    now = timezone.now()
    links, _ = SignInLink.objects.filter(created_at__lt=now - timedelta(days=1)).delete()
    ended = CustomerSession.objects.filter(Q(created_at__lt=now - SESSION_AGE) | Q(seen_at__lt=now - IDLE_AGE))
    return links + ended.delete()[0]
