"""How customers sign in to their requests: a link that was mailed, and what it opened."""

from django.db import models
from django.db.models import Q

from interaction_center.customers.models import ContactPoint
from interaction_center.due_work import DueWork
from interaction_center.ids import public_id


class SignInLink(DueWork):
    """One asked-for link, and the mail that brings it. Its token is made from `public_id` by our key, and not kept."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    address = models.CharField(max_length=320)
    language = models.CharField(max_length=8, default="en")
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta(DueWork.Meta):
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="sign_in_link_due"),
            models.Index(fields=["created_at"], name="sign_in_link_age"),
        ]

    def __str__(self) -> str:
        return self.public_id


class CustomerSession(models.Model):
    """A browser in which the owner of an address is signed in. It ends with the address: erasure takes it along.

    Only the SHA-256 of its token is kept. `previous` is that of the token before, for requests that were under way
    when it was renewed.
    """

    contact_point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="sessions")
    digest = models.CharField(max_length=64, unique=True)
    previous = models.CharField(max_length=64, blank=True, default="", db_index=True)
    created_at = models.DateTimeField()
    renewed_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="customer_session_age")]

    def __str__(self) -> str:
        return f"{self.contact_point} since {self.created_at:%Y-%m-%d}"
