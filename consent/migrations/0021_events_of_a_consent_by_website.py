"""A visitor's events on a website are found without going through all of the website's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0020_recording_writes_fewer_indexes"),
        ("cookies", "0006_tokens"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="consentevent",
            name="events_of_a_consent",
        ),
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(fields=["site", "consent_ref", "-received_at", "-id"], name="events_of_a_consent"),
        ),
    ]
