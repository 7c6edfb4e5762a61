from django.db import migrations, models

import sharding.fence
import sharding.ids


class Migration(migrations.Migration):
    """Reactions on both sides, what is counted of posts, bookmarks; fenced."""

    dependencies = [
        ("posts", "0002_fence_2"),
        ("sharding", "0003_shard_of"),
    ]

    operations = [
        migrations.CreateModel(
            name="MarkCount",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField(db_default=0)),
                ("bookmarks", models.IntegerField(db_default=0)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PostCount",
            fields=[
                ("post_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(db_default=0)),
                ("replies", models.IntegerField(db_default=0)),
                ("reposts", models.IntegerField(db_default=0)),
                ("quotes", models.IntegerField(db_default=0)),
                ("reactions", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ReactionOut",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id",
                        "post_id",
                        "type",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("post_id", models.BigIntegerField()),
                ("type", models.TextField()),
                ("edge_id", sharding.ids.ShardedIdField(primary_key=False)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id", "post_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("post_id", models.BigIntegerField()),
                ("bookmark_id", sharding.ids.ShardedIdField(primary_key=False)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["user_id", "-bookmark_id"], name="bookmark_newest")],
            },
        ),
        migrations.CreateModel(
            name="ReactionIn",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "post_id",
                        "type",
                        "user_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("post_id", models.BigIntegerField()),
                ("type", models.TextField()),
                ("user_id", models.BigIntegerField()),
                ("edge_id", models.BigIntegerField()),
                ("is_active", models.BooleanField(db_default=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["post_id", "-edge_id"],
                        name="reaction_in_newest",
                    ),
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["post_id", "type", "-edge_id"],
                        name="reaction_in_newest_of_type",
                    ),
                ],
            },
        ),
        sharding.fence.AddFence(
            model_name="MarkCount",
            owner="user_id",
            version=2,
        ),
        sharding.fence.AddFence(
            model_name="PostCount",
            owner="post_id",
            version=2,
        ),
        sharding.fence.AddFence(
            model_name="ReactionOut",
            owner="user_id",
            version=2,
        ),
        sharding.fence.AddFence(
            model_name="Bookmark",
            owner="user_id",
            version=2,
        ),
        sharding.fence.AddFence(
            model_name="ReactionIn",
            owner="post_id",
            version=2,
        ),
    ]
