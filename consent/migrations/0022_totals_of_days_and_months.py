from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Sum

OF_DAYS = ('site_id', 'day', 'version_id', 'outcome', 'variant')
OF_MONTHS = ('site_id', 'day', 'outcome')
DIMENSIONS = ('language', 'country', 'device_class', 'regime')


def add_up(apps: Any, schema_editor: Any) -> None:
    days = apps.get_model('consent', 'DailyStatistic').objects.order_by()
    months = apps.get_model('consent', 'MonthlyStatistic').objects.order_by()
    totals = apps.get_model('consent', 'DailyTotal').objects
    rows = days.values(*OF_DAYS).annotate(n=Sum('count'))
    totals.bulk_create((totals.model(count=row.pop('n'), **row) for row in rows.iterator()), batch_size=500)
    totals = apps.get_model('consent', 'MonthlyTotal').objects
    for name in DIMENSIONS:
        rows = months.values(name, *OF_MONTHS).annotate(n=Sum('count'))
        totals.bulk_create(
            (
                totals.model(dimension=name, value=row.pop(name), count=row.pop('n'), **row)
                for row in rows.iterator()
            ),
            batch_size=500,
        )


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
                ('count', models.PositiveBigIntegerField()),
                ('variant', models.CharField(blank=True, default='', help_text='The arm of an A/B test that was shown.', max_length=8)),
            ],
            options={
                'verbose_name': 'daily total',
            },
        ),
        migrations.CreateModel(
            name='MonthlyTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('outcome', models.CharField(choices=[('impression', 'Came to the website'), ('asked', 'Came, and the banner was shown'), ('signal_dnt', 'Came with Do Not Track'), ('signal_gpc', 'Came with Global Privacy Control'), ('unproven_grant', 'A yes against a signal that no person was seen to give'), ('accept_all', 'Accepted all'), ('reject_all', 'Refused all'), ('custom', 'Chose for themselves, and allowed something'), ('custom_none', 'Chose for themselves, and allowed nothing'), ('withdraw', 'Withdrew'), ('embed_unlock', 'Allowed an embed'), ('by_program', 'Answered by a program'), ('grant_performance', 'Allowed performance'), ('grant_functional', 'Allowed functional'), ('grant_targeting', 'Allowed targeting')], max_length=20)),
                ('count', models.PositiveBigIntegerField()),
                ('dimension', models.CharField(choices=[('language', 'language'), ('country', 'country'), ('device_class', 'device_class'), ('regime', 'regime')], max_length=16)),
                ('value', models.CharField(blank=True, max_length=16)),
            ],
            options={
                'verbose_name': 'monthly total',
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
        migrations.AddField(
            model_name='monthlytotal',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cookies.site'),
        ),
        migrations.AddConstraint(
            model_name='dailytotal',
            constraint=models.UniqueConstraint(fields=('site', 'day', 'version', 'outcome', 'variant'), name='one_total_per_day'),
        ),
        migrations.AddConstraint(
            model_name='monthlytotal',
            constraint=models.UniqueConstraint(fields=('site', 'day', 'dimension', 'value', 'outcome'), name='one_total_per_trait_and_month'),
        ),
        migrations.RunPython(add_up, migrations.RunPython.noop),
    ]
