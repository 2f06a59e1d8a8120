"""What we know: articles and their versions, error codes, and what became of each suggestion.

Knows no customer and no interaction.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from interaction_center.ids import public_id


class ArticleState(models.TextChoices):
    """How far the newest version of an article is. Moves: `kb.policy`. What readers see is said by `Article.live`."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    RETIRED = "retired"


class CodeState(models.TextChoices):
    """An error code has no versions: it is written, shown, or taken back."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Audience(models.TextChoices):
    """Who may read: everybody, customers who are signed in, or only people who work here."""

    PUBLIC = "public"
    CUSTOMER = "customer"
    INTERNAL = "internal"


class Severity(models.TextChoices):
    """How bad an error code is for the device and its user, mildest first."""

    INFO = "info"
    WARNING = "warning"
    FAULT = "fault"
    DANGER = "danger"


class Category(models.Model):
    """A shelf of the help centre. `names` and `descriptions` by language; shown in the order of `position`."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    slug = models.SlugField(max_length=80, unique=True)
    names = models.JSONField(default=dict)
    descriptions = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name_in("en")

    def name_in(self, locale: str) -> str:
        """Its name in this language, else in any."""
        return str(self.names.get(locale) or next(iter(self.names.values()), self.slug))

    def description_in(self, locale: str) -> str:
        """What belongs here, in this language; "" where nobody has written it."""
        return str(self.descriptions.get(locale, ""))


class Product(models.Model):
    """A device family: what error codes belong to. `key` is its name in addresses and never changes."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DeviceModel(models.Model):
    """One model of a device family, such as “Aurora MR 3T”."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="models")
    key = models.SlugField(max_length=80)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["product", "key"], name="device_model_once_per_product")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """“family/model”: how it is named outside. Asks for the product."""
        return f"{self.product.key}/{self.key}"


class Article(models.Model):
    """One answer in one language; translations share the slug. `keywords` are the words of customers.

    title, summary, body and keywords are what readers see once the article is `live`, else the newest version.
    `shown_to` is the widest audience that has ever seen it live, "" when nobody has.
    `version` is the number of the newest version, `live_version` of the one that readers see. A translation knows its
    `original` and the version of it that was translated.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    slug = models.SlugField(max_length=120)
    locale = models.CharField(max_length=8)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True, default="")
    body = models.TextField(blank=True, default="")
    keywords = models.CharField(max_length=500, blank=True, default="")
    category = models.ForeignKey(Category, on_delete=models.SET_NULL, null=True, related_name="articles")
    products = models.ManyToManyField(Product, related_name="articles")
    device_models = models.ManyToManyField(DeviceModel, related_name="articles")
    state = models.CharField(max_length=9, choices=ArticleState.choices, default=ArticleState.DRAFT)
    live = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    live_version = models.PositiveIntegerField(null=True)
    publish_at = models.DateTimeField(null=True)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.PUBLIC)
    shown_to = models.CharField(max_length=8, choices=Audience.choices, blank=True, default="")
    original = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="translations")
    translated_from = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "locale"], name="article_slug_once_per_locale"),
            models.CheckConstraint(condition=Q(state__in=ArticleState.values), name="article_state"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="article_audience"),
            models.CheckConstraint(condition=Q(shown_to__in=["", *Audience.values]), name="article_shown_to"),
            models.CheckConstraint(condition=Q(live=False, live_version=None) | Q(live=True), name="article_live"),
            models.CheckConstraint(
                condition=~Q(state=ArticleState.PUBLISHED) | Q(live=True, live_version=F("version")),
                name="article_published_is_live",
            ),
            models.CheckConstraint(
                condition=~Q(state=ArticleState.RETIRED) | Q(live=False), name="article_retired_is_not_live"
            ),
            models.CheckConstraint(
                condition=~Q(state=ArticleState.SCHEDULED) | Q(publish_at__isnull=False),
                name="article_scheduled_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="article_recent"),
            models.Index(fields=["live", "audience"], name="article_readable"),
            models.Index(fields=["publish_at"], condition=Q(state=ArticleState.SCHEDULED), name="article_due"),
        ]

    def __str__(self) -> str:
        return self.title


class ArticleVersion(models.Model):
    """What an article said at one time. Never changed. A `minor` one does not make translations outdated."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True, default="")
    body = models.TextField(blank=True, default="")
    keywords = models.CharField(max_length=500, blank=True, default="")
    minor = models.BooleanField(default=False)
    comment = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="article_version_once")]

    def __str__(self) -> str:
        return f"{self.article} v{self.number}"


class SlugRedirect(models.Model):
    """An address that an article had: whoever follows an old link comes to the new one."""

    slug = models.SlugField(max_length=120, unique=True)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="old_slugs")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.slug} -> {self.article.slug}"


class LinkKind(models.TextChoices):
    ARTICLE = "article"
    CODE = "code"
    FILE = "file"


class ArticleLink(models.Model):
    """What the newest version of an article points to: an article's slug, product/code, or a file's public id."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=7, choices=LinkKind.choices)
    target = models.CharField(max_length=140)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "kind", "target"], name="article_link_once"),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="article_link_kind"),
        ]
        indexes = [models.Index(fields=["kind", "target"], name="article_link_target")]

    def __str__(self) -> str:
        return f"{self.article} -> {self.target}"


class KnowledgeFile(models.Model):
    """An image or attachment of an article. The bytes lie under their SHA-256; `text` is what the search reads.

    `is_image`: a page may show it. `width` and `height` are in pixels, 0 = not known.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="files")
    filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    is_image = models.BooleanField(default=False)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename


