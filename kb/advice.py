"""What every reader of an error code must be told besides the steps: how bad it is, and when to stop and call. Pure.

One place for portal, widget and answers: what one of them leaves out may hurt somebody.
"""

from types import MappingProxyType

from kb.models import ErrorCode, Severity

Words = tuple[str, str]  # English, German

TO_DO: Words = ("What to do now", "Was jetzt zu tun ist")
TO_CALL: Words = ("When to stop and call", "Wann Sie aufhören und anrufen sollten")
REASON: Words = ("Why it appears", "Warum er erscheint")
_SEVERITY = MappingProxyType(
    {
        Severity.DANGER: ("Danger: stop using the device now", "Gefahr: Gerät jetzt nicht weiter benutzen"),
        Severity.FAULT: (
            "Fault: the device can't work until this is solved",
            "Störung: Das Gerät arbeitet erst weiter, wenn sie behoben ist",
        ),
        Severity.WARNING: (
            "Warning: the device works on, but needs attention",
            "Warnung: Das Gerät arbeitet weiter, braucht aber Aufmerksamkeit",
        ),
        Severity.INFO: ("Note: nothing is broken", "Hinweis: Nichts ist defekt"),
    }
)
_AT_ONCE: Words = (
    "At once: switch the device off and let nobody use it until a technician has seen it.",
    "Sofort: Schalten Sie das Gerät ab und lassen Sie es niemanden benutzen, bis ein Techniker es gesehen hat.",
)
_AFTER_ONE_TRY: Words = (
    "If the steps above do not help the first time. Do not open the housing.",
    "Wenn die Schritte oben beim ersten Mal nicht helfen. Öffnen Sie das Gehäuse nicht.",
)
_WHEN_IT_RETURNS: Words = (
    "If the code comes back twice on the same day.",
    "Wenn der Code am selben Tag zweimal wiederkommt.",
)


def in_language(words: Words, locale: str) -> str:
    """German for German readers, English for all others."""
    return words[1] if locale.startswith("de") else words[0]


def severity_words(code: ErrorCode) -> str:
    """How bad it is, in the language of the code."""
    return in_language(_SEVERITY[Severity(code.severity)], code.locale)


def when_to_call(code: ErrorCode) -> str:
    """When its reader must stop trying and call, in the language of the code."""
    if code.severity == Severity.DANGER:
        return in_language(_AT_ONCE, code.locale)
    return in_language(_AFTER_ONE_TRY if code.support_level > 1 else _WHEN_IT_RETURNS, code.locale)
