from django.db import migrations, models

import sharding.ids
from sharding.fence import AddFence


class Migration(migrations.Migration):
    """Tables of posts, fenced."""

    initial = True

    dependencies = [("sharding", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="AuthorCount",
            fields=[
                ("author_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("posts", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", sharding.ids.ShardedIdField(serialize=False)),
                ("author_id", models.BigIntegerField()),
                ("text", models.TextField()),
                ("published_at", models.DateTimeField()),
                ("version", models.IntegerField(default=1)),
                ("deleted_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        models.F("author_id"),
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("deleted_at", None)),
                        name="posts_post_newest",
                    )
                ],
            },
        ),
        AddFence("AuthorCount", owner="author_id", version=1),
        AddFence("Post", owner="author_id", version=1),
    ]
