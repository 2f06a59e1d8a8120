"""How addresses are compared, and whose claim to an address is the better one. Pure."""

import re

import phonenumbers

from interaction_center.envelope import Proof


def normalise(kind: str, value: str, region: str = "DE") -> str:
    """The form under which an address is unique; "" when the value can't be an address of this kind."""
    value = value.replace("\x00", "").strip()
    if kind == "email":
        return _normalise_email(value)
    if kind == "phone":
        return _normalise_phone(value, region)
    return value[:320]


def _normalise_email(value: str) -> str:
    """Lower case. Dots and +tags stay: they tell people apart at many providers."""
    value = value.lower()
    return value if re.fullmatch(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,255}", value) else ""


def _normalise_phone(value: str, region: str) -> str:
    """E.164; "" when no number can be read."""
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def takes_over(claim: Proof, held: Proof) -> bool:
    """Whether a claim takes an address from somebody who merely typed it.

    A mail that came from an address says more than a visitor who typed it. A verified claim takes nothing over:
    it joins the two histories instead.
    """
    return held is Proof.TYPED and claim is Proof.RECEIVED
