"""Who has seen an article, so that its withdrawal names it to nobody else; and links with the centre's own address."""

from django.db import migrations, models
from django.db.models import F, Q

from kb.links import refs_of

AUDIENCES = [("public", "Public"), ("customer", "Customer"), ("internal", "Internal")]


def note_readers(apps, schema_editor):
    """What was published is taken as seen by those for whom it is now: nobody has kept for whom it was."""
    apps.get_model("kb", "Article").objects.filter(published_at__isnull=False).update(shown_to=F("audience"))


def keep_own_addresses(apps, schema_editor):
    """Links that were pasted with the public address counted as outside; a page hands out files that it links to."""
    link = apps.get_model("kb", "ArticleLink")
    newest = apps.get_model("kb", "ArticleVersion").objects.filter(number=F("article__version"))
    for version in newest.filter(body__contains="/help/").order_by("pk"):
        refs = sorted(refs_of(version.body), key=str)
        rows = [link(article_id=version.article_id, kind=ref.kind, target=ref.target) for ref in refs]
        link.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('kb', '0009_event_sums'),
    ]

    operations = [
        migrations.AddField(
            model_name='article',
            name='shown_to',
            field=models.CharField(blank=True, choices=AUDIENCES, default='', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=Q(shown_to__in=['', 'public', 'customer', 'internal']), name='article_shown_to'),
        ),
        migrations.RunPython(note_readers, migrations.RunPython.noop),
        migrations.RunPython(keep_own_addresses, migrations.RunPython.noop),
    ]
