"""The mailboxes we answer for, every mail as it came, and the mails that the built-in catcher holds."""

from django.db import models
from django.db.models import Q

from interaction_center.due_work import DueWork
from interaction_center.ids import public_id


class Mailbox(models.Model):
    """One of our addresses. `team` and `calendar` are public ids; "" = everybody's, and the hours of the team.

    `suggest`: an acknowledgement names pages that may answer the question. `offer_call`: and how to be called back.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    address = models.CharField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True, default="")
    team = models.CharField(max_length=16, blank=True, default="")
    calendar = models.CharField(max_length=16, blank=True, default="")
    signature = models.TextField(blank=True, default="")
    acknowledge = models.BooleanField(default=False)
    suggest = models.BooleanField(default=True)
    offer_call = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(address=""), name="mailbox_has_address")]

    def __str__(self) -> str:
        return self.address


class RawMail(DueWork):
    """One accepted mail for one mailbox, byte for byte, and its own due work: reading it and queueing it.

    `digest` covers envelope sender, mailbox and bytes: the same mail sent again after a lost 250 is the same row, while
    another mail that reuses the Message-ID is a new one. `raw` is in the row, so that it is durable in the commit that
    the 250 waits for.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    digest = models.CharField(max_length=64, unique=True)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="mails")
    mail_from = models.CharField(max_length=320, blank=True, default="")
    recipient = models.CharField(max_length=320)
    raw = models.BinaryField()
    peer = models.CharField(max_length=64, blank=True, default="")
    tls = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    sender = models.CharField(max_length=320, blank=True, default="")
    message_id = models.CharField(max_length=255, blank=True, default="")
    interaction = models.CharField(max_length=16, blank=True, default="")
    seq = models.IntegerField(null=True)
    quarantine = models.CharField(max_length=200, blank=True, default="")

    class Meta(DueWork.Meta):
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="raw_mail_due"),
            models.Index(fields=["due_at"], condition=Q(state="dead"), name="raw_mail_dead"),  # rows with bytes inside
            models.Index(fields=["mailbox", "message_id"], condition=~Q(message_id=""), name="raw_mail_message_id"),
            models.Index(fields=["interaction", "seq"], name="raw_mail_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.mail_from or '<>'} to {self.recipient}"


class AutomaticAnswer(models.Model):
    """An acknowledgement was sent: at most one per address, mailbox and day, or two robots keep each other busy."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="automatic_answers")
    address = models.CharField(max_length=320)
    day = models.DateField()
    sent_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "address", "day"], name="automatic_answer_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} to {self.address}"


class CaughtMail(models.Model):
    """A mail that would have left: kept by the built-in catcher when no relay is set, for trying things out."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    mail_from = models.CharField(max_length=320, blank=True, default="")
    recipient = models.CharField(max_length=320, db_index=True)
    subject = models.CharField(max_length=300, blank=True, default="")
    raw = models.BinaryField()
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.subject} for {self.recipient}"
