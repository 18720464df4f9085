"""The two groups that a platform starts with, and what they may do."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

EDITED = {
    "cookies": ["site", "partner", "cookie", "member"],
    "consent": ["notice", "sitepolicy", "optoutlink"],
}
MARKETERS = [
    *(f"{app}.{verb}_{model}" for app, models in EDITED.items() for model in models for verb in ("view", "add", "change")),
    "cookies.delete_cookie",
    "cookies.delete_member",
    "consent.delete_optoutlink",
    "consent.view_noticeversion",
    "consent.view_publication",
    "consent.add_publication",
]
AUDITORS = [
    "cookies.view_site",
    "cookies.view_partner",
    "cookies.view_cookie",
    "consent.view_consentevent",
    "consent.view_noticeversion",
    "consent.view_publication",
]


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    for label in ("cookies", "consent"):
        # Permissions are otherwise made after the last migration, which is too late for us.
        config = apps.get_app_config(label)
        config.models_module = True  # type: ignore[assignment]
        create_permissions(config, apps=apps, using=alias, verbosity=0)
    groups = apps.get_model("auth", "Group").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    for name, wanted in (("Marketers", MARKETERS), ("Auditors", AUDITORS)):
        group, _ = groups.get_or_create(name=name)
        for codename in wanted:
            app, action = codename.split(".")
            group.permissions.add(permissions.get(content_type__app_label=app, codename=action))


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("auth", "0012_alter_user_first_name_max_length")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
