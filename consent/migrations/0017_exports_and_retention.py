"""Exports and who took them, how long evidence is kept by place, legal holds, and who may do either."""

import django.db.models.deletion
from django.db import migrations, models

from consent.role_groups import give_groups_their_permissions


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0016_experiments"),
        ("cookies", "0005_several_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="sitepolicy",
            name="evidence_days_by_place",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Where a place wants other days: its code in consent/regimes.py, and the days.",
                verbose_name="keep evidence for (days), by place",
            ),
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("csv", "CSV, for spreadsheets"),
                            ("ndjson", "NDJSON, with each leaf, to be checked against the ledger"),
                        ],
                        max_length=10,
                    ),
                ),
                ("search", models.JSONField(help_text="Which events: see EventSearch.")),
                (
                    "asked_by",
                    models.CharField(help_text="The user name, kept as text so that it survives.", max_length=150),
                ),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("manifest", models.JSONField(help_text="What the file holds, and its SHA-256.", null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exports", to="cookies.site"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ExportProgress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("expected", models.PositiveIntegerField(default=0)),
                ("written", models.PositiveIntegerField(default=0)),
                (
                    "worker",
                    models.CharField(
                        blank=True, help_text="Made anew by each process that takes it up.", max_length=16
                    ),
                ),
                ("beat_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, max_length=300)),
                (
                    "export",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="progress", to="consent.export"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExportTaken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_by", models.CharField(max_length=150)),
                ("taken_at", models.DateTimeField()),
                (
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="taken", to="consent.export"
                    ),
                ),
            ],
            options={
                "verbose_name": "download of an export",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                (
                    "law",
                    models.CharField(
                        blank=True,
                        help_text="What demands it even against the visitor's own erasure. Empty: the visitor's erasure is carried out.",
                        max_length=200,
                    ),
                ),
                ("first_day", models.DateField(null=True)),
                ("last_day", models.DateField(null=True)),
                (
                    "consent_ref",
                    models.CharField(
                        blank=True, help_text="Only this visitor's events. Empty: everybody's.", max_length=64
                    ),
                ),
                (
                    "set_by",
                    models.CharField(help_text="The user name, kept as text so that it survives.", max_length=150),
                ),
                ("set_at", models.DateTimeField()),
                ("lifted_by", models.CharField(max_length=150, null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_because", models.CharField(max_length=300, null=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="cookies.site"
                    ),
                ),
            ],
            options={
                "verbose_name": "legal hold",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("ran_at", models.DateTimeField()),
                (
                    "before",
                    models.DateTimeField(
                        help_text="Expired is what was received up to then, where its place has no days of its own."
                    ),
                ),
                ("days", models.JSONField(help_text="The rule: `days`, and `by_place`.")),
                ("count", models.PositiveIntegerField(help_text="Events whose contents were removed.")),
                ("held", models.PositiveIntegerField(help_text="Expired events that a legal hold keeps.")),
                ("is_dry", models.BooleanField(help_text="Only counted.")),
                ("is_complete", models.BooleanField(help_text="The last batch of its day.")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="retention_runs", to="cookies.site"
                    ),
                ),
            ],
            options={
                "verbose_name": "retention run",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["site", "-id"], name="retention_of_a_site")],
            },
        ),
        migrations.RunPython(give_groups_their_permissions, migrations.RunPython.noop),
    ]
