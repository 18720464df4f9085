"""A group for each role, in place of Marketers and Auditors. Whoever was in those is in these."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from consent.role_groups import give_groups_their_permissions

# Marketers could add websites, and only the owner's group can now. Alone it opens no website of others.
REPLACED_BY = {"Marketers": ["Owner", "Editor", "Reviewer", "Publisher"], "Auditors": ["Auditor"]}


def move_people(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for old in groups.filter(name__in=REPLACED_BY):
        for name in REPLACED_BY[old.name]:
            groups.get(name=name).user_set.add(*old.user_set.all())
        old.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0009_auto_block"),
        ("cookies", "0005_several_roles"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]
    operations = [
        migrations.RunPython(give_groups_their_permissions, migrations.RunPython.noop),
        migrations.RunPython(move_people, migrations.RunPython.noop),
    ]