class ErrorCode(models.Model):
    """What a device means by a code, and what to do. `code_key` is the form that is compared."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="error_codes")
    code = models.CharField(max_length=40)
    code_key = models.CharField(max_length=40, db_index=True)
    locale = models.CharField(max_length=8)
    severity = models.CharField(max_length=7, choices=Severity.choices, default=Severity.FAULT)
    meaning = models.CharField(max_length=300)
    cause = models.TextField(blank=True, default="")
    remedy = models.JSONField(default=list)
    parts = models.JSONField(default=list)
    support_level = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=CodeState.choices, default=CodeState.PUBLISHED)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.PUBLIC)
    articles = models.ManyToManyField(Article, related_name="error_codes")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "code_key", "locale"], name="error_code_once_per_locale"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="error_code_severity"),
            models.CheckConstraint(condition=Q(state__in=CodeState.values), name="error_code_state"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="error_code_audience"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.product})"


class EventKind(models.TextChoices):
    """What became of a suggestion. SOLVED counts as deflected unless the same reader asked a person that day (ASKED).

    The question of UNSOLVED is what the reader missed.
    """

    SHOWN = "shown"
    OPENED = "opened"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    INSERTED = "inserted"
    ZERO_HIT = "zero_hit"
    ASKED = "asked"


class Door(models.TextChoices):
    """Where the question was asked."""

    WIDGET = "widget"
    CONSOLE = "console"
    MAIL = "mail"
    PORTAL = "portal"
    FORM = "form"


class KnowledgeEvent(models.Model):
    """One thing that happened with a suggestion, stored once by `key`. `visitor` is a keyed hash, never an address.

    `day` is that of the centre's clock, and `asked_anyway` says of a SOLVED one that the same reader asked a person
    later: reports add up millions of them from an index alone.
    """

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=EventKind.choices)
    door = models.CharField(max_length=8, choices=Door.choices)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, related_name="events", db_index=False)
    error_code = models.ForeignKey(
        ErrorCode, on_delete=models.SET_NULL, null=True, related_name="events", db_index=False
    )
    question = models.CharField(max_length=300, blank=True, default="")
    locale = models.CharField(max_length=8, blank=True, default="")
    visitor = models.CharField(max_length=32, blank=True, default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    day = models.DateField()
    asked_anyway = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="knowledge_event_kind"),
            models.CheckConstraint(condition=Q(door__in=Door.values), name="knowledge_event_door"),
        ]
        indexes = [
            models.Index(fields=["day", "door", "kind", "asked_anyway"], name="knowledge_event_report"),
            models.Index(fields=["article", "day", "kind"], name="knowledge_event_article"),
            models.Index(fields=["error_code", "day", "kind"], name="knowledge_event_code"),
            models.Index(fields=["visitor", "kind", "at"], condition=~Q(visitor=""), name="knowledge_event_visitor"),
            models.Index(fields=["kind", "-at"], condition=~Q(question=""), name="knowledge_event_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.door}"


class QuestionState(models.TextChoices):
    """ACTIVE ones rank; WAITING ones need a second reader or an editor; a REMOVED one is never learnt again."""

    ACTIVE = "active"
    WAITING = "waiting"
    REMOVED = "removed"


class QuestionSource(models.TextChoices):
    """Who said that this answers it: an agent who sent it, a customer whom it helped, an editor."""

    INSERTED = "inserted"
    SOLVED = "solved"
    EDITOR = "editor"


class LearnedQuestion(models.Model):
    """What somebody asked whom this article (or error code) answered: next time it ranks. Holds no personal data.

    `key` is a digest of the folded words: the same question is kept once and counted.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, null=True, related_name="learned_questions")
    error_code = models.ForeignKey(ErrorCode, on_delete=models.CASCADE, null=True, related_name="learned_questions")
    text = models.CharField(max_length=300)
    key = models.CharField(max_length=32)
    locale = models.CharField(max_length=8, blank=True, default="")
    source = models.CharField(max_length=8, choices=QuestionSource.choices)
    state = models.CharField(max_length=7, choices=QuestionState.choices, default=QuestionState.ACTIVE)
    times = models.PositiveIntegerField(default=1)
    last_visitor = models.CharField(max_length=32, blank=True, default="")
    first_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "key"], name="learned_question_once_per_article"),
            models.UniqueConstraint(fields=["error_code", "key"], name="learned_question_once_per_code"),
            models.CheckConstraint(
                condition=Q(article__isnull=False) ^ Q(error_code__isnull=False), name="learned_question_has_one_answer"
            ),
            models.CheckConstraint(condition=Q(state__in=QuestionState.values), name="learned_question_state"),
            models.CheckConstraint(condition=Q(source__in=QuestionSource.values), name="learned_question_source"),
        ]
        indexes = [models.Index(fields=["state", "-last_at"], name="learned_question_recent")]

    def __str__(self) -> str:
        return self.text


class KnowledgeChange(models.Model):
    """One change of knowledge: how a process sees what of its index is old. Numbers are gapless (`kb.changes`).

    `targets` are the public ids of what was written; none = so much that everything is read again.

    `value` is random, so that a restored database is never taken for the one that was seen before.
    """

    number = models.PositiveBigIntegerField(unique=True)
    value = models.CharField(max_length=16, default=public_id)
    targets = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.number)


class KnowledgeCounter(models.Model):
    """The number of the newest change: one row, at which writers wait for each other."""

    number = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return str(self.number)
