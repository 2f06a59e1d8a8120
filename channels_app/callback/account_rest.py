"""What we ask of Twilio about the account itself: its state, its numbers, what it may dial. Raises only CallFailure."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from channels_app.callback.failures import only_call_failures
from channels_app.callback.rest import current_client, get


@dataclass(frozen=True, slots=True)
class OwnedNumber:
    """A number of the account, where Twilio asks what to do when somebody calls it, and tells that a call has ended."""

    sid: str
    number: str
    voice_url: str
    voice_method: str
    status_url: str
    status_method: str
    is_diverted: bool  # a trunk or a TwiML app is set, and the address is not used
    can_call: bool
    can_text: bool


@dataclass(frozen=True, slots=True)
class AccountState:
    """Whether the account works: `status` active, suspended or closed; `kind` Trial or Full."""

    name: str
    status: str
    kind: str


@dataclass(frozen=True, slots=True)
class DiallingPermission:
    """What the account may dial in one country."""

    low_risk: bool
    special: bool
    toll_fraud: bool


def owned_numbers() -> tuple[OwnedNumber, ...]:
    """The numbers of the account."""
    with only_call_failures():
        return tuple(_number(one) for one in current_client().incoming_phone_numbers.page(page_size=1000))


def set_voice_url(number_sid: str, url: str) -> OwnedNumber:
    """Let Twilio ask this address when somebody calls the number, and tell it when such a call has ended."""
    with only_call_failures():
        number = current_client().incoming_phone_numbers(number_sid)
        return _number(
            number.update(voice_url=url, voice_method="POST", status_callback=url, status_callback_method="POST")
        )


def account_state() -> AccountState:
    """The account itself; CallFailure with STOP_DIALLING when the credentials are wrong."""
    with only_call_failures():
        client = current_client()
        found = client.api.v2010.accounts(client.account_sid).fetch()
        return AccountState(found.friendly_name or "", found.status or "", found.type or "")


def balance() -> tuple[str, str]:
    """What is left, and its currency; subaccounts have none (CallFailure with GONE)."""
    with only_call_failures():
        found = current_client().balance.fetch()
        return str(found.balance), str(found.currency)


def dialling_permission(country: str) -> DiallingPermission:
    """What may be dialled in this country (ISO code of two letters)."""
    with only_call_failures():
        found = current_client().voice.v1.dialing_permissions.countries(country).fetch()
        return DiallingPermission(
            low_risk=bool(found.low_risk_numbers_enabled),
            special=bool(found.high_risk_special_numbers_enabled),
            toll_fraud=bool(found.high_risk_tollfraud_numbers_enabled),
        )


def twilio_time() -> datetime:
    """What Twilio's clock says, to the second."""
    with only_call_failures():
        return parsedate_to_datetime(get(".json").headers["Date"])


def _number(one: Any) -> OwnedNumber:
    abilities = one.capabilities or {}
    return OwnedNumber(
        sid=one.sid,
        number=one.phone_number or "",
        voice_url=one.voice_url or "",
        voice_method=one.voice_method or "",
        status_url=one.status_callback or "",
        status_method=one.status_callback_method or "",
        is_diverted=bool(one.trunk_sid or one.voice_application_sid),
        can_call=bool(abilities.get("voice")),
        can_text=bool(abilities.get("sms")),
    )
