"""Who can work now, and what was offered to whom."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from interaction_center.ids import public_id
from interaction_center.queue.models import Interaction


class Wanted(models.TextChoices):
    """What an agent says; available means it too when at least one connection is alive."""

    AVAILABLE = "available"
    BUSY = "busy"
    AWAY = "away"


class Agent(models.Model):
    """A user who takes work. `capacity` is how many interactions they hold at once."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="agent")
    capacity = models.PositiveSmallIntegerField(default=5)
    wanted = models.CharField(max_length=9, choices=Wanted.choices, default=Wanted.AWAY)
    idle_since = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True)  # when the last connection ended; NULL while there is one

    def __str__(self) -> str:
        return str(self.user)


class AgentConnection(models.Model):
    """One open console socket of an agent; alive until its lease ends (realtime: several devices are one agent)."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="connections")
    node = models.CharField(max_length=32)
    lease_until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.agent} {self.public_id}"


class Offer(models.Model):
    """An interaction offered to exactly one agent for a short time. The database refuses a second live one."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        LAPSED = "lapsed"
        REVOKED = "revoked"

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="offers")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="offers")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction"], condition=Q(state="open"), name="offer_one_open"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "declined", "lapsed", "revoked"]), name="offer_state"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="open"), name="offer_expiry")]

    def __str__(self) -> str:
        return f"{self.interaction} to {self.agent}"
