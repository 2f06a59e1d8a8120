"""What customers are asked, in their words. A text that changes gets a new version: consent is kept with both."""

import hashlib
from dataclasses import dataclass

from channels_app.cobrowse.policy import Scope

VERSION = "1"
LANGUAGES = ("en", "de")

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
    ("record", "en"): "{name} would like to record what can be seen in this session. What is hidden is not recorded.",
    ("record", "de"): "{name} möchte aufzeichnen, was in dieser Sitzung zu sehen ist. Was verdeckt ist, wird nicht"
    " aufgezeichnet.",
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


def wording(scope: str, language: str, name: str, *, submit: bool = False) -> Wording:
    """What the customer reads when `name` asks for this scope."""
    chosen = language if language in LANGUAGES else "en"
    key = "submit" if scope == Scope.CONTROL and submit else scope
    text = _TEXTS[key, chosen].format(name=name)
    return Wording(text, VERSION, hashlib.sha256(text.encode()).hexdigest(), chosen)


def answered_wording(
    scope: str, name: str, *, submit: bool, version: object, digest: object, language: str
) -> Wording | None:
    """Which text the customer has answered, by what their page says it showed; None when it is none of ours now."""
    first = [language, *LANGUAGES]
    texts = (wording(scope, one, name, submit=submit) for one in first)
    return next((text for text in texts if (text.version, text.hash) == (version, digest)), None)
