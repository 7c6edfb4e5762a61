from typing import Any

from django.db import migrations, models

FIRST = [
    "admin", "administrator", "anonymous", "api", "banyan", "everyone", "help", "moderator", "null",
    "official", "root", "security", "staff", "support", "system", "undefined",
]  # fmt: skip

LOOKALIKES = str.maketrans({"0": "o", "1": "l", "m": "rn", "w": "vv"})


def reserve(apps: Any, schema_editor: Any) -> None:
    reserved = apps.get_model("accounts", "ReservedName")
    reserved.objects.using(schema_editor.connection.alias).bulk_create(
        reserved(username=name, skeleton=name.translate(LOOKALIKES)) for name in FIRST
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ReservedName",
            fields=[
                ("username", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("skeleton", models.CharField(editable=False, max_length=60)),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(reserve, migrations.RunPython.noop, hints={"placement": "directory"}),
    ]
