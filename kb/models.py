"""What we know: articles, error codes, and what became of each suggestion. Knows no customer and no interaction."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from interaction_center.ids import public_id


class ArticleState(models.TextChoices):
    """Only a published article is ever found or shown outside the editors' own lists. Moves: `kb.policy`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Audience(models.TextChoices):
    """Who may read: everybody, or only people who work here."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Severity(models.TextChoices):
    """How bad an error code is for the device and its user, mildest first."""

    INFO = "info"
    WARNING = "warning"
    FAULT = "fault"
    DANGER = "danger"


class Article(models.Model):
    """One answer in one language; translations share the slug. `keywords` are the words of customers."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    slug = models.SlugField(max_length=120)
    locale = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True, default="")
    body = models.TextField(blank=True, default="")
    category = models.CharField(max_length=80, blank=True, default="")
    keywords = models.CharField(max_length=500, blank=True, default="")
    device_family = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=9, choices=ArticleState.choices, default=ArticleState.DRAFT)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.PUBLIC)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "locale"], name="article_slug_once_per_locale"),
            models.CheckConstraint(condition=Q(state__in=ArticleState.values), name="article_state"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="article_audience"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="article_recent")]

    def __str__(self) -> str:
        return self.title


class ErrorCode(models.Model):
    """What a device means by a code, and what to do. `code_key` and `family_key` are the forms that are compared."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    device_family = models.CharField(max_length=80)
    family_key = models.SlugField(max_length=80)
    code = models.CharField(max_length=40)
    code_key = models.CharField(max_length=40, db_index=True)
    locale = models.CharField(max_length=8)
    severity = models.CharField(max_length=7, choices=Severity.choices, default=Severity.FAULT)
    meaning = models.CharField(max_length=300)
    cause = models.TextField(blank=True, default="")
    remedy = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    support_level = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=ArticleState.choices, default=ArticleState.PUBLISHED)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.PUBLIC)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="error_codes")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family_key", "code_key", "locale"], name="error_code_once_per_locale"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="error_code_severity"),
            models.CheckConstraint(condition=Q(state__in=ArticleState.values), name="error_code_state"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="error_code_audience"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.device_family})"


class EventKind(models.TextChoices):
    """What became of a suggestion. SOLVED is what counts as deflected: nobody had to be asked.

    The question of UNSOLVED is what the reader missed.
    """

    SHOWN = "shown"
    OPENED = "opened"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    INSERTED = "inserted"
    ZERO_HIT = "zero_hit"


class Door(models.TextChoices):
    """Where the question was asked."""

    WIDGET = "widget"
    CONSOLE = "console"
    MAIL = "mail"
    PORTAL = "portal"


class KnowledgeEvent(models.Model):
    """One thing that happened with a suggestion, stored once by `key`. `visitor` is a keyed hash, never an address."""

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=EventKind.choices)
    door = models.CharField(max_length=8, choices=Door.choices)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="events")
    error_code = models.ForeignKey(ErrorCode, on_delete=models.SET_NULL, null=True, related_name="events")
    question = models.CharField(max_length=300, blank=True, default="")
    locale = models.CharField(max_length=8, blank=True, default="")
    visitor = models.CharField(max_length=32, blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="knowledge_event_kind"),
            models.CheckConstraint(condition=Q(door__in=Door.values), name="knowledge_event_door"),
        ]
        indexes = [models.Index(fields=["at", "kind"], name="knowledge_event_report")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.door}"


class KnowledgeChange(models.Model):
    """One change of knowledge: how a process sees what of its index is old. Numbers are gapless (`kb.services`).

    `value` is random, so that a restored database is never taken for the one that was seen before.
    """

    number = models.PositiveBigIntegerField(unique=True)
    value = models.CharField(max_length=16, default=public_id)
    targets = models.JSONField(default=list)  # public ids of what was written

    def __str__(self) -> str:
        return str(self.number)
