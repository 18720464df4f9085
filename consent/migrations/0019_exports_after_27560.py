"""Exports after ISO/IEC TS 27560; and a hold does not stop a visitor's own erasure, whatever law it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models

from consent.append_only import lift

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def lift_the_guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Its triggers name every column. They are installed again after the migration."""
    lift(schema_editor.connection, apps.get_model("consent", "LegalHold"))


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0018_webhooks_and_user_links"),
    ]

    operations = [
        migrations.RunPython(lift_the_guard, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="legalhold",
            name="law",
        ),
        migrations.AlterField(
            model_name="export",
            name="format",
            field=models.CharField(
                choices=[
                    ("csv", "CSV, for spreadsheets"),
                    ("27560", "JSON lines after ISO/IEC TS 27560, for the programs of others"),
                    ("ndjson", "NDJSON, with each leaf, to be checked against the ledger"),
                ],
                max_length=10,
            ),
        ),
    ]
