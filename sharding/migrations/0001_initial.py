import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

from sharding import sql
from sharding.fence import DROP_FUNCTIONS_SQL, FUNCTIONS_SQL, AddFence


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(sql.MINTING_SQL, sql.DROP_MINTING_SQL, hints={"placement": "everywhere"}),
        migrations.RunSQL(FUNCTIONS_SQL, DROP_FUNCTIONS_SQL, hints={"placement": "instances"}),
        migrations.CreateModel(
            name="Shard",
            fields=[
                ("shard", models.IntegerField(primary_key=True, serialize=False)),
                ("instance", models.TextField()),
                ("state", models.TextField(default="open")),
                ("epoch", models.BigIntegerField(default=1)),
            ],
            options={
                "db_table": "shard_map",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("shard__range", (0, 4095))), name="shard_map_shard"
                    ),
                    models.CheckConstraint(condition=models.Q(("epoch__gte", 1)), name="shard_map_epoch"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShardOwnership",
            fields=[
                ("shard", models.IntegerField(primary_key=True, serialize=False)),
                ("state", models.TextField()),
                ("epoch", models.BigIntegerField()),
            ],
            options={
                "db_table": "shard_ownership",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("shard__range", (0, 4095))), name="ownership_shard"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SchemaState",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("state", models.TextField()),
                ("digest", models.TextField(default="")),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "schema_state",
            },
        ),
        migrations.CreateModel(
            name="OnceRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "owner_id",
                        "scope",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("owner_id", models.BigIntegerField()),
                ("scope", models.TextField()),
                ("key", models.TextField()),
                ("fingerprint", models.BinaryField()),
                ("status", models.SmallIntegerField(null=True)),
                ("body", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "once",
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(fields=["created_at"], name="once_created_at")
                ],
            },
        ),
        migrations.RunSQL(sql.ONCE_SQL, sql.DROP_ONCE_SQL, hints={"placement": "everywhere"}),
        migrations.RunSQL(sql.FENCED_ONCE_SQL, sql.DROP_FENCED_ONCE_SQL, hints={"placement": "instances"}),
        AddFence("OnceRow", owner="owner_id"),
    ]
