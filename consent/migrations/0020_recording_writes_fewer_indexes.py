"""Recording writes fewer indexes: the other ones begin with the website, and nothing looks for a version alone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0019_exports_after_27560"),
        ("cookies", "0006_tokens"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consentevent",
            name="site",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="events", to="cookies.site"
            ),
        ),
        migrations.AlterField(
            model_name="consentevent",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="consent.noticeversion",
            ),
        ),
    ]
