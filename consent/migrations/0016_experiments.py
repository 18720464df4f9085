import django.db.models.deletion
from django.db import migrations, models

VARIANT = 'The arm of an A/B test that was shown.'
KIND = ('site', 'day', 'version', 'regime', 'language', 'device_class', 'country', 'outcome', 'variant')


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0015_ledger'),
        ('cookies', '0005_several_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='Experiment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1 for the first test of a website, then counting up.')),
                ('ends_at', models.DateTimeField()),
                ('publication', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='experiment', to='consent.publication')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experiments', to='cookies.site')),
            ],
            options={
                'verbose_name': 'A/B test',
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('site', 'number'), name='experiment_number_once_per_site')],
            },
        ),
        migrations.CreateModel(
            name='Arm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('variant', models.CharField(max_length=8)),
                ('share', models.PositiveSmallIntegerField(help_text='Of a hundred page views, how many show it.')),
                ('experiment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arms', to='consent.experiment')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arms', to='consent.noticeversion')),
            ],
            options={
                'verbose_name': 'banner of an A/B test',
                'ordering': ['variant'],
                'constraints': [
                    models.UniqueConstraint(fields=('experiment', 'variant'), name='variant_once_per_experiment'),
                    models.UniqueConstraint(fields=('experiment', 'version'), name='version_once_per_experiment'),
                ],
            },
        ),
        migrations.AddField(
            model_name='composedfile',
            name='variant',
            field=models.CharField(blank=True, default='', max_length=8),
        ),
        migrations.AddField(
            model_name='dailystatistic',
            name='variant',
            field=models.CharField(blank=True, default='', help_text=VARIANT, max_length=8),
        ),
        migrations.AddField(
            model_name='monthlystatistic',
            name='variant',
            field=models.CharField(blank=True, default='', help_text=VARIANT, max_length=8),
        ),
        migrations.RemoveConstraint(model_name='composedfile', name='composed_once_per_publication_and_recipe'),
        migrations.RemoveConstraint(model_name='dailystatistic', name='one_counter_per_kind_and_day'),
        migrations.RemoveConstraint(model_name='monthlystatistic', name='one_counter_per_kind_and_month'),
        migrations.AddConstraint(
            model_name='composedfile',
            constraint=models.UniqueConstraint(fields=('publication', 'recipe', 'language', 'kind', 'variant'), name='composed_once_per_publication_and_recipe'),
        ),
        migrations.AddConstraint(
            model_name='dailystatistic',
            constraint=models.UniqueConstraint(fields=KIND, name='one_counter_per_kind_and_day'),
        ),
        migrations.AddConstraint(
            model_name='monthlystatistic',
            constraint=models.UniqueConstraint(fields=KIND, name='one_counter_per_kind_and_month'),
        ),
    ]
