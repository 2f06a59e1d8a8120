"""Every setting in one typed place, read from the environment; the default run needs none of them.

A secret may also come from a file: NAME_FILE=/run/secrets/name. docs/operations.md explains each one.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


def _secrets_from_files() -> dict[str, Any]:
    """NAME_FILE=path gives NAME the content of that file (container secrets)."""
    names = [name for name in os.environ if name.endswith("_FILE") and name[:-5] in Config.secret_names()]
    return {name[:-5].lower(): Path(os.environ[name]).read_text().strip() for name in names}


class Config(BaseSettings):
    """What the environment and `.env` may say. Unknown names are ignored; wrong values stop the start."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

    data_dir: Path = ROOT / "var"
    secret_key: str = ""
    debug: bool = False
    database_url: str = ""
    public_base_url: str = "http://127.0.0.1:8000"
    allowed_hosts: str = ""
    trust_proxy: bool = False
    smtp_relay_url: str = ""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8025
    catcher_port: int = 8026
    mail_max_connections: int = 200
    mail_domain: str = "localhost"
    demo: bool = True
    time_zone: str = "Europe/Berlin"
    chat_mail_after_seconds: float = 45.0
    visitor_messages_per_second: float = 5.0
    visitor_message_burst: int = 10
    visitor_messages_per_minute: int = 60
    visitor_sockets_per_ip: int = 20
    new_visitors_per_minute: int = 10
    visitor_upload_mb_per_day: int = 200
    upload_mb_per_ip_per_day: int = 1000
    knowledge_words_days: int = 400
    twilio_account_sid: str = Field("", pattern="^(AC[0-9a-f]{32})?$")
    twilio_auth_token: str = Field("", validate_default=True)
    twilio_signing_secrets: str = ""
    twilio_signature_algorithm: Literal["sha1", "sha256"] = "sha1"
    twilio_api_key_sid: str = Field("", pattern="^(SK[0-9a-f]{32})?$")
    twilio_api_key_secret: str = ""
    twilio_app_sid: str = Field("", pattern="^(AP[0-9a-f]{32})?$")
    twilio_sms_from: str = Field("", pattern=r"^(\+[1-9]\d{6,14})?$")
    twilio_timeout_seconds: float = Field(10.0, gt=0, le=60)
    call_lease_seconds: float = Field(20.0, gt=0)
    call_absence_seconds: float = Field(30.0, ge=0)
    turn_urls: str = ""
    turn_secret: str = ""
    cobrowse_recording_key: str = ""
    recording_days: int = Field(90, ge=1)
    transcriber: str = ""  # dotted path of (sound: bytes, language: str) -> str

    @field_validator("twilio_auth_token")
    @classmethod
    def _goes_with_its_account(cls, token: str, info: ValidationInfo) -> str:
        """Half a set of credentials would only show at the first call that somebody waits for."""
        has_account = bool(info.data.get("twilio_account_sid"))
        if has_account and not token:
            raise ValueError("missing, although TWILIO_ACCOUNT_SID is set")
        if token and not has_account:
            raise ValueError("set, although TWILIO_ACCOUNT_SID is missing: no real telephone would ring")
        return token

    @classmethod
    def secret_names(cls) -> set[str]:
        """Settings that may be given as a file."""
        twilio = {"TWILIO_AUTH_TOKEN", "TWILIO_API_KEY_SECRET", "TWILIO_SIGNING_SECRETS"}
        own = {"SECRET_KEY", "DATABASE_URL", "SMTP_RELAY_URL", "TURN_SECRET", "COBROWSE_RECORDING_KEY"}
        return own | twilio


CONFIG = Config(**_secrets_from_files())
DATA_DIR = CONFIG.data_dir.resolve()


