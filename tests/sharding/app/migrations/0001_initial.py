import django.db.models.deletion
from django.db import migrations, models

import sharding.ids
from sharding.fence import AddFence


class Migration(migrations.Migration):
    initial = True

    dependencies = [("sharding", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Edge",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id", "target_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("target_id", models.BigIntegerField()),
                ("weight", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", sharding.ids.ShardedIdField(serialize=False)),
                ("name", models.TextField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("user_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("notes", models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", sharding.ids.ShardedIdField(serialize=False)),
                ("author_id", models.BigIntegerField()),
                ("text", models.TextField(default="")),
                ("rank", models.IntegerField(default=0)),
                ("written_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("author_id", "rank", "text"), name="note_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", sharding.ids.ShardedIdField(serialize=False)),
                ("author_id", models.BigIntegerField()),
                ("text", models.TextField(default="")),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remarks",
                        to="shardtests.note",
                    ),
                ),
            ],
        ),
        AddFence("Edge", owner="user_id", version=1),
        AddFence("Tally", owner="user_id", version=1),
        AddFence("Note", owner="author_id", version=1),
        AddFence("Remark", owner="author_id", version=1),
    ]
