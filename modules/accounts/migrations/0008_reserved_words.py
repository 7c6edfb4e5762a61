from typing import Any

from django.db import migrations, models

ROLES = [
    "admin", "administration", "administrator", "hostmaster", "moderation", "moderator", "postmaster",
    "staff", "superuser", "sysadmin", "webmaster",
]  # fmt: skip
# The mailboxes of RFC 2142, and who else writes to users in the operator's name or guards what is theirs.
NAMES = [
    "abuse", "account", "announcement", "billing", "compliance", "copyright", "daemon", "dmca", "finance",
    "fraud", "ftp", "helpdesk", "hr", "info", "infosec", "legal", "login", "logout", "mailerdaemon",
    "marketing", "news", "newsletter", "nobody", "noc", "noreply", "notification", "operator", "password",
    "payment", "payroll", "press", "privacy", "recovery", "refund", "sales", "service", "settings",
    "signin", "signup", "trustandsafety", "trustsafety", "usenet", "uucp", "verification", "verified",
    "verify", "www",
]  # fmt: skip
FILLINGS = [
    "and", "alert", "app", "bot", "care", "center", "centre", "chat", "chief", "client", "community",
    "company", "contact", "crew", "customer", "department", "dept", "desk", "email", "for", "global",
    "group", "head", "hq", "live", "mail", "main", "manager", "master", "member", "of", "office",
    "officer", "online", "our", "page", "platform", "real", "site", "tech", "technical", "team", "the",
    "user", "web",
]  # fmt: skip


def reserve(apps: Any, schema_editor: Any) -> None:
    reserved = apps.get_model("accounts", "ReservedName").objects.using(schema_editor.connection.alias)
    kinds = dict.fromkeys(FILLINGS, "filling") | dict.fromkeys(NAMES, "name") | dict.fromkeys(ROLES, "role")
    # Words that operators have reserved stay theirs.
    reserved.bulk_create(
        (reserved.model(username=name, kind=kind) for name, kind in kinds.items()), ignore_conflicts=True
    )
    reserved.filter(username__in=ROLES).update(kind="role")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_mail")]

    operations = [
        migrations.RemoveField("reservedname", "skeleton"),
        migrations.AddField(
            "reservedname",
            "kind",
            models.CharField(
                max_length=10,
                choices=[
                    ("name", "Name"),
                    ("role", "Role"),
                    ("filling", "Filling"),
                    ("allowed", "Allowed"),
                ],
                default="name",
            ),
        ),
        migrations.RunPython(reserve, migrations.RunPython.noop, hints={"placement": "directory"}),
    ]
