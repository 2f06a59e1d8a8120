"""What articles point to inside was not kept so far."""

from django.db import migrations
from django.db.models import F

from kb.links import refs_of


def keep_links(apps, schema_editor):
    link = apps.get_model("kb", "ArticleLink")
    newest = apps.get_model("kb", "ArticleVersion").objects.filter(number=F("article__version"))
    for version in newest.order_by("pk"):
        refs = sorted(refs_of(version.body), key=str)
        rows = [link(article_id=version.article_id, kind=ref.kind, target=ref.target) for ref in refs]
        link.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('kb', '0006_file_sizes'),
    ]

    operations = [
        migrations.RunPython(keep_links, migrations.RunPython.noop),
    ]
