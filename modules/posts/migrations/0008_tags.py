from django.db import migrations, models

import sharding.fence


class Migration(migrations.Migration):
    """Which posts have a tag, at the tag's shard and fenced; how much tags are used, in the directory."""

    dependencies = [
        ("posts", "0007_profile_lists"),
        ("sharding", "0003_shard_of"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("tag_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("tag", models.TextField()),
                ("kept", models.IntegerField(db_default=0)),
                ("floor_id", models.BigIntegerField(db_default=0)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="TagPost",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tag_id", "post_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tag_id", models.BigIntegerField()),
                ("post_id", models.BigIntegerField()),
                ("author_id", models.BigIntegerField()),
                ("version", models.IntegerField()),
                ("is_active", models.BooleanField(db_default=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["tag_id", "-post_id"],
                        name="tag_post_newest",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TagStat",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tag", "hour", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tag", models.TextField()),
                ("hour", models.DateTimeField()),
                ("posts", models.IntegerField(db_default=0)),
                ("authors", models.IntegerField(db_default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="tag_stat_hour")],
            },
        ),
        migrations.CreateModel(
            name="TagTotal",
            fields=[
                ("tag", models.TextField(primary_key=True, serialize=False)),
                ("authors", models.BigIntegerField(db_default=0)),
                ("last_used_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["last_used_at"], name="tag_total_last_used")],
            },
        ),
        migrations.CreateModel(
            name="TagUse",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tag", "author_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tag", models.TextField()),
                ("author_id", models.BigIntegerField()),
                ("counted_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["counted_at"], name="tag_use_counted")],
            },
        ),
        sharding.fence.AddFence(
            model_name="Tag",
            owner="tag_id",
            version=2,
        ),
        sharding.fence.AddFence(
            model_name="TagPost",
            owner="tag_id",
            version=2,
        ),
    ]
