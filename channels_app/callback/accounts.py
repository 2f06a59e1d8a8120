"""Which Twilio account is used: the one in the settings, else that of the phone network in a box."""

import json
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from channels_app.callback.signatures import Algorithm
from interaction_center.errors import ConflictError

VOICE_TOKEN_SECONDS = 600  # the softphone asks for the next one well before; a leaked one is soon worth nothing
BOX_ADDRESS = re.compile(r"http://127\.0\.0\.1:[1-9]\d{0,4}")
NOBODY = "http://127.0.0.1:1"  # refuses every connection: what is asked of it was surely not sent
REAL_HOSTS = (("api.twilio.com", "https://api.twilio.com"), ("voice.twilio.com", "https://voice.twilio.com"))


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Everything that tells one account from another. `hosts` is the map of hosts that requests may go to."""

    sid: str
    auth_token: str = field(repr=False)
    hosts: tuple[tuple[str, str], ...]
    is_real: bool
    signing_secrets: tuple[str, ...] = field(repr=False)
    algorithm: Algorithm
    api_key_sid: str = ""
    api_key_secret: str = field(default="", repr=False)
    app_sid: str = ""


def twilio_account() -> TwilioAccount:
    """The account in use."""
    return _real_account() if settings.CONFIG.twilio_account_sid else _boxed_account()


def voice_token(identity: str) -> str:
    """A short-lived token for the Voice SDK of one agent's browser. ConflictError when the settings lack its key."""
    account = twilio_account()
    missing = [name for name, value in _needed_for_softphone(account) if not value]
    if missing:
        raise ConflictError(f"The softphone is not set up: {', '.join(missing)} missing. docs/twilio.md says how.")
    grant = VoiceGrant(incoming_allow=True, outgoing_application_sid=account.app_sid)
    token = AccessToken(
        account.sid,
        account.api_key_sid,
        account.api_key_secret,
        grants=[grant],
        identity=identity,
        ttl=VOICE_TOKEN_SECONDS,
    )
    return str(token.to_jwt())


def _needed_for_softphone(account: TwilioAccount) -> list[tuple[str, str]]:
    return [
        ("TWILIO_API_KEY_SID", account.api_key_sid),
        ("TWILIO_API_KEY_SECRET", account.api_key_secret),
        ("TWILIO_APP_SID", account.app_sid),
    ]


def _real_account() -> TwilioAccount:
    config = settings.CONFIG
    given = tuple(part.strip() for part in config.twilio_signing_secrets.split(",") if part.strip())
    return TwilioAccount(
        sid=config.twilio_account_sid,
        auth_token=config.twilio_auth_token,
        hosts=REAL_HOSTS,
        is_real=True,
        signing_secrets=given or (config.twilio_auth_token,),
        algorithm=config.twilio_signature_algorithm,
        api_key_sid=config.twilio_api_key_sid,
        api_key_secret=config.twilio_api_key_secret,
        app_sid=config.twilio_app_sid,
    )


def _boxed_account() -> TwilioAccount:
    """Its address is loopback only, so that nothing of the default run can leave this machine."""
    sid, token = _kept_credentials(box_folder())
    return TwilioAccount(
        sid=sid,
        auth_token=token,
        hosts=(("api.twilio.com", box_address() or NOBODY),),
        is_real=False,
        signing_secrets=(token,),
        algorithm="sha1",
    )


# What is known of the phone network in a box.


def box_folder() -> Path:
    """Its account, its address while it runs, and its ledger."""
    folder: Path = settings.DATA_DIR / "phone-network"
    return folder


def box_address() -> str:
    """Where it listens; "" while it does not run. Commands find it here, beside the process that runs it."""
    try:
        address = _address_file().read_text()
    except FileNotFoundError:
        return ""
    return address if BOX_ADDRESS.fullmatch(address) else ""


def keep_box_address(address: str) -> None:
    """It listens there now; "" when it has ended. Moved into place whole: nobody reads half an address."""
    if not address:
        _address_file().unlink(missing_ok=True)
        return
    draft = box_folder() / f"address.{secrets.token_hex(8)}"
    draft.write_text(address)
    draft.replace(_address_file())


def _address_file() -> Path:
    return box_folder() / "address"


@cache
def _kept_credentials(folder: Path) -> tuple[str, str]:
    """Made once; readable by their owner only. Linked into place whole: a second process reads all or nothing."""
    path = folder / "account.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"account.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"account_sid": f"AC{secrets.token_hex(16)}", "auth_token": secrets.token_hex(16)}, file)
        try:
            os.link(draft, path)
        except FileExistsError:  # somebody else was first
            pass
        finally:
            draft.unlink()
    kept = json.loads(path.read_text())
    return kept["account_sid"], kept["auth_token"]
