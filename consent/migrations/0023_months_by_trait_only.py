from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0022_totals_of_days_and_months'),
    ]

    operations = [
        migrations.DeleteModel(
            name='MonthlyStatistic',
        ),
    ]
