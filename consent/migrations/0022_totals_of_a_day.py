from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Sum

KIND = ('site_id', 'day', 'version_id', 'outcome', 'variant')


def add_up_days(apps: Any, schema_editor: Any) -> None:
    counters = apps.get_model('consent', 'DailyStatistic').objects.order_by()
    totals = apps.get_model('consent', 'DailyTotal').objects
    rows = counters.values(*KIND).annotate(n=Sum('count'))
    totals.bulk_create((totals.model(count=row.pop('n'), **row) for row in rows.iterator()), batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0021_events_of_a_consent_by_website'),
        ('cookies', '0006_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='DailyTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('outcome', models.CharField(choices=[('impression', 'Came to the website'), ('asked', 'Came, and the banner was shown'), ('signal_dnt', 'Came with Do Not Track'), ('signal_gpc', 'Came with Global Privacy Control'), ('unproven_grant', 'A yes against a signal that no person was seen to give'), ('accept_all', 'Accepted all'), ('reject_all', 'Refused all'), ('custom', 'Chose for themselves, and allowed something'), ('custom_none', 'Chose for themselves, and allowed nothing'), ('withdraw', 'Withdrew'), ('embed_unlock', 'Allowed an embed'), ('by_program', 'Answered by a program'), ('grant_performance', 'Allowed performance'), ('grant_functional', 'Allowed functional'), ('grant_targeting', 'Allowed targeting')], max_length=20)),
                ('variant', models.CharField(blank=True, default='', help_text='The arm of an A/B test that was shown.', max_length=8)),
                ('count', models.PositiveBigIntegerField()),
            ],
            options={
                'verbose_name': 'daily total',
            },
        ),
        migrations.RemoveIndex(
            model_name='dailystatistic',
            name='outcomes_of_a_day',
        ),
        migrations.AddField(
            model_name='dailytotal',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cookies.site'),
        ),
        migrations.AddField(
            model_name='dailytotal',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.noticeversion'),
        ),
        migrations.AddConstraint(
            model_name='dailytotal',
            constraint=models.UniqueConstraint(fields=('site', 'day', 'version', 'outcome', 'variant'), name='one_total_per_day'),
        ),
        migrations.RunPython(add_up_days, migrations.RunPython.noop),
    ]
