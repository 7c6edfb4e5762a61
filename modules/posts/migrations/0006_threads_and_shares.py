from django.db import migrations, models

import sharding.fence


class Migration(migrations.Migration):
    """Threads at the posts above, reposts once for each user, shares at their originals; fenced."""

    dependencies = [
        ("posts", "0005_revisions_and_drafts"),
        ("sharding", "0003_shard_of"),
    ]

    operations = [
        migrations.CreateModel(
            name="Repost",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id",
                        "original_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("original_id", models.BigIntegerField()),
                ("post_id", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="post",
            name="depth",
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "original_id",
                        "post_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("original_id", models.BigIntegerField()),
                ("post_id", models.BigIntegerField()),
                ("author_id", models.BigIntegerField()),
                ("kind", models.SmallIntegerField()),
                ("is_active", models.BooleanField(db_default=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["original_id", "kind", "-post_id"],
                        name="share_newest",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ThreadEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "post_id", "reply_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("post_id", models.BigIntegerField()),
                ("reply_id", models.BigIntegerField()),
                ("parent_id", models.BigIntegerField()),
                ("author_id", models.BigIntegerField()),
                ("is_active", models.BooleanField(db_default=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["post_id", "-reply_id"],
                        name="thread_entry_newest",
                    ),
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["post_id", "parent_id", "-reply_id"],
                        name="thread_entry_children",
                    ),
                ],
            },
        ),
        sharding.fence.AddFence(
            model_name="Repost",
            owner="user_id",
            version=2,
        ),
        sharding.fence.AddFence(
            model_name="Share",
            owner="original_id",
            version=2,
        ),
        sharding.fence.AddFence(
            model_name="ThreadEntry",
            owner="post_id",
            version=2,
        ),
    ]
