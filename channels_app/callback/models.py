"""Our numbers, who wants to be called, every call that was tried, every telephone that was rung, and what was reported.

`team`, `calendar`, `site`, `interaction` and `user` are public ids of the hub, "" for none. Words: docs/callback.md.
"""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from channels_app.callback.stages import OPEN_STAGES, CallOutcome, LegStage, RequestStage
from interaction_center.due_work import DueWork
from interaction_center.ids import public_id


class Mode(models.TextChoices):
    """Who is rung first, and on what."""

    AGENT_FIRST = "agent_first"
    CUSTOMER_FIRST = "customer_first"
    SOFTPHONE = "softphone"


class PhoneLine(models.Model):
    """One of our numbers, and how callbacks of its queue are made.

    number          E.164; callers see it, and calls to it come in here
    site            key of the site whose customers use it; "" = those without a line of their own
    countries       ISO codes that may be rung; none = the country of `number`
    quiet_from, quiet_until  local time of the customer, "HH:MM": nobody is rung outside
    slot_minutes, slot_capacity, days_ahead  which appointments are offered
    ring_seconds    how long a telephone rings
    calls_a_day, calls_a_second  bounds on what we place, against fraud and Twilio's own limit
    paused_at       a supervisor has stopped all dialling, since then
    records         whether consent to recording is asked for
    calls_back_missed  whether who hung up while waiting is called back
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    name = models.CharField(max_length=80)
    number = models.CharField(max_length=16, unique=True)
    mode = models.CharField(max_length=14, choices=Mode.choices, default=Mode.AGENT_FIRST)
    site = models.CharField(max_length=16, blank=True, default="")
    team = models.CharField(max_length=16, blank=True, default="")
    calendar = models.CharField(max_length=16, blank=True, default="")
    countries = models.JSONField(default=list)
    quiet_from = models.CharField(max_length=5, default="20:00")
    quiet_until = models.CharField(max_length=5, default="08:00")
    slot_minutes = models.PositiveSmallIntegerField(default=30)
    slot_capacity = models.PositiveSmallIntegerField(default=2)
    days_ahead = models.PositiveSmallIntegerField(default=14)
    ring_seconds = models.PositiveSmallIntegerField(default=25)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    calls_a_day = models.PositiveIntegerField(default=500)
    calls_a_second = models.PositiveSmallIntegerField(default=1)
    wrap_up_seconds = models.PositiveSmallIntegerField(default=120)
    detects_machines = models.BooleanField(default=True)
    takes_voicemail = models.BooleanField(default=True)
    calls_back_missed = models.BooleanField(default=True)
    records = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="line_mode"),
            models.CheckConstraint(condition=Q(slot_minutes__gte=5) & Q(ring_seconds__gte=5), name="line_times"),
        ]

    def __str__(self) -> str:
        return self.name or self.number


class CallbackRequest(DueWork):
    """“Call me back”: one number, one subject, one interaction.

    As due work: `due_at` is when the dialler must look at it next, and `state` is done while it need not look (an
    agent is being asked, a call is under way, or it has ended). `attempts` counts looks; calls count in `calls_made`.

    requested_at    when they asked: their place in the queue, kept whatever happens
    wanted_at       the start of the slot they chose; NULL = as soon as possible
    promised_at     by when they are called, as they were told: the end of the slot, or as long as the wait was measured
    zones           IANA zones in which the customer may be; rung only when it is day in all of them
    link_digest     SHA-256 of the secret in the link by which they move or cancel it
    site, visitor   by which site's door they came, and who they are there; "" for nobody that a door knows
    is_proved       their mail address was proved, or one of us asked for them
    key             idempotency: the same one is one request
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    key = models.CharField(max_length=64, unique=True)
    line = models.ForeignKey(PhoneLine, on_delete=models.PROTECT, related_name="requests")
    interaction = models.CharField(max_length=16, unique=True)
    number = models.CharField(max_length=16)
    extension = models.CharField(max_length=16, blank=True, default="")
    flags = models.JSONField(default=list)
    zones = models.JSONField(default=list)
    subject = models.CharField(max_length=32, default="general")
    name = models.CharField(max_length=200, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    language = models.CharField(max_length=8, default="en")
    source = models.CharField(max_length=16, default="portal")
    stage = models.CharField(max_length=10, choices=RequestStage.choices, default=RequestStage.SCHEDULED)
    reason = models.CharField(max_length=32, blank=True, default="")
    requested_at = models.DateTimeField()
    wanted_at = models.DateTimeField(null=True)
    slot_minutes = models.PositiveSmallIntegerField(default=0)
    promised_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    calls_made = models.PositiveSmallIntegerField(default=0)
    link_digest = models.CharField(max_length=64, unique=True)
    ip = models.CharField(max_length=64, blank=True, default="")
    connected_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    disposition = models.CharField(max_length=32, blank=True, default="")
    site = models.CharField(max_length=16, blank=True, default="")
    visitor = models.CharField(max_length=64, blank=True, default="")
    is_proved = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=RequestStage.values), name="request_stage"),
            models.UniqueConstraint(
                fields=["number", "subject"], condition=Q(stage__in=OPEN_STAGES), name="request_one_open_per_number"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="request_due"),
            models.Index(fields=["line", "wanted_at"], condition=Q(stage__in=OPEN_STAGES), name="request_slots"),
            # Of all: SQLite takes a partial index only where the statement spells out its condition.
            models.Index(fields=["stage", "requested_at"], name="request_stage"),
            models.Index(fields=["number", "-requested_at"], name="request_number"),
            models.Index(fields=["ip", "-requested_at"], name="request_ip"),
            models.Index(fields=["line", "-requested_at"], name="request_line"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def slot_end(self) -> datetime:
        """The end of the slot that they chose. For a request with `wanted_at` only."""
        if self.wanted_at is None:
            raise ValueError("no time was chosen")
        return self.wanted_at + timedelta(minutes=self.slot_minutes)


class ShownWork(DueWork):
    """Work that is laid aside for a person, who sees it on a screen and tries it again."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)

    class Meta:
        abstract = True


class TextMessage(ShownWork):
    """A text message to the customer of a request; what it says is made as it leaves, so that no link is stored.

    about   what it tells: `letters.py` has the words
    key     the same one is sent once
    """

    request = models.ForeignKey(CallbackRequest, on_delete=models.CASCADE, related_name="text_messages")
    about = models.CharField(max_length=16)
    key = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="text_message_due")]

    def __str__(self) -> str:
        return f"{self.about} {self.key}"


class Direction(models.TextChoices):
    """Who called whom: we the customer (out), or the customer us (in)."""

    OUT = "out"
    IN = "in"


class RecordingState(models.TextChoices):
    """Whether a call is recorded now. Asked: its customer hears the question."""

    OFF = "", "off"
    ASKED = "asked"
    STARTING = "starting"
    ON = "on"
    PAUSED = "paused"


class PhoneCall(models.Model):
    """One try to bring a customer and an agent together by telephone: ours (out) or theirs (in).

    It is open until `ended_at`. A number has one open call, a request has one open call: the database sees to it.
    `number` is "" for a caller who hides it, or whose number has a call already.
    `agent`: public id of who has it. `mode`, `number` of the line are kept as they were when it was made.

    Of a call that came in:
    caller          the number that was shown, E.164; "" for none
    waiting_since   their place in the queue; NULL while they do not wait for a person
    typed_number    where they want to be called, by their keys, checked; "" for none
    follow_up_at    when a missed call is seen to; NULL once it is

    transfer        while the customer waits for somebody else: {"by": who put them through, "to": [people still to be
                    tried], "team": …, "is_back": whether it has come back to who has it}; else {}
    disposition     what came of it, in the words of whoever wrote it up; "" until then
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    line = models.ForeignKey(PhoneLine, on_delete=models.PROTECT, related_name="calls")
    request = models.ForeignKey(CallbackRequest, on_delete=models.PROTECT, null=True, related_name="calls")
    interaction = models.CharField(max_length=16, blank=True, default="", db_index=True)
    number = models.CharField(max_length=16)
    mode = models.CharField(max_length=14, choices=Mode.choices)
    agent = models.CharField(max_length=16, blank=True, default="")
    attempt = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=20, choices=CallOutcome.choices, blank=True, default="")
    answered_by = models.CharField(max_length=8, blank=True, default="")
    conference_sid = models.CharField(max_length=34, blank=True, default="")
    created_at = models.DateTimeField()
    bridged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    wrapped_up_at = models.DateTimeField(null=True)
    transfer = models.JSONField(default=dict)
    recording = models.CharField(max_length=8, choices=RecordingState.choices, blank=True, default="")
    disposition = models.CharField(max_length=32, blank=True, default="")
    notes = models.TextField(blank=True, default="")
    caller = models.CharField(max_length=16, blank=True, default="")
    waiting_since = models.DateTimeField(null=True)
    typed_number = models.CharField(max_length=16, blank=True, default="")
    follow_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=Q(ended_at=None) & ~Q(number=""), name="call_one_open_per_number"
            ),
            models.UniqueConstraint(fields=["request"], condition=Q(ended_at=None), name="call_one_open_per_request"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="call_direction"),
        ]
        indexes = [
            models.Index(fields=["agent"], condition=Q(wrapped_up_at=None), name="call_agent"),
            models.Index(fields=["line", "-created_at"], name="call_line"),
            models.Index(fields=["caller", "-created_at"], condition=~Q(caller=""), name="call_caller"),
            models.Index(fields=["line"], condition=Q(direction="in", ended_at=None), name="call_waiting"),
            models.Index(fields=["follow_up_at"], condition=~Q(follow_up_at=None), name="call_follow_up"),
            models.Index(
                fields=["agent", "ended_at"], condition=Q(outcome="talked", disposition=""), name="call_unwritten"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def telephone(self) -> str:
        """The customer's, by which people know a call; "" for a number that is withheld."""
        return self.number or self.caller

    @property
    def conference(self) -> str:
        """The name of the room in which its legs meet."""
        return f"cb-{self.public_id}"


class Party(models.TextChoices):
    """Whose telephone it is."""

    CUSTOMER = "customer"
    AGENT = "agent"
    COLLEAGUE = "colleague"
    SUPERVISOR = "supervisor"


class Listening(models.TextChoices):
    """How a supervisor takes part: heard by nobody, by the agent alone, by all."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


class CallLeg(DueWork):
    """One telephone that is rung, or that rang us: a row before the one POST that rings it.

    As due work: when it is to be posted, when an order is to be given, and when somebody must look whether it is lost
    (its POST had no answer, or no report came in time).

    to              the telephone outside (E.164, or client:<user>), also of one that rang us; "" for a hidden number
    token_digest    SHA-256 of the 128-bit token in its web hooks' addresses (`tokens.py`): who knows it speaks about
                    this leg alone; NULL until it is posted
    orders          what Twilio is still to be told to do with it, in order: {"do": "hang_up"}
    call_sid        Twilio's name of it; NULL until the POST is answered or a report names it
    error_code      why it was not posted, or what Twilio said against it
    absences        how often Twilio had no such call when it was looked for
    sequence        the highest SequenceNumber seen; `status` is Twilio's word that came with it
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    call = models.ForeignKey(PhoneCall, on_delete=models.PROTECT, related_name="legs")
    party = models.CharField(max_length=10, choices=Party.choices)
    user = models.CharField(max_length=16, blank=True, default="")
    to = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - as below
    orders = models.JSONField(default=list)
    call_sid = models.CharField(max_length=34, null=True, unique=True)  # noqa: DJ001 - NULL is what UNIQUE lets repeat
    stage = models.CharField(max_length=12, choices=LegStage.choices, default=LegStage.POSTING)
    status = models.CharField(max_length=12, blank=True, default="")
    sequence = models.IntegerField(default=-1)
    answered_by = models.CharField(max_length=8, blank=True, default="")
    error_code = models.CharField(max_length=16, blank=True, default="")
    created_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    absences = models.PositiveSmallIntegerField(default=0)
    on_hold = models.BooleanField(default=False)
    muted = models.BooleanField(default=False)
    listens = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=LegStage.values), name="leg_stage"),
            # Whatever else goes wrong: no telephone is rung a second time while it may still be ringing.
            models.UniqueConstraint(
                fields=["to"], condition=Q(ended_at=None) & ~Q(to=""), name="leg_one_living_per_telephone"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="leg_due"),
            models.Index(fields=["-posted_at"], name="leg_posted"),
            models.Index(fields=["user"], condition=Q(ended_at=None) & ~Q(user=""), name="leg_user"),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.public_id}"

    @property
    def came_in(self) -> bool:
        """Whether this telephone rang us: nothing was posted for it, and it has a call all the same."""
        return self.posted_at is None and self.call_sid is not None


