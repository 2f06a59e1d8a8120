"""Which state an article may move to, by which command, and who may read what. Pure."""

from types import MappingProxyType

TRANSITIONS = MappingProxyType(
    {
        ("draft", "submit"): "in_review",
        ("draft", "schedule"): "scheduled",
        ("draft", "publish"): "published",
        ("draft", "retire"): "retired",
        ("in_review", "revise"): "draft",
        ("in_review", "schedule"): "scheduled",
        ("in_review", "publish"): "published",
        ("in_review", "retire"): "retired",
        ("scheduled", "revise"): "draft",
        ("scheduled", "submit"): "in_review",
        ("scheduled", "schedule"): "scheduled",
        ("scheduled", "publish"): "published",
        ("scheduled", "retire"): "retired",
        ("published", "revise"): "draft",
        ("published", "submit"): "in_review",
        ("published", "schedule"): "scheduled",
        ("published", "retire"): "retired",
        ("retired", "revise"): "draft",
        ("retired", "publish"): "published",
    }
)
COMMANDS = ("revise", "submit", "schedule", "publish", "retire")
COMMAND_TO = MappingProxyType(
    {
        "draft": "revise",
        "in_review": "submit",
        "scheduled": "schedule",
        "published": "publish",
        "retired": "retire",
    }
)
PUBLISHED_STATES = frozenset({"scheduled", "published", "retired"})  # what readers see now, will see, or saw
READERS = ("public", "customer", "internal")  # each reads what is for those before it, too


def next_state(state: str, command: str) -> str | None:
    """The state after `command`, or None when the command is refused in `state`."""
    return TRANSITIONS.get((state, command))


def needs_publisher(*, state: str, wanted: str, is_changed: bool) -> bool:
    """Whether moving an article from `state` to `wanted` decides what readers see; `is_changed`: it says new words.

    A retired one may become a draft by anybody who writes; a scheduled one stays what a publisher has decided.
    """
    if wanted == state:
        return is_changed and state in PUBLISHED_STATES
    return wanted in PUBLISHED_STATES or state == "scheduled"


def widest(first: str, second: str) -> str:
    """The one of two audiences that more people belong to; "" is nobody."""
    return min(first, second, key=lambda one: READERS.index(one) if one in READERS else len(READERS))


def audiences_of(reader: str) -> tuple[str, ...]:
    """The audiences whose articles this reader may see; whoever is unknown sees what everybody sees."""
    return READERS[: READERS.index(reader) + 1] if reader in READERS else READERS[:1]
