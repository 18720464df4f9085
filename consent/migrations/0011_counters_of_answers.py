from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Sum
from django.db.models.functions import TruncMonth

KIND = ('site_id', 'version_id', 'regime', 'language', 'device_class', 'country', 'outcome')


def add_up_months(apps: Any, schema_editor: Any) -> None:
    days = apps.get_model('consent', 'DailyStatistic').objects.order_by()
    months = apps.get_model('consent', 'MonthlyStatistic').objects
    rows = days.annotate(month=TruncMonth('day')).values('month', *KIND).annotate(n=Sum('count'))
    months.bulk_create(
        (months.model(day=row.pop('month'), count=row.pop('n'), **row) for row in rows.iterator()), batch_size=500
    )


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0010_groups_by_role'),
        ('cookies', '0005_several_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthlyStatistic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('regime', models.CharField(help_text='The one that was shown.', max_length=16)),
                ('language', models.CharField(max_length=16)),
                ('device_class', models.CharField(blank=True, max_length=8)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('outcome', models.CharField(choices=[('impression', 'Came to the website'), ('asked', 'Came, and the banner was shown'), ('signal_dnt', 'Came with Do Not Track'), ('signal_gpc', 'Came with Global Privacy Control'), ('unproven_grant', 'A yes against a signal that no person was seen to give'), ('accept_all', 'Accepted all'), ('reject_all', 'Refused all'), ('custom', 'Chose for themselves, and allowed something'), ('custom_none', 'Chose for themselves, and allowed nothing'), ('withdraw', 'Withdrew'), ('embed_unlock', 'Allowed an embed'), ('by_program', 'Answered by a program'), ('grant_performance', 'Allowed performance'), ('grant_functional', 'Allowed functional'), ('grant_targeting', 'Allowed targeting')], max_length=20)),
                ('count', models.PositiveBigIntegerField()),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cookies.site')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.noticeversion')),
            ],
            options={
                'verbose_name': 'monthly statistic',
            },
        ),
        migrations.AlterField(
            model_name='dailystatistic',
            name='outcome',
            field=models.CharField(choices=[('impression', 'Came to the website'), ('asked', 'Came, and the banner was shown'), ('signal_dnt', 'Came with Do Not Track'), ('signal_gpc', 'Came with Global Privacy Control'), ('unproven_grant', 'A yes against a signal that no person was seen to give'), ('accept_all', 'Accepted all'), ('reject_all', 'Refused all'), ('custom', 'Chose for themselves, and allowed something'), ('custom_none', 'Chose for themselves, and allowed nothing'), ('withdraw', 'Withdrew'), ('embed_unlock', 'Allowed an embed'), ('by_program', 'Answered by a program'), ('grant_performance', 'Allowed performance'), ('grant_functional', 'Allowed functional'), ('grant_targeting', 'Allowed targeting')], max_length=20),
        ),
        migrations.AlterField(
            model_name='dailystatistic',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cookies.site'),
        ),
        migrations.AlterField(
            model_name='dailystatistic',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consent.noticeversion'),
        ),
        migrations.AddIndex(
            model_name='dailystatistic',
            index=models.Index(fields=['site', 'day', 'outcome', 'count'], name='outcomes_of_a_day'),
        ),
        migrations.AddConstraint(
            model_name='monthlystatistic',
            constraint=models.UniqueConstraint(fields=('site', 'day', 'version', 'regime', 'language', 'device_class', 'country', 'outcome'), name='one_counter_per_kind_and_month'),
        ),
        migrations.RunPython(add_up_months, migrations.RunPython.noop),
    ]
