from typing import Any

from django.db import migrations

# The misspellings are common ones: no rule finds them that would not find words of others (`moderato`) too.
ROLES = [
    "administator", "administrater", "adminstration", "adminstrator", "admistrator", "moderater",
    "modorator", "superadmin", "supermod", "supermoderator",
]  # fmt: skip
NAMES = [
    "automod", "automoderator", "ceo", "cfo", "cofounder", "communitymanager", "communityteam", "contact",
    "cto", "customercare", "developer", "devteam", "donotreply", "email", "employee", "feedback", "founder",
    "mod", "offical", "oficial", "owner", "safety", "securty", "suport", "sysop", "trustteam",
]  # fmt: skip
FILLINGS = ["corp", "foundation", "inc", "network", "social", "status", "update"]
# What many are, of their own trade.
ALLOWED = ["app_developer", "appdeveloper", "web_developer", "webdeveloper"]


def reserve(apps: Any, schema_editor: Any) -> None:
    reserved = apps.get_model("accounts", "ReservedName").objects.using(schema_editor.connection.alias)
    kinds = dict.fromkeys(FILLINGS, "filling") | dict.fromkeys(NAMES, "name") | dict.fromkeys(ROLES, "role")
    kinds |= dict.fromkeys(ALLOWED, "allowed")
    # What operators have reserved or given free stays as they want it.
    reserved.bulk_create(
        (reserved.model(username=name, kind=kind) for name, kind in kinds.items()), ignore_conflicts=True
    )
    reserved.filter(username__in=NAMES, kind="filling").update(kind="name")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_known_places")]

    operations = [
        migrations.RunPython(reserve, migrations.RunPython.noop, hints={"placement": "directory"}),
    ]
