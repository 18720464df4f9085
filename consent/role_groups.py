"""What the Django group of each role may do, as permissions. On which websites is for the membership to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.management import create_permissions

from cookies.access import group_name
from cookies.models import Role

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def every(verbs: str, *models: str) -> tuple[str, ...]:
    """The permissions of these verbs on these models: "view change" on "consent.notice"."""
    pairs = (model.split(".") for model in models)
    return tuple(f"{app}.{verb}_{model}" for app, model in pairs for verb in verbs.split())


READS = every(
    "view",
    "cookies.site",
    "cookies.partner",
    "cookies.cookie",
    "consent.noticeversion",
    "consent.publication",
    "consent.dailystatistic",
)
READS_DRAFT = (
    *READS,
    *every("view", "consent.notice", "consent.sitepolicy", "consent.optoutlink", "consent.review"),
)
EDITS = (
    *READS_DRAFT,
    *every("add change", "cookies.partner", "cookies.cookie", "consent.notice", "consent.sitepolicy"),
    *every("add change delete", "consent.optoutlink"),
    "cookies.delete_cookie",
    "consent.add_review",
)
REVIEWS = (*READS_DRAFT, "cookies.change_partner", "consent.change_review", "consent.add_acknowledgement")
PUBLISHES = (*READS_DRAFT, "consent.add_publication")
AUDITS = (
    *READS,
    "consent.view_consentevent",
    "admin.view_logentry",
    *every("add", "consent.export", "consent.legalhold"),
)
OWNS = (
    *EDITS,
    *REVIEWS,
    *PUBLISHES,
    *AUDITS,
    *every("add change", "cookies.site"),
    *every("view add change delete", "cookies.member"),
)

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.VIEWER: frozenset(READS),
    Role.EDITOR: frozenset(EDITS),
    Role.REVIEWER: frozenset(REVIEWS),
    Role.PUBLISHER: frozenset(PUBLISHES),
    Role.AUDITOR: frozenset(AUDITS),
    Role.OWNER: frozenset(OWNS),
}


def give_groups_their_permissions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For migrations: make the groups, and give them what the table above says and the database knows by now.

    A migration that adds a model with pages of its own ends with this. It takes nothing away.
    """
    alias = schema_editor.connection.alias
    for label in ("admin", "cookies", "consent"):
        # Permissions are otherwise made after the last migration, which is too late for us.
        config = apps.get_app_config(label)
        config.models_module = True  # type: ignore[assignment]
        create_permissions(config, apps=apps, using=alias, verbosity=0)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    known = {
        f"{app}.{codename}": key
        for key, app, codename in permissions.values_list("pk", "content_type__app_label", "codename")
    }
    for role, wanted in PERMISSIONS.items():
        group, _ = apps.get_model("auth", "Group").objects.using(alias).get_or_create(name=group_name(role))
        group.permissions.add(*(known[name] for name in sorted(wanted) if name in known))
