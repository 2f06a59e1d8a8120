"""Who has an interaction on the screen, so that two people don't answer the same. In memory, per process."""

from collections import defaultdict
from typing import Protocol

from interaction_center.access.models import User
from interaction_center.events import staff_topic
from interaction_center.live.hub import Hub, Push
from interaction_center.live.session import encode


class Viewer(Protocol):
    """One open console."""

    @property
    def user(self) -> User: ...


class Viewers:
    """Interaction -> the consoles that show it."""

    def __init__(self) -> None:
        self._by_interaction: defaultdict[str, set[Viewer]] = defaultdict(set)

    def enter(self, viewer: Viewer, interaction: str, hub: Hub) -> None:
        """`viewer` looks at it now."""
        self._by_interaction[interaction].add(viewer)
        self._tell(interaction, hub)

    def leave(self, viewer: Viewer, hub: Hub) -> None:
        """`viewer` looks at something else, or has gone."""
        for interaction in [name for name, viewers in self._by_interaction.items() if viewer in viewers]:
            self._by_interaction[interaction].discard(viewer)
            self._tell(interaction, hub)
            if not self._by_interaction[interaction]:
                del self._by_interaction[interaction]

    def _tell(self, interaction: str, hub: Hub) -> None:
        people = {viewer.user.public_id: str(viewer.user) for viewer in self._by_interaction[interaction]}
        viewers = [{"user": user, "name": name} for user, name in sorted(people.items(), key=lambda item: item[1])]
        frame = encode({"t": "presence", "c": interaction, "viewers": viewers})
        hub.publish(Push((staff_topic(interaction),), frame, ephemeral=True))


VIEWERS = Viewers()
