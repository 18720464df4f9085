"""Places and leaf hashes move out of the events, into rows that are written once.

What is not sealed yet goes into its queue after the migration, by `consent.waiting`. Going back moves all of it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import django.db.models.deletion
from django.db import migrations, models

from consent.append_only import lift

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MOVED = """
INSERT INTO consent_ledgerleaf (event_id, ledger_id, ledger_index, leaf_hash, commitments)
SELECT event.id, ledger.id, event.ledger_index, event.leaf_hash, event.commitments
FROM consent_consentevent event JOIN consent_ledger ledger ON ledger.site_id = event.site_id
WHERE event.ledger_index IS NOT NULL
"""
LEAF = "(SELECT {column} FROM consent_ledgerleaf WHERE event_id = consent_consentevent.id)"
MOVED_BACK = f"""
UPDATE consent_consentevent SET
ledger_index = {LEAF.format(column="ledger_index")}, leaf_hash = {LEAF.format(column="leaf_hash")},
commitments = coalesce(commitments, {LEAF.format(column="commitments")})
WHERE id IN (SELECT event_id FROM consent_ledgerleaf)
"""


def lift_the_guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Its triggers name every column. They are installed again after the migration."""
    lift(schema_editor.connection, apps.get_model("consent", "ConsentEvent"))


def lift_the_queue(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    on_table = " ON consent_consentevent" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS consent_consentevent_waits{on_table}")


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0024_events_of_a_site_ascending"),
        ("cookies", "0006_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerLeaf",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="leaf",
                        serialize=False,
                        to="consent.consentevent",
                    ),
                ),
                (
                    "ledger",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to="consent.ledger",
                    ),
                ),
                ("ledger_index", models.PositiveBigIntegerField()),
                ("leaf_hash", models.BinaryField()),
                ("commitments", models.BinaryField(help_text="To what may be erased: 32 bytes a field.")),
            ],
            options={
                "verbose_name_plural": "ledger leaves",
                "constraints": [
                    models.UniqueConstraint(fields=("ledger", "ledger_index"), name="leaf_once_per_place"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnsealedEvent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "site_id", "event_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cookies.site",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consent.consentevent",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(MOVED, MOVED_BACK),
        migrations.RunPython(lift_the_guard, lift_the_queue),
        migrations.RemoveConstraint(model_name="consentevent", name="ledger_index_once_per_site"),
        migrations.RemoveIndex(model_name="consentevent", name="events_not_sealed"),
        migrations.RemoveField(model_name="consentevent", name="leaf_hash"),
        migrations.RemoveField(model_name="consentevent", name="ledger_index"),
        migrations.AlterField(
            model_name="consentevent",
            name="commitments",
            field=models.BinaryField(help_text="Of what was erased before it was sealed.", null=True),
        ),
    ]
