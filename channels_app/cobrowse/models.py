"""Co-browse sessions and what was consented, who watched, what was done, by whom. Nothing of what was seen is here.

`interaction` and `user` are public ids of the hub, `visitor` is the name in the widget's token; "" for none.
"""

from datetime import datetime

from django.db import models
from django.db.models import Q

from channels_app.cobrowse import policy
from interaction_center.due_work import DueWork
from interaction_center.ids import public_id


class Stage(models.TextChoices):
    """Where a session stands: the table is in policy.py."""

    CODE_ISSUED = policy.Stage.CODE_ISSUED.value
    CONSENT_PENDING = policy.Stage.CONSENT_PENDING.value
    VIEWING = policy.Stage.VIEWING.value
    ENDED = policy.Stage.ENDED.value


class CobrowseSession(models.Model):
    """One page of one customer, shown to up to three agents.

    version      counts changes: whoever hears of them out of order takes the latest
    asks         open questions: scope -> {by, name, until, submit}
    submit       the customer has agreed that forms are sent for them
    controller   who acts on the page, as long as `control` is granted
    code_digest  HMAC of the code while it can be claimed
    page_digest  SHA-256 of the token that only the customer's tab has; "" until one has come
    page_until   the customer's page is heard of by then, or has gone; renewed while it is connected
    gone_at      since when it is not connected; NULL while it is
    connection   its latest one: that an earlier one has ended means nothing any more
    agents_until by when an agent is back; NULL while one is there
    due_at       when the next thing happens by itself; NULL when nothing does
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    interaction = models.CharField(max_length=16, blank=True, default="")
    site = models.CharField(max_length=16)
    visitor = models.CharField(max_length=64)
    language = models.CharField(max_length=8, default="en")
    stage = models.CharField(max_length=16, choices=Stage.choices)
    version = models.IntegerField(default=0)
    scopes = models.JSONField(default=list)
    asks = models.JSONField(default=dict)
    submit = models.BooleanField(default=False)
    controller = models.CharField(max_length=16, blank=True, default="")
    code_digest = models.CharField(max_length=64, blank=True, default="")
    code_until = models.DateTimeField(null=True)
    page_digest = models.CharField(max_length=64, blank=True, default="")
    page_origin = models.CharField(max_length=254, blank=True, default="")
    page_until = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    connection = models.CharField(max_length=16, blank=True, default="")
    agents_until = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=8, blank=True, default="")
    created_at = models.DateTimeField()
    viewing_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=16, blank=True, default="")
    ended_by = models.CharField(max_length=120, blank=True, default="")
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="cobrowse_stage"),
            models.UniqueConstraint(
                fields=["interaction"],
                condition=~Q(stage="ended") & ~Q(interaction=""),
                name="cobrowse_one_open_per_interaction",
            ),
            models.UniqueConstraint(
                fields=["site", "visitor"], condition=~Q(stage="ended"), name="cobrowse_one_open_per_visitor"
            ),
            models.UniqueConstraint(fields=["code_digest"], condition=~Q(code_digest=""), name="cobrowse_code_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=~Q(stage="ended"), name="cobrowse_due"),
            models.Index(fields=["interaction", "-created_at"], name="cobrowse_interaction"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def clocks(self) -> policy.Clocks:
        """What its deadlines hang on."""
        return policy.Clocks(
            stage=policy.Stage(self.stage),
            since=self.viewing_at or self.created_at,
            code_until=self.code_until,
            ask_ends={scope: datetime.fromisoformat(ask["until"]) for scope, ask in self.asks.items()},
            page_until=self.page_until,
            agents_until=self.agents_until,
            paused_at=self.paused_at,
        )


class Decision(models.TextChoices):
    ASKED = "asked"
    GRANTED = "granted"
    DENIED = "denied"
    REVOKED = "revoked"
    LAPSED = "lapsed"


class Consent(models.Model):
    """One line of what was asked and answered: never changed, and kept as long as the session it belongs to.

    `wording` (its version) and `hash` name the text that the customer had before them; "" where none was shown.
    """

    session = models.ForeignKey(CobrowseSession, on_delete=models.CASCADE, related_name="consents")
    scope = models.CharField(max_length=8)
    decision = models.CharField(max_length=8, choices=Decision.choices)
    wording = models.CharField(max_length=8, blank=True, default="")
    hash = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")
    role = models.CharField(max_length=10)
    user = models.CharField(max_length=16, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.scope} {self.decision}"


class Participation(models.Model):
    """An agent watched from `since` to `until`.

    connection   of their latest view: that an earlier one has ended means nothing any more
    gone_at      since when that is not there; NULL while it is
    alive_until  it is heard of by then, or has gone for good; renewed while it is connected
    """

    session = models.ForeignKey(CobrowseSession, on_delete=models.CASCADE, related_name="participations")
    user = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    connection = models.CharField(max_length=16, blank=True, default="")
    since = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    alive_until = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"], condition=Q(until__isnull=True), name="cobrowse_watching_once"
            )
        ]
        indexes = [models.Index(fields=["alive_until"], condition=Q(until=None), name="cobrowse_alive")]

    def __str__(self) -> str:
        return self.name


class AuditLine(models.Model):
    """What an agent did on the page, and what was refused. `what`: a hash of the element's selector, never its text.

    `kind` is the type of the frame; `outcome` is done, the code with which the page refused it, or why we did.
    """

    session = models.ForeignKey(CobrowseSession, on_delete=models.CASCADE, related_name="audit")
    role = models.CharField(max_length=10)
    user = models.CharField(max_length=16, blank=True, default="")
    kind = models.CharField(max_length=32)
    outcome = models.CharField(max_length=32)
    what = models.CharField(max_length=16, blank=True, default="")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"


class CodeGuard(models.Model):
    """One row, locked by whoever tries a code: two at once must not both be the fifth."""

    def __str__(self) -> str:
        return "codes"


class CodeTry(models.Model):
    """A wrong code."""

    user = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="cobrowse_try")]

    def __str__(self) -> str:
        return self.user


class Alert(models.Model):
    """Too many wrong codes: what supervisors should know. `user` "" when it was many people together."""

    user = models.CharField(max_length=16, blank=True, default="")
    name = models.CharField(max_length=120, blank=True, default="")
    tries = models.IntegerField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tries} wrong codes"


class SiteRules(models.Model):
    """What co-browsing shows of a site. `show`, `mask`, `block` are CSS selectors; with `deny`, only `show` is seen."""

    site = models.CharField(max_length=16, unique=True)
    enabled = models.BooleanField(default=True)
    show = models.JSONField(default=list)
    mask = models.JSONField(default=list)
    block = models.JSONField(default=list)
    deny = models.BooleanField(default=False)
    submit = models.BooleanField(default=False)
    recording = models.BooleanField(default=False)
    retention_days = models.PositiveSmallIntegerField(default=30)

    def __str__(self) -> str:
        return self.site


class Recording(DueWork):
    """What a customer has let us keep of a session, from one consent to its end; due when it is to be removed.

    It keeps its session from being deleted: with the row would go what is known of a file on the disk.

    days         for how long it is kept, as the customer was told
    wrapped_key  its key as sealing.py stores it; empty once it is removed, and then nothing can be read
    removed_by   who has deleted it; "" when its time was over
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    session = models.ForeignKey(CobrowseSession, on_delete=models.PROTECT, related_name="recordings")
    days = models.PositiveSmallIntegerField()
    wrapped_key = models.BinaryField(default=b"")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_user = models.CharField(max_length=16, blank=True, default="")
    removed_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(ended_at__isnull=True), name="cobrowse_recorded_once"
            )
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="due"), name="cobrowse_recording_due")]

    def __str__(self) -> str:
        return self.public_id


class Playback(models.Model):
    """Somebody has opened a recording, and has got it from `from_ms` to `until_ms`; both 0 when nothing of it."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="playbacks")
    user = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    from_ms = models.PositiveIntegerField(default=0)
    until_ms = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
