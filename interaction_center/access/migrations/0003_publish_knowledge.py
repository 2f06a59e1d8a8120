"""Whoever could edit knowledge could publish it, and still can; who only writes has a role of their own."""

from django.db import migrations


def give_to_editors(apps, schema_editor):
    for role in apps.get_model("access", "Role").objects.all():
        if "edit_knowledge" in role.permissions and "publish_knowledge" not in role.permissions:
            role.permissions = [*role.permissions, "publish_knowledge"]
            role.save()
    add_author_role(apps.get_model("access", "Role").objects)


def add_author_role(roles):
    """Where the built-in roles are; a new centre makes them all at its setup."""
    if roles.filter(name="Knowledge editor", built_in=True).exists():
        values = {"permissions": ["edit_knowledge"], "built_in": True}
        roles.get_or_create(name="Knowledge author", defaults=values)


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_site_keeps_its_hours'),
    ]

    operations = [
        migrations.RunPython(give_to_editors, migrations.RunPython.noop),
    ]
