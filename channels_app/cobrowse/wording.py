"""What customers are asked, in their words. A text that changes gets a new version: consent is kept with both."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels_app.cobrowse.policy import Scope

VERSION = "1"
LANGUAGES = ("en", "de")
_DAYS = {"en": ("day", "days"), "de": ("Tag", "Tagen")}

_TEXTS: dict[tuple[str, str], str] = {
    ("view", "en"): "{name} would like to see this page as you see it. What you type and what is private stays hidden."
    " You can stop at any time.",
    ("view", "de"): "{name} möchte diese Seite so sehen, wie Sie sie sehen. Was Sie eingeben und was privat ist, bleibt"
    " verdeckt. Sie können das jederzeit beenden.",
    ("point", "en"): "{name} would like to point at things on your page and draw on it.",
    ("point", "de"): "{name} möchte Ihnen auf Ihrer Seite Stellen zeigen und markieren.",
    ("control", "en"): "{name} would like to click, scroll and fill in fields on this page for you."
    " Nothing is sent off without you. You can take over again at any time.",
    ("control", "de"): "{name} möchte auf dieser Seite für Sie klicken, scrollen und Felder ausfüllen."
    " Abgeschickt wird nichts ohne Sie. Sie können jederzeit wieder übernehmen.",
    ("submit", "en"): "{name} would like to click, scroll, fill in fields and send forms on this page for you."
    " You can take over again at any time.",
    ("submit", "de"): "{name} möchte auf dieser Seite für Sie klicken, scrollen, Felder ausfüllen und Formulare"
    " abschicken. Sie können jederzeit wieder übernehmen.",
    ("record", "en"): "{name} would like to record what can be seen in this session. What is hidden is not recorded."
    " The recording is deleted after {days}.",
    ("record", "de"): "{name} möchte aufzeichnen, was in dieser Sitzung zu sehen ist. Was verdeckt ist, wird nicht"
    " aufgezeichnet. Die Aufzeichnung wird nach {days} gelöscht.",
    ("p2p", "en"): "{name} would like to connect directly with your browser, which is faster."
    " Both sides then learn each other's network address.",
    ("p2p", "de"): "{name} möchte sich direkt mit Ihrem Browser verbinden, das ist schneller."
    " Beide Seiten erfahren dabei die Netzadresse der anderen.",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One question as it is shown. `hash` is the SHA-256 of the text in hexadecimal digits."""

    text: str
    version: str
    hash: str
    language: str


def wording(scope: str, language: str, name: str, *, submit: bool = False, days: int = 0) -> Wording:
    """What the customer reads when `name` asks for this scope. `days`: how long a recording would be kept."""
    chosen = language if language in LANGUAGES else "en"
    key = "submit" if scope == Scope.CONTROL and submit else scope
    text = _TEXTS[key, chosen].format(name=name, days=_days(days, chosen))
    return Wording(text, VERSION, hashlib.sha256(text.encode()).hexdigest(), chosen)


def asked_wording(scope: str, language: str, asked: Mapping[str, Any]) -> Wording:
    """The same for an open question of a session."""
    return wording(scope, language, asked["name"], submit=asked["submit"], days=asked.get("days", 0))


def answered_wording(
    scope: str, asked: Mapping[str, Any], *, version: object, digest: object, language: str
) -> Wording | None:
    """Which text the customer has answered, by what their page says it showed; None when it is none of ours now."""
    texts = (asked_wording(scope, one, asked) for one in [language, *LANGUAGES])
    return next((text for text in texts if (text.version, text.hash) == (version, digest)), None)


def _days(count: int, language: str) -> str:
    one, many = _DAYS[language]
    return f"{count} {one if count == 1 else many}"
