import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kb', '0004_carry_over'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='article',
            name='old_category',
        ),
        migrations.RemoveField(
            model_name='article',
            name='device_family',
        ),
        migrations.RemoveField(
            model_name='errorcode',
            name='old_article',
        ),
        migrations.RemoveField(
            model_name='errorcode',
            name='device_family',
        ),
        migrations.RemoveField(
            model_name='errorcode',
            name='family_key',
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'in_review', 'scheduled', 'published', 'retired'])), name='article_state'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['public', 'customer', 'internal'])), name='article_audience'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('live', False), ('live_version', None)), ('live', True), _connector='OR'), name='article_live'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), models.Q(('live', True), ('live_version', models.F('version'))), _connector='OR'), name='article_published_is_live'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'retired'), _negated=True), ('live', False), _connector='OR'), name='article_retired_is_not_live'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'scheduled'), _negated=True), ('publish_at__isnull', False), _connector='OR'), name='article_scheduled_has_time'),
        ),
        migrations.AddConstraint(
            model_name='errorcode',
            constraint=models.UniqueConstraint(fields=('product', 'code_key', 'locale'), name='error_code_once_per_locale'),
        ),
        migrations.AddConstraint(
            model_name='errorcode',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['public', 'customer', 'internal'])), name='error_code_audience'),
        ),
        migrations.AlterField(
            model_name='errorcode',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='error_codes', to='kb.product'),
        ),
    ]
