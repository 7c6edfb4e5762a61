from django.db import migrations, models

import sharding.fence


class Migration(migrations.Migration):
    """How far users have read, fenced."""

    initial = True

    dependencies = [
        ("sharding", "0003_shard_of"),
    ]

    operations = [
        migrations.CreateModel(
            name="Marker",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id", "timeline", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("timeline", models.TextField()),
                ("last_read_id", models.BigIntegerField()),
                ("version", models.IntegerField(db_default=1)),
                ("updated_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        sharding.fence.AddFence(
            model_name="Marker",
            owner="user_id",
            version=2,
        ),
    ]
