"""Whether real calls would work: one check after the other, each one line that says what to do.

Only reads, unless it is told to mend the addresses of our numbers. On the phone network in a box the checks of what
it doesn't have are left out.
"""

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from channels_app.callback import account_rest
from channels_app.callback.account_rest import OwnedNumber
from channels_app.callback.accounts import twilio_account, voice_token
from channels_app.callback.failures import Action, CallFailure
from channels_app.callback.models import PhoneLine
from channels_app.callback.numbers import region_of
from channels_app.callback.selectors import all_lines, countries_of
from interaction_center.errors import ConflictError

WRONG_CLOCK_SECONDS = 30.0  # tokens of the softphone and the search for lost calls stand on it
LOW_BALANCE = 5.0
REACH_SECONDS = 10.0
BOX_IS_CLOSED = "the phone network in a box runs with the centre. Start it with bin/serve"


class Verdict(StrEnum):
    """How a check ended."""

    GOOD = "ok"
    WARNING = "warn"
    BAD = "FAIL"
    SKIPPED = "skip"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    name: str
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A number of ours, the address that Twilio must ask when somebody calls it (empty: any of this centre), and the
    countries that are called from it."""

    number: str
    webhook: str = ""
    countries: tuple[str, ...] = ()


def lines_to_examine(numbers: Sequence[str]) -> list[Line]:
    """These numbers, each with what is known of its line; without any, all lines that are on."""
    known = {line.number: line for line in all_lines()}
    chosen = numbers or [line.number for line in known.values() if line.active]
    return [_line(number, known.get(number)) for number in chosen]


def _line(number: str, line: PhoneLine | None) -> Line:
    if line is None:
        own = region_of(number)
        return Line(number, countries=(own,) if own else ())
    return Line(number, f"{settings.PUBLIC_BASE_URL}/cb/in/{line.public_id}", tuple(countries_of(line)))


def examine(lines: Iterable[Line], countries: Iterable[str] = (), *, mend: bool = False) -> Iterator[Check]:
    """All checks, in the order in which a failure explains the next. `mend` sets wrong addresses of numbers right."""
    lines = tuple(lines)
    yield _account_in_use()
    account = _tried("account", _account)
    yield account
    yield _public_address()
    if account.verdict is Verdict.BAD:
        return
    yield _tried("balance", _balance)
    yield _tried("clock", _clock)
    yield from _numbers(lines, mend=mend)
    for country in dict.fromkeys([*countries, *(country for line in lines for country in line.countries)]):
        yield _tried(f"dialling {country}", partial(_dialling, country))
    yield _softphone()


def _tried(name: str, check: Callable[[], Check]) -> Check:
    """A failed question is the result; on the box a missing part of Twilio is none."""
    try:
        return check()
    except CallFailure as failure:
        return Check(name, Verdict.BAD, failure.text) if twilio_account().is_real else _on_the_box(name, failure)


def _on_the_box(name: str, failure: CallFailure) -> Check:
    if failure.action in {Action.ALERT, Action.GONE}:
        return Check(name, Verdict.SKIPPED, "the phone network in a box has no such thing")
    if failure.action is Action.BACK_OFF and not failure.twilio_code:
        return Check(name, Verdict.BAD, BOX_IS_CLOSED)
    return Check(name, Verdict.BAD, failure.text)


def _account_in_use() -> Check:
    if twilio_account().is_real:
        return Check("settings", Verdict.GOOD, "calls go to Twilio")
    text = "no TWILIO_ACCOUNT_SID: calls go to the phone network in a box, no real telephone rings"
    return Check("settings", Verdict.WARNING, text)


def _account() -> Check:
    state = account_rest.account_state()
    if state.status != "active":
        text = f"the account is {state.status or 'not active'}. Open the Twilio console and see why"
        return Check("account", Verdict.BAD, text)
    if state.kind == "Trial":
        text = "a trial account calls only numbers verified in the Twilio console, and speaks first. Upgrade it"
        return Check("account", Verdict.WARNING, text)
    return Check("account", Verdict.GOOD, f"{state.name} is active, and the credentials are right")


def _balance() -> Check:
    if not twilio_account().is_real:
        return Check("balance", Verdict.SKIPPED, "the phone network in a box costs nothing")
    try:
        amount, currency = account_rest.balance()
        left = float(amount)
    except ValueError:
        return Check("balance", Verdict.WARNING, "Twilio gave no figure. Look at it in the Twilio console")
    except CallFailure as failure:
        if failure.action is not Action.GONE:
            raise
        return Check("balance", Verdict.SKIPPED, "a subaccount pays from its parent")
    if left <= 0:
        return Check("balance", Verdict.BAD, f"{amount} {currency}: no call is placed. Pay in")
    verdict = Verdict.WARNING if left < LOW_BALANCE else Verdict.GOOD
    return Check("balance", verdict, f"{amount} {currency}")


def _clock() -> Check:
    skew = abs((datetime.now(UTC) - _twilio_time()).total_seconds())
    if skew > WRONG_CLOCK_SECONDS:
        text = f"this machine's clock differs from Twilio's by {skew:.0f} s. Let NTP set it (timedatectl set-ntp true)"
        return Check("clock", Verdict.BAD, text)
    return Check("clock", Verdict.GOOD, f"differs from Twilio's by {skew:.0f} s")


def _twilio_time() -> datetime:
    """Twilio's clock, as a time with a zone."""
    told = account_rest.twilio_time()
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _numbers(lines: tuple[Line, ...], *, mend: bool) -> Iterator[Check]:
    if not lines:
        text = "there is no telephone line. Add one in the settings, or name a number: --number +493012345"
        yield Check("numbers", Verdict.WARNING, text)
        return
    try:
        owned = {one.number: one for one in account_rest.owned_numbers()}
    except CallFailure as failure:
        yield Check("numbers", Verdict.BAD, failure.text)
        return
    for line in lines:
        yield _tried(line.number, partial(_number, line, owned.get(line.number), mend=mend))
    if sender := settings.CONFIG.twilio_sms_from:
        yield _text_messages(sender, owned.get(sender))


