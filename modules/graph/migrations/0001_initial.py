from django.db import migrations, models

import sharding.ids
from sharding.fence import AddFence


class Migration(migrations.Migration):
    """Tables of graph, fenced."""

    initial = True

    dependencies = [("sharding", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="FollowCount",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("followers", models.IntegerField(db_default=0)),
                ("following", models.IntegerField(db_default=0)),
                ("is_pulled", models.BooleanField(db_default=False)),
                ("pulled_until", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("is_pulled", True), ("pulled_until__isnull", False), _connector="OR"
                        ),
                        fields=["user_id"],
                        name="follow_count_pulled",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowIn",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id",
                        "follower_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("follower_id", models.BigIntegerField()),
                ("edge_id", models.BigIntegerField()),
                ("is_active", models.BooleanField(db_default=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_active", True)),
                        fields=["user_id", "-edge_id"],
                        include=("follower_id",),
                        name="follow_in_newest",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowOut",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id", "target_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("target_id", models.BigIntegerField()),
                ("edge_id", sharding.ids.ShardedIdField(primary_key=False)),
            ],
            options={
                "indexes": [models.Index(fields=["user_id", "-edge_id"], name="follow_out_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("user_id", models.F("target_id")), _negated=True),
                        name="follow_out_of_another",
                    )
                ],
            },
        ),
        AddFence("FollowCount", owner="user_id", version=1),
        AddFence("FollowIn", owner="user_id", version=1),
        AddFence("FollowOut", owner="user_id", version=1),
    ]