def _kept_secret() -> str:
    """The signing key: from the environment, else made once and kept in the data folder, readable by its owner only."""
    if CONFIG.secret_key:
        return CONFIG.secret_key
    path = DATA_DIR / "secret_key"
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def _database(url: str) -> dict[str, Any]:
    """SQLite in the data folder, or postgres://user:password@host:port/name (host: a socket folder, %-encoded)."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "center.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
            },
            # A real file: tests with several connections would see nothing in a shared in-memory database.
            "TEST": {"NAME": os.environ.get("TEST_SQLITE", str(DATA_DIR / "test.sqlite3"))},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # under ASGI anything else leaks connections (django ticket 33497)
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}},
    }


SECRET_KEY = _kept_secret()
DEBUG = CONFIG.debug
PUBLIC_BASE_URL = CONFIG.public_base_url.rstrip("/")
OWN_HOSTS = [urlsplit(PUBLIC_BASE_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = CONFIG.allowed_hosts.split(",") if CONFIG.allowed_hosts else OWN_HOSTS
DATABASES = {"default": _database(CONFIG.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Channel kinds. A new channel is one folder and one line here; the hub never imports a channel.
CHANNELS = {
    "email": "channels_app.email.adapter.EmailAdapter",
    "web_chat": "channels_app.web_chat.adapter.WebChatAdapter",
    "web_form": "channels_app.web_form.adapter.WebFormAdapter",
    "callback": "channels_app.callback.adapter.CallbackAdapter",
    "cobrowse": "channels_app.cobrowse.adapter.CobrowseAdapter",
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",
    "interaction_center.access",
    "kb",
    "interaction_center.customers",
    "interaction_center.installed_base",
    "interaction_center.queue",
    "interaction_center.routing",
    "interaction_center.history",
    "interaction_center.console",
    "interaction_center.portal",
    *(path.rsplit(".", 2)[0] for path in CHANNELS.values()),
    "interaction_center.demo",
    "interaction_center",
]

# Background work: slug -> (function that does what is due, seconds between polls). A wake rings it at once.
DUE_WORK = {
    "mail_in": ("channels_app.email.services.process_due_mails", 5.0),
    "offers": ("interaction_center.routing.services.offer_due", 2.0),
    "deliveries": ("interaction_center.queue.delivery.deliver_due", 5.0),
    "orphans": ("interaction_center.queue.files.remove_orphans", 3600.0),
    "forgetting": ("kb.retention.forget_questions", 86400.0),
    "publishing": ("kb.articles.publish_due", 5.0),
    "knowledge_files": ("kb.files.remove_orphans", 3600.0),
    "sign_in_links": ("interaction_center.portal.sign_in_mail.send_due_links", 5.0),
    "old_sign_ins": ("interaction_center.portal.sign_in_services.remove_old", 3600.0),
    "callbacks": ("channels_app.callback.dialler.dial_due", 1.0),
    "call_legs": ("channels_app.callback.posting.serve_legs", 1.0),
    "call_events": ("channels_app.callback.applying.apply_due", 2.0),
    "callback_messages": ("channels_app.callback.text_messages.send_due", 10.0),
    "recordings": ("channels_app.callback.recordings.serve_recordings", 10.0),
    "cobrowse": ("channels_app.cobrowse.rooms.keep_sessions", 1.0),
    "cobrowse_recordings": ("channels_app.cobrowse.recordings.remove_due", 600.0),
    "cobrowse_old": ("channels_app.cobrowse.retention.remove_old", 3600.0),
    "presence": ("interaction_center.routing.services.reap_presence", 10.0),
}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "interaction_center.urls"
ASGI_APPLICATION = "interaction_center.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [ROOT / "interaction_center" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "interaction_center.access.accounts.AccountAdapter"
ACCOUNT_FORMS = {"login": "interaction_center.access.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Interaction Center"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/console/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_BASE_URL.startswith("https:")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if CONFIG.trust_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def content_security_policy(*, softphone: bool) -> dict[str, Any]:
    """What our own pages may load. Twilio only where the softphone can be used: its signalling and its sounds."""
    signalling = ["wss://*.twilio.com", "https://*.twilio.com"] if softphone else []
    sounds = ["https://sdk.twilio.com"] if softphone else []
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF, NONCE],
            "style-src": [SELF, NONCE],
            "connect-src": [SELF, *signalling],
            "img-src": [SELF, "data:", "blob:"],
            "font-src": [SELF],
            "media-src": [SELF, *sounds],
            "frame-src": [SELF],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
            "form-action": [SELF],
            "manifest-src": [SELF],
        }
    }


CONTENT_SECURITY_POLICY = content_security_policy(softphone=bool(CONFIG.twilio_api_key_sid))

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_I18N = True
TIME_ZONE = CONFIG.time_zone
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS: list[Any] = [("styles", ROOT / "frontend" / "shared" / "styles")]  # the one set of design values
if (ROOT / "frontend" / "dist").is_dir():
    STATICFILES_DIRS.append(ROOT / "frontend" / "dist")
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
ATTACHMENTS_DIR = DATA_DIR / "attachments"
KNOWLEDGE_FILES_DIR = DATA_DIR / "knowledge"
COBROWSE_RECORDINGS_DIR = DATA_DIR / "cobrowse"
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
MAIL_MAX_BYTES = 25 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Only these take a body as large as a file.
UPLOAD_PATHS = re.compile(
    r"/api/uploads|/chat/upload|/api/kb/articles/[0-9a-z]+/files|/api/kb/error-codes/import"
    r"|/help/write/|/help/requests/answer/"
)

# Mail of the accounts themselves (password reset) leaves by the same relay as answers.
EMAIL_BACKEND = "channels_app.email.accounts_backend.RelayBackend"
DEFAULT_FROM_EMAIL = f"no-reply@{CONFIG.mail_domain}"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"secrets": {"()": "interaction_center.log_secrets.HideSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "daphne": {"level": "WARNING"},
        "mail.log": {"level": "WARNING"},
        "pypdf": {"level": "ERROR"},  # what is odd in somebody's file is no concern of ours
        "django.request": {"level": "ERROR"},
    },
}
