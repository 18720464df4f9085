"""Webhooks with what they are told and what came of it, and links from a website's users to their consents."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0017_exports_and_retention"),
        ("cookies", "0006_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("facts", models.JSONField(default=dict)),
                (
                    "consent_ref",
                    models.CharField(
                        blank=True, help_text="Of whom it tells: erased with their record.", max_length=64
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="announcements", to="cookies.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tries", models.PositiveIntegerField(default=0)),
                (
                    "since",
                    models.DateTimeField(help_text="When it was first tried; until then, when it was to be sent."),
                ),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "claimed_until",
                    models.DateTimeField(help_text="Some process is sending it, or died over it.", null=True),
                ),
                ("taken_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="consent.announcement",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(help_text="Empty where nothing was answered.", null=True)),
                ("milliseconds", models.PositiveIntegerField()),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="consent.delivery"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="UserLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user_ref", models.CharField(max_length=64)),
                ("consent_ref", models.CharField(max_length=64)),
                ("linked_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="user_links", to="cookies.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UserLinkKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret", models.TextField()),
                ("naming_key", models.TextField()),
                ("made_by", models.CharField(help_text="Who made the secret; the user name, as text.", max_length=150)),
                ("made_at", models.DateTimeField()),
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="user_link_key", to="cookies.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=2000)),
                ("kinds", models.JSONField(help_text="What it is told: codes of consent/webhooks.py.")),
                ("secret", models.TextField()),
                (
                    "made_by",
                    models.CharField(help_text="The user name, kept as text so that it survives.", max_length=150),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="webhooks", to="cookies.site"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="webhook",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="consent.webhook"
            ),
        ),
        migrations.CreateModel(
            name="WithdrawalsSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("size", models.PositiveBigIntegerField(help_text="The first place that has not been looked at.")),
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="withdrawals_seen", to="cookies.site"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(
                condition=models.Q(("consent_ref", ""), _negated=True),
                fields=["consent_ref"],
                name="announcements_of_a_consent",
            ),
        ),
        migrations.AddIndex(
            model_name="userlink",
            index=models.Index(fields=["site", "user_ref"], name="consents_of_a_user"),
        ),
        migrations.AddConstraint(
            model_name="userlink",
            constraint=models.UniqueConstraint(fields=("site", "consent_ref"), name="consent_of_one_user"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)), fields=["next_at"], name="deliveries_due"
            ),
        ),
    ]
