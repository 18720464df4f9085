"""Reviews of drafts, what reviewers acknowledge, and who may do either."""

import django.db.models.deletion
from django.db import migrations, models

from consent.role_groups import give_groups_their_permissions


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0011_counters_of_answers"),
        ("cookies", "0005_several_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="sitepolicy",
            name="four_eyes",
            field=models.BooleanField(
                default=False,
                help_text="Nothing is published that a reviewer has not approved. Only owners change this.",
                verbose_name="a second person approves",
            ),
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(help_text="A code of consent/checklist.py.", max_length=40)),
                ("partner", models.CharField(help_text="The partner's short name.", max_length=40)),
                ("stands", models.BooleanField(help_text="False where it was taken back.")),
                ("reason", models.CharField(max_length=300)),
                ("acknowledged_by", models.CharField(max_length=150)),
                ("acknowledged_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acknowledgements", to="cookies.site"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                (
                    "requested_by",
                    models.CharField(help_text="The user name, kept as text so that it survives.", max_length=150),
                ),
                ("requested_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "decision",
                    models.CharField(
                        choices=[("approved", "Approved"), ("refused", "Sent back")], max_length=10, null=True
                    ),
                ),
                ("decided_by", models.CharField(max_length=150, null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(max_length=300, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="cookies.site"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["site", "digest"], name="reviews_of_a_draft")],
            },
        ),
        migrations.RunPython(give_groups_their_permissions, migrations.RunPython.noop),
    ]