def _text_messages(sender: str, owned: OwnedNumber | None) -> Check:
    if owned is None or not owned.can_text:
        what = "is not a number of this account" if owned is None else "sends no SMS"
        return Check("text messages", Verdict.BAD, f"TWILIO_SMS_FROM {sender} {what}. Set one that does, or none")
    return Check("text messages", Verdict.GOOD, f"come from {sender}")


def _number(line: Line, owned: OwnedNumber | None, *, mend: bool) -> Check:
    if owned is None:
        return Check(line.number, Verdict.BAD, "not a number of this account. Buy it, or correct the line")
    if not owned.can_call:
        return Check(line.number, Verdict.BAD, "this number has no voice. Take one that has")
    if not _is_asked_here(line, owned) or not _is_told_here(owned):
        return _wrong_webhook(line, owned, mend=mend)
    text = "ours, and calls come in here"
    return Check(line.number, Verdict.GOOD, text)


def _is_asked_here(line: Line, owned: OwnedNumber) -> bool:
    if owned.is_diverted or owned.voice_method != "POST":
        return False
    if line.webhook:
        return owned.voice_url == line.webhook
    return owned.voice_url.startswith(f"{settings.PUBLIC_BASE_URL}/cb/in/")


def _is_told_here(owned: OwnedNumber) -> bool:
    return owned.status_method == "POST" and owned.status_url == owned.voice_url


def _wrong_webhook(line: Line, owned: OwnedNumber, *, mend: bool) -> Check:
    if owned.is_diverted:  # Twilio's description of its API has no way to take one off
        text = "calls go to a trunk or a TwiML app. Take it off the number in the Twilio console"
        return Check(line.number, Verdict.BAD, text)
    if mend and line.webhook:
        account_rest.set_voice_url(owned.sid, line.webhook)
        return Check(line.number, Verdict.GOOD, "calls come in here now")
    wanted = line.webhook or f"{settings.PUBLIC_BASE_URL}/cb/in/…"
    way = "Say --fix" if line.webhook else "Add a telephone line with this number, then say --fix"
    if _is_asked_here(line, owned):
        what, found = "the end of a call is told to", f"{owned.status_method} {owned.status_url or 'nobody'}"
    else:
        what, found = "calls go to", f"{owned.voice_method} {owned.voice_url or 'nothing'}"
    return Check(line.number, Verdict.BAD, f"{what} {found}, not to POST {wanted}. {way}")


def _dialling(country: str) -> Check:
    name, permission = f"dialling {country}", account_rest.dialling_permission(country)
    if not permission.low_risk:
        text = "not allowed. Twilio console: Voice > Settings > Geo permissions, tick the country"
        return Check(name, Verdict.BAD, text)
    if permission.special or permission.toll_fraud:
        text = "numbers of high risk are allowed, too. Untick them, as nobody asks to be called there"
        return Check(name, Verdict.WARNING, text)
    return Check(name, Verdict.GOOD, "allowed, without numbers of high risk")


def _softphone() -> Check:
    try:
        voice_token("doctor")
    except ConflictError as error:
        return Check("softphone", Verdict.SKIPPED, str(error))
    return Check("softphone", Verdict.GOOD, "a token can be made; its sound is proven by a call alone")


# The way in.


def _public_address() -> Check:
    """Twilio needs an address that it can reach; whether it does is proven by its first call alone."""
    base = settings.PUBLIC_BASE_URL
    if not twilio_account().is_real:
        return Check("way in", Verdict.SKIPPED, "the phone network in a box reaches the centre on this machine")
    if not base.startswith("https:"):
        text = f"PUBLIC_BASE_URL is {base}: Twilio must reach it by https. Put a proxy with a certificate in front"
        return Check("way in", Verdict.BAD, text)
    if _is_private(urlsplit(base).hostname or ""):
        return Check("way in", Verdict.BAD, f"{base} is an address of this network only. Set one that is public")
    return _answer_of(base)


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal", ".localhost"))


def _answer_of(base: str) -> Check:
    try:
        with PoolManager() as pool:
            answer = pool.request("GET", f"{base}/healthz", timeout=REACH_SECONDS, retries=False, redirect=False)
    except HTTPError as error:
        text = f"{base}/healthz does not answer ({type(error).__name__}). Check DNS, proxy and certificate"
        return Check("way in", Verdict.BAD, text)
    if answer.status != 200:
        text = f"{base}/healthz answers {answer.status}, not 200. Does the proxy lead to this centre without redirects?"
        return Check("way in", Verdict.BAD, text)
    return Check("way in", Verdict.GOOD, f"{base} answers, seen from this machine")
