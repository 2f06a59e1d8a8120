"""What a customer is written about a callback that they have asked for: by mail, and by SMS where that is set up.

`mails.py` tells what came of calls. The link by which they move or cancel it stands in the log only as words.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from channels_app.callback.links import IN_LOG, language_of, link_to
from channels_app.callback.models import CallbackRequest, TextMessage
from channels_app.callback.numbers import display
from channels_app.callback.selectors import windows_of
from channels_app.callback.times import moment_words, slot_words, zone_words
from interaction_center.due_work import wake
from interaction_center.queue import services as queue

MESSAGES = "callback_messages"  # the ticker that sends text messages
TEXTS_A_DAY, A_DAY = 10, timedelta(days=1)
_TEXTS: Mapping[str, tuple[str, str]] = {
    "requested": (
        "Hello,\n\nwe will call you back at {number}: {when}.\n\n{manage}\n\nYou have not asked for it? Then somebody "
        "has typed your address: cancel it by the link.",
        "Guten Tag,\n\nwir rufen Sie zurück unter {number}: {when}.\n\n{manage}\n\nSie haben nicht darum gebeten? Dann "
        "hat jemand Ihre Adresse eingegeben: Sagen Sie den Rückruf mit dem Link ab.",
    ),
    "again": (
        "Hello,\n\nsomebody has just asked for another call to {number}. One is on its way already: {when}. It stays "
        "as it is.\n\n{manage}",
        "Guten Tag,\n\ngerade hat jemand um einen weiteren Anruf unter {number} gebeten. Einer ist schon vorgesehen: "
        "{when}. Es bleibt dabei.\n\n{manage}",
    ),
    "moved": (
        "Hello,\n\nyour callback at {number} has a new time: {when}.\n\n{manage}",
        "Guten Tag,\n\nIhr Rückruf unter {number} hat eine neue Zeit: {when}.\n\n{manage}",
    ),
    "cancelled": (
        "Hello,\n\nyour callback at {number} is cancelled: we will not call. If you need us after all, answer this "
        "mail or ask for a new one.",
        "Guten Tag,\n\nIhr Rückruf unter {number} ist abgesagt: Wir rufen nicht an. Wenn Sie uns doch brauchen, "
        "antworten Sie auf diese Mail oder bitten Sie um einen neuen.",
    ),
    "missed": (
        "Hello,\n\nyou called us from {number}, and we missed you. We will call you back: {when}.\n\n{manage}",
        "Guten Tag,\n\nSie haben uns von {number} angerufen, und wir haben Sie verpasst. Wir rufen zurück: {when}."
        "\n\n{manage}",
    ),
}
_SHORT: Mapping[str, tuple[str, str]] = {
    "requested": ("We will call you back: {when}. {link}", "Wir rufen Sie zurück: {when}. {link}"),
    "again": ("A call to you is on its way already: {when}. {link}", "Ein Anruf ist schon vorgesehen: {when}. {link}"),
    "moved": ("Your callback has a new time: {when}. {link}", "Ihr Rückruf hat eine neue Zeit: {when}. {link}"),
    "cancelled": ("Your callback is cancelled.", "Ihr Rückruf ist abgesagt."),
    "missed": (
        "You called and we missed you. We will call you back: {when}. {link}",
        "Sie haben angerufen, wir haben Sie verpasst. Wir rufen zurück: {when}. {link}",
    ),
}
_SOON = ("as soon as possible", "so bald wie möglich")
_MANAGE = ("Move or cancel it:", "Verschieben oder absagen:")


def write(request: CallbackRequest, about: str, key: str) -> None:
    """Tell the customer, once for each `key`: by mail where they gave an address, and by SMS where that is set up.

    Inside the transaction of what it tells about. Reads `line`.
    """
    name = f"callback:{about}:{key}"[:64]
    if request.email:
        queue.acknowledge(interaction=request.interaction, body=mail_words(request, about), client_id=name)
    if settings.CONFIG.twilio_sms_from:
        _text(request, about, name, timezone.now())


def _text(request: CallbackRequest, about: str, key: str, now: datetime) -> None:
    """Not more than so many a day to one number, whoever types it and however often: the link says how it stands."""
    of_number = TextMessage.objects.filter(request__number=request.number, created_at__gt=now - A_DAY)
    if of_number.count() >= TEXTS_A_DAY:
        return
    facts = {"request": request, "about": about, "created_at": now, "due_at": now}
    TextMessage.objects.get_or_create(key=key, defaults=facts)
    wake(MESSAGES)


def mail_words(request: CallbackRequest, about: str) -> str:
    """As the log keeps it, without the link."""
    language = language_of(request.language)
    manage = f"{_chosen(_MANAGE, language)}\n{IN_LOG[language]}"
    number = display(request.number, language)
    return _chosen(_TEXTS[about], language).format(number=number, when=when_words(request, language), manage=manage)


def short_words(request: CallbackRequest, about: str) -> str:
    """For a text message, with the link."""
    language = language_of(request.language)
    return _chosen(_SHORT[about], language).format(when=when_words(request, language), link=link_to(request))


def when_words(request: CallbackRequest, language: str) -> str:
    """The time that was chosen, or from when on they are called; by the clock of the customer, which is named."""
    window = windows_of([request])[request.pk]
    zone = window.shown_zone
    if request.wanted_at is not None:
        slot = slot_words(request.wanted_at, request.slot_end, zone, language)
        return f"{slot} ({zone_words(zone, language)})"
    if request.due_at <= timezone.now() or request.ended_at is not None:
        return _chosen(_SOON, language)
    start = f"{moment_words(request.due_at, zone, language)} ({zone_words(zone, language)})"
    return f"ab {start}" if language == "de" else f"from {start} on"


def _chosen(pair: tuple[str, str], language: str) -> str:
    return pair[1] if language == "de" else pair[0]
