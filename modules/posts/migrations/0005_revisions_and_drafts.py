from django.db import migrations, models

import sharding.fence
import sharding.ids


class Migration(migrations.Migration):
    """What posts said before, and what is not published yet, fenced."""

    dependencies = [
        ("posts", "0004_audience_and_edits"),
        ("sharding", "0003_shard_of"),
    ]

    operations = [
        migrations.CreateModel(
            name="PostRevision",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "author_id",
                        "post_id",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("author_id", models.BigIntegerField()),
                ("post_id", models.BigIntegerField()),
                ("version", models.IntegerField()),
                ("text", models.TextField()),
                ("entities", models.TextField()),
                ("custom", models.TextField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", sharding.ids.ShardedIdField(serialize=False)),
                ("author_id", models.BigIntegerField()),
                ("text", models.TextField()),
                ("entities", models.TextField()),
                ("audience", models.SmallIntegerField()),
                ("custom", models.TextField()),
                ("reply_policy", models.SmallIntegerField()),
                ("publish_at", models.DateTimeField(null=True)),
                ("try_after", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(null=True)),
                ("post_id", models.BigIntegerField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("try_after__isnull", False)),
                        fields=["try_after", "id"],
                        name="posts_draft_due",
                    ),
                    models.Index(fields=["author_id", "-id"], name="posts_draft_newest"),
                ],
            },
        ),
        sharding.fence.AddFence(
            model_name="PostRevision",
            owner="author_id",
            version=2,
        ),
        sharding.fence.AddFence(
            model_name="Draft",
            owner="author_id",
            version=2,
        ),
    ]
