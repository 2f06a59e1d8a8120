"""Who the customer is. A contact point belongs to one customer; only proof joins two histories."""

from django.conf import settings
from django.db import models

from interaction_center.envelope import Proof
from interaction_center.ids import public_id


class Customer(models.Model):
    """One person as we know them. After a merge the loser points to the winner and keeps its rows: undo is complete."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    name = models.CharField(max_length=200, blank=True, default="")
    company = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")
    note = models.TextField(blank=True, default="")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or self.public_id


class ContactKind(models.TextChoices):
    EMAIL = "email"
    PHONE = "phone"
    VISITOR = "visitor"
    DEVICE = "device"


class ContactPoint(models.Model):
    """One address of one customer. `proof` says how well we know that it is theirs (see envelope.Proof)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    value = models.CharField(max_length=320)
    normalised = models.CharField(max_length=320)
    proof = models.CharField(max_length=8, choices=[(p.value, p.value) for p in Proof], default=Proof.TYPED)
    verified_by = models.CharField(max_length=16, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "normalised"], name="contact_point_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ContactKind.values), name="contact_point_kind"),
            models.CheckConstraint(condition=models.Q(proof__in=[p.value for p in Proof]), name="contact_point_proof"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class SuspectedMatch(models.Model):
    """`customer` claims an address that belongs to `other` and has not proved it. Joins nothing by itself."""

    class State(models.TextChoices):
        OPEN = "open"
        JOINED = "joined"
        DISMISSED = "dismissed"

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="suspected_matches")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="suspected_by")
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    normalised = models.CharField(max_length=320)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "other", "kind", "normalised"], name="suspected_match_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} ~ {self.other}"


class CustomerMerge(models.Model):
    """Who was merged into whom, when and why; undone when `undone_at` is set."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    loser = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges_lost")
    winner = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges_won")
    reason = models.CharField(max_length=32)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.loser} into {self.winner}"
