from django.db import migrations, models

from sharding.fence import AddFence


class Migration(migrations.Migration):
    """Tables of profiles, fenced."""

    initial = True

    dependencies = [("sharding", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("username", models.CharField(max_length=30)),
                ("display_name", models.CharField(max_length=50)),
                ("bio", models.CharField(db_default="", max_length=500)),
                ("custom", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ("status", models.PositiveSmallIntegerField(db_default=1)),
                ("version", models.PositiveIntegerField(db_default=1)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        AddFence("Profile", owner="user_id", version=1),
    ]
