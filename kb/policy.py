"""Which state an article or error code may move to, by which command. Pure."""

from types import MappingProxyType

TRANSITIONS = MappingProxyType(
    {
        ("draft", "publish"): "published",
        ("retired", "publish"): "published",
        ("published", "retire"): "retired",
        ("draft", "retire"): "retired",
        ("published", "withdraw"): "draft",
        ("retired", "withdraw"): "draft",
    }
)
COMMANDS = ("publish", "retire", "withdraw")


COMMAND_TO = MappingProxyType({"published": "publish", "retired": "retire", "draft": "withdraw"})


def next_state(state: str, command: str) -> str | None:
    """The state after `command`, or None when the command is refused in `state`."""
    return TRANSITIONS.get((state, command))
