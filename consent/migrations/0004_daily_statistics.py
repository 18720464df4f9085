import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0003_regimes_and_schedules'),
        ('cookies', '0002_regimes_and_schedules'),
    ]

    operations = [
        migrations.CreateModel(
            name='DailyStatistic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('regime', models.CharField(help_text='The one that was shown.', max_length=16)),
                ('language', models.CharField(max_length=16)),
                ('device_class', models.CharField(blank=True, max_length=8)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('outcome', models.CharField(choices=[('impression', 'Came to the website'), ('signal_dnt', 'Came with Do Not Track'), ('signal_gpc', 'Came with Global Privacy Control'), ('unproven_grant', 'A yes against a signal that no person was seen to give')], max_length=20)),
                ('count', models.PositiveBigIntegerField()),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statistics', to='cookies.site')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statistics', to='consent.noticeversion')),
            ],
            options={
                'verbose_name': 'daily statistic',
            },
        ),
        migrations.AddConstraint(
            model_name='dailystatistic',
            constraint=models.UniqueConstraint(fields=('site', 'day', 'version', 'regime', 'language', 'device_class', 'country', 'outcome'), name='one_counter_per_kind_and_day'),
        ),
    ]
