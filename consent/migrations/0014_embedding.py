"""Where the embed line was seen, and pages that somebody had checked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0013_originals_of_translations"),
        ("cookies", "0005_several_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="PageCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=2000)),
                ("asked_by", models.CharField(help_text="The user name.", max_length=150)),
                ("asked_at", models.DateTimeField(db_index=True)),
                ("finished_at", models.DateTimeField(help_text="Empty while the page is being read.", null=True)),
                ("found", models.JSONField(default=dict)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="page_checks", to="cookies.site"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Sighting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("domain", models.TextField()),
                ("day", models.DateField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sightings", to="cookies.site"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("site", "domain"), name="one_sighting_per_domain")],
            },
        ),
    ]
