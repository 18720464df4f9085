from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES = [
    ("owner", "Owner: everything, and the only one to change the team and the website's details"),
    ("editor", "Editor: partners, cookies, texts and rules, as a draft"),
    ("reviewer", "Reviewer: approves drafts, and writes why a partner is strictly necessary"),
    ("publisher", "Publisher: puts drafts before visitors, now or later, and goes back"),
    ("auditor", "Auditor: reads records, versions and the log"),
    ("viewer", "Viewer: reads numbers, the cookie declaration and versions"),
]


def let_editors_go_on(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """An editor could also publish and justify until now. Nobody loses that; an owner may take it away."""
    members = apps.get_model("cookies", "Member").objects.using(schema_editor.connection.alias)
    for member in members.filter(role="editor"):
        for role in ("reviewer", "publisher"):
            members.get_or_create(site_id=member.site_id, user_id=member.user_id, role=role)


class Migration(migrations.Migration):
    dependencies = [("cookies", "0004_keep_path")]
    operations = [
        migrations.RemoveConstraint(model_name="member", name="member_once_per_site"),
        migrations.AlterField("member", "role", models.CharField(max_length=10, choices=ROLES, default="editor")),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(fields=["site", "user", "role"], name="member_once_per_role"),
        ),
        # Going back is not possible while somebody has two roles; the database says so.
        migrations.RunPython(let_editors_go_on, migrations.RunPython.noop),
    ]
