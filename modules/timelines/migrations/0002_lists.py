from django.db import migrations, models

import sharding.fence
import sharding.ids


class Migration(migrations.Migration):
    """Lists of people and who is in them, fenced."""

    dependencies = [
        ("sharding", "0003_shard_of"),
        ("timelines", "0001_markers"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListMember",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "owner_id",
                        "list_id",
                        "member_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("owner_id", models.BigIntegerField()),
                ("list_id", models.BigIntegerField()),
                ("member_id", models.BigIntegerField()),
                ("membership_id", sharding.ids.ShardedIdField(primary_key=False)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="List",
            fields=[
                ("id", sharding.ids.ShardedIdField(serialize=False)),
                ("owner_id", models.BigIntegerField()),
                ("name", models.TextField()),
                ("version", models.IntegerField(db_default=1)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["owner_id", "-id"], name="timelines_list_newest")],
            },
        ),
        sharding.fence.AddFence(
            model_name="ListMember",
            owner="owner_id",
            version=2,
        ),
        sharding.fence.AddFence(
            model_name="List",
            owner="owner_id",
            version=2,
        ),
    ]
