"""Categories and device families that were texts become rows; what was published is live in version 1."""

from django.db import migrations
from django.utils.text import slugify

CONTENT = ("title", "summary", "body", "keywords")


def slug_of(text):
    for letter, spelt in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.lower().replace(letter, spelt)
    return slugify(text)


def carry_over(apps, schema_editor):
    for row in apps.get_model("kb", "Article").objects.order_by("pk"):
        carry_article(apps, row)
    for row in apps.get_model("kb", "ErrorCode").objects.order_by("pk"):
        row.product = product(apps, row.device_family)
        row.save()
        if row.old_article_id:
            row.articles.add(row.old_article_id)


def carry_article(apps, row):
    version = apps.get_model("kb", "ArticleVersion").objects.create(
        article=row, number=1, by=row.updated_by, **{name: getattr(row, name) for name in CONTENT}
    )
    apps.get_model("kb", "ArticleVersion").objects.filter(pk=version.pk).update(at=row.updated_at)
    if row.state == "published":
        row.live, row.live_version, row.published_at = True, 1, row.updated_at
    row.category = category(apps, row)
    row.original = type(row).objects.filter(slug=row.slug, original=None, pk__lt=row.pk).order_by("pk").first()
    row.translated_from = 1 if row.original else 0
    updated_at = row.updated_at
    row.save()
    type(row).objects.filter(pk=row.pk).update(updated_at=updated_at)
    if slug_of(row.device_family):
        row.products.add(product(apps, row.device_family))


def category(apps, row):
    """One of this name in this language; translations share that of their original."""
    if not row.old_category:
        return None
    rows = apps.get_model("kb", "Category").objects
    same = apps.get_model("kb", "Article").objects.filter(slug=row.slug, category__isnull=False).exclude(pk=row.pk).first()
    found = next((one for one in rows.all() if one.names.get(row.locale) == row.old_category), None)
    if found is None and same is not None and row.locale not in same.category.names:
        found = same.category
        found.names = {**found.names, row.locale: row.old_category}
        found.save()
    slug = slug_of(row.old_category)[:70] or "topic"
    taken = rows.filter(slug__startswith=slug).count()
    return found or rows.create(
        slug=slug if not taken else f"{slug}-{taken + 1}", names={row.locale: row.old_category}, position=rows.count()
    )


def product(apps, name):
    return apps.get_model("kb", "Product").objects.get_or_create(key=slug_of(name), defaults={"name": name})[0]


class Migration(migrations.Migration):

    dependencies = [
        ('kb', '0003_editorial_work'),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
