"""The one queue. An interaction is a piece of work; its entries are one append-only log with a gapless sequence."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from interaction_center.access.models import BusinessCalendar, Team
from interaction_center.customers.models import Customer
from interaction_center.due_work import DueWork
from interaction_center.ids import public_id


class State(models.TextChoices):
    """Where an interaction stands. Who may move it, and how, is the table in `queue.policy`."""

    WAITING = "waiting"
    OFFERED = "offered"
    ASSIGNED = "assigned"
    CLOSED = "closed"


class Interaction(models.Model):
    """One concern of one customer. `seq` is the number of the last entry; `version` counts changes of state.

    `calendar` is that of the door it came by, if that has hours of its own.
    not_before         an appointment: nobody is asked earlier
    routed_by_channel  nobody is asked at all: its channel brings it to an agent itself
    exclusive          whoever holds it is asked nothing else meanwhile: a telephone call
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    channel = models.CharField(max_length=32)
    account = models.CharField(max_length=254)
    conversation = models.CharField(max_length=64, blank=True, default="")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="interactions")
    reply_channel = models.CharField(max_length=32)
    reply_account = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=320, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    first_words = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    priority = models.SmallIntegerField(default=0)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True)
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.SET_NULL, null=True, blank=True)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    seq = models.IntegerField(default=0)
    version = models.IntegerField(default=0)
    customer_seen = models.IntegerField(default=0)
    staff_seen = models.IntegerField(default=0)
    quarantined = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    routed_by_channel = models.BooleanField(default=False)
    exclusive = models.BooleanField(default=False)
    last_entry_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="interaction_state"),
            models.CheckConstraint(
                condition=Q(state="assigned", assigned_to__isnull=False) | ~Q(state="assigned"),
                name="interaction_assigned_has_agent",
            ),
            models.UniqueConstraint(
                fields=["channel", "account", "conversation"],
                condition=~Q(state="closed") & ~Q(conversation=""),
                name="interaction_one_open_per_conversation",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-priority", "promised_at", "id"], condition=~Q(state="closed"), name="interaction_queue"
            ),
            models.Index(fields=["assigned_to", "state"], name="interaction_agent"),
            models.Index(fields=["customer", "-id"], name="interaction_customer"),
            models.Index(fields=["state", "-last_entry_at", "-id"], name="interaction_recent"),
            models.Index(fields=["channel", "account", "conversation"], name="interaction_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.public_id}"


class EntryKind(models.TextChoices):
    MESSAGE = "message"
    NOTE = "note"
    EVENT = "event"


class Author(models.TextChoices):
    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


class Delivery(models.TextChoices):
    """How far an outgoing message has come; "" for everything that does not leave."""

    NONE = "", "none"
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class Entry(models.Model):
    """One line of the log: never changed but for `delivery`, never deleted but by erasure.

    Its public name is that of the interaction and the sequence number: a random name of its own would cost
    an index with random keys on the hottest table.
    """

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.IntegerField()
    kind = models.CharField(max_length=7, choices=EntryKind.choices)
    author = models.CharField(max_length=8, choices=Author.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False)
    author_name = models.CharField(max_length=200, blank=True, default="")
    channel = models.CharField(max_length=32)
    account = models.CharField(max_length=254)
    external_id = models.CharField(max_length=255, null=True)  # noqa: DJ001 - NULL is what UNIQUE lets repeat
    client_id = models.CharField(max_length=64, null=True)  # noqa: DJ001 - as above
    automatic = models.BooleanField(default=False)
    body = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    delivery = models.CharField(max_length=7, choices=Delivery.choices, blank=True, default=Delivery.NONE)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interaction", "seq"], name="entry_seq_once"),
            # What a customer sends is known by (channel, account, external_id), what staff write by client_id: one
            # index each, and a chat message pays for one only.
            models.UniqueConstraint(
                fields=["interaction", "client_id"], condition=Q(author="agent"), name="entry_client_id_once"
            ),
            models.UniqueConstraint(
                fields=["channel", "account", "external_id"],
                condition=Q(external_id__isnull=False),
                name="entry_external_id_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind"),
            models.CheckConstraint(condition=Q(author__in=Author.values), name="entry_author"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}"

    @property
    def public_id(self) -> str:
        """`<interaction>-<seq>`; read `interaction` with the entry, else this costs a query."""
        return f"{self.interaction.public_id}-{self.seq}"


class Attachment(models.Model):
    """A file. Its bytes lie under their SHA-256 in the data folder; equal files are stored once.

    Uploaded first (`entry` null, `owner` says who may use it), then attached in the commit of its entry.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="attachments")
    owner = models.CharField(max_length=80, blank=True, default="")
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename


class Outbox(DueWork):
    """An answer on its way out: written in the commit of its entry, sent by `queue.delivery` at least once."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="outbox")
    channel = models.CharField(max_length=32)
    account = models.CharField(max_length=254)
    to = models.CharField(max_length=320)
    message_id = models.CharField(max_length=255, unique=True)
    remote_id = models.CharField(max_length=255, blank=True, default="")

    class Meta(DueWork.Meta):
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="outbox_due"),
            models.Index(fields=["due_at"], condition=Q(state="dead"), name="outbox_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} to {self.to}"


class Draft(models.Model):
    """What an agent has typed and not sent: kept on the server, one per interaction, person and kind."""

    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=7, choices=EntryKind.choices, default=EntryKind.MESSAGE)
    body = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interaction", "user", "kind"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.interaction}"