class CallEvent(ShownWork):
    """What Twilio reported, stored before it was answered and applied afterwards. `key` is unique: repeats are one.

    kind: status, conference, machine, recording or transcription. `facts` are the parameters that we know.
    """

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=14)
    leg = models.ForeignKey(CallLeg, on_delete=models.CASCADE, related_name="events")
    facts = models.JSONField(default=dict)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="event_due"),
            models.Index(fields=["due_at", "public_id"], condition=Q(state="dead"), name="event_dead"),
        ]

    def __str__(self) -> str:
        return self.key


class Recording(ShownWork):
    """A recording at Twilio that is fetched into the interaction, and then deleted there.

    kind: call or voicemail. As due work: fetching it, then deleting it at Twilio, and in the end removing our file.

    entry           number of the entry that has the file; NULL until it is kept
    deleted_at      since when Twilio has it no more
    keep_until      when our file of it is removed
    """

    call = models.ForeignKey(PhoneCall, on_delete=models.PROTECT, related_name="recordings")
    recording_sid = models.CharField(max_length=34, unique=True)
    kind = models.CharField(max_length=9)
    seconds = models.PositiveIntegerField(default=0)
    entry = models.IntegerField(null=True)
    transcript = models.TextField(blank=True, default="")
    deleted_at = models.DateTimeField(null=True)
    keep_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="recording_due")]

    def __str__(self) -> str:
        return self.recording_sid


class Consent(models.Model):
    """What a party answered when it was asked whether the call may be recorded, to which wording, and when."""

    call = models.ForeignKey(PhoneCall, on_delete=models.PROTECT, related_name="consents")
    leg = models.ForeignKey(CallLeg, on_delete=models.PROTECT, related_name="consents")
    wording = models.CharField(max_length=16)
    given = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["leg", "wording"], name="consent_once")]

    def __str__(self) -> str:
        return f"{self.leg_id} {self.wording} {self.given}"


class DoNotCall(models.Model):
    """A number that is never rung again, until it is taken off the list."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    number = models.CharField(max_length=16, unique=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    user = models.CharField(max_length=16, blank=True, default="")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.public_id


class AgentPhone(models.Model):
    """Where an agent is rung: a number, or the softphone in the console ("")."""

    user = models.CharField(max_length=16, unique=True)
    number = models.CharField(max_length=16, blank=True, default="")

    def __str__(self) -> str:
        return self.user
