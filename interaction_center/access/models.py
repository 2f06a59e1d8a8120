"""People, teams, doors and their hours: who may come in, by which door, and when someone is there."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models

from interaction_center.ids import public_id


class Permission(models.TextChoices):
    """What a role may do. Checked at every door by `access.policy.require`."""

    WORK_QUEUE = "work_queue", "Work in the queue: read, take, answer, close"
    SUPERVISE = "supervise", "Supervise: take from others, see every team, retry failed work"
    EDIT_KNOWLEDGE = "edit_knowledge", "Write knowledge: drafts of articles and error codes, sent to review"
    PUBLISH_KNOWLEDGE = "publish_knowledge", "Publish knowledge: decide what readers see; needs the one before"
    MERGE_CUSTOMERS = "merge_customers", "Merge customers and undo merges"
    MANAGE_SETTINGS = "manage_settings", "Manage settings: people, teams, doors, hours, API keys"


class Role(models.Model):
    """A named set of permissions. The built-in ones can't be deleted."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    name = models.CharField(max_length=80, unique=True)
    permissions = models.JSONField(default=list)
    built_in = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Users are known by their mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new person with this address; without a password nobody can sign in as them yet."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """Somebody who works here: agent, supervisor, administrator."""

    username = None  # type: ignore[assignment]  # the address is the name; AbstractUser types it as a field
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, related_name="users")
    language = models.CharField(max_length=8, default="en")
    theme = models.CharField(max_length=8, default="system")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # replaces the user-name based manager

    def __str__(self) -> str:
        return self.name or self.email

    def has_permission(self, permission: str) -> bool:
        """Whether the role of this person holds `permission`; nobody inactive may do anything."""
        return self.is_active and self.role is not None and permission in self.role.permissions


class BusinessCalendar(models.Model):
    """When somebody is there. Read by `business_hours.py`; `hours` maps mon..sun to [["09:00", "12:30"], …]."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    name = models.CharField(max_length=80, unique=True)
    time_zone = models.CharField(max_length=64, default="Europe/Berlin")
    hours = models.JSONField(default=dict)
    holiday_country = models.CharField(max_length=2, blank=True, default="")
    holiday_subdivision = models.CharField(max_length=8, blank=True, default="")
    extra_holidays = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who share a part of the queue. An interaction without a team is for everybody."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    name = models.CharField(max_length=80, unique=True)
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, null=True, blank=True)
    members = models.ManyToManyField(User, related_name="teams", blank=True)

    def __str__(self) -> str:
        return self.name


def new_site_key() -> str:
    """A key for a site. Inside the class, the name `public_id` already means the field above."""
    return public_id()


class Site(models.Model):
    """A web site that shows our widget. `key` is public; `identity_secret` signs who is signed in there (HMAC)."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    key = models.CharField(max_length=16, unique=True, default=new_site_key)
    name = models.CharField(max_length=80)
    origins = models.JSONField(default=list)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True)
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, null=True, blank=True)
    identity_secret = models.CharField(max_length=64)
    accent = models.CharField(max_length=7, default="#0b57d0")
    greeting = models.JSONField(default=dict)
    mail_from = models.CharField(max_length=254, blank=True, default="")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key of an integration. Only its SHA-256 is kept; it acts with the permissions of its role."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class SetupLink(models.Model):
    """The one-time link that makes the first administrator. Only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "used" if self.used_at else "open"
