import django.db.models.functions.datetime
from django.db import migrations, models

from sharding.fence import AddFence


class Migration(migrations.Migration):
    dependencies = [("sharding", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="OutboxEvent",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("owner_id", models.BigIntegerField()),
                ("name", models.TextField()),
                ("payload", models.JSONField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "outbox_event",
            },
        ),
        migrations.CreateModel(
            name="OutboxDelivery",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "event_id",
                        "subscriber",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("subscriber", models.TextField()),
                ("owner_id", models.BigIntegerField()),
                ("name", models.TextField()),
                ("payload", models.JSONField()),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("claimed", "Claimed"),
                            ("dead", "Dead"),
                        ],
                        db_default="waiting",
                    ),
                ),
                ("failures", models.IntegerField(db_default=0)),
                ("error", models.TextField(db_default="")),
            ],
            options={
                "db_table": "outbox_delivery",
                "indexes": [
                    models.Index(
                        models.F("due_at"),
                        models.F("event_id"),
                        condition=models.Q(("state", "dead"), _negated=True),
                        name="delivery_due",
                    ),
                    models.Index(
                        models.F("subscriber"),
                        models.F("owner_id"),
                        models.F("event_id"),
                        name="delivery_order",
                    ),
                ],
            },
        ),
        # On INSERT only: what a move leaves behind is still relayed, and removed, by this instance.
        AddFence("OutboxEvent", owner="owner_id", version=1, on=("insert",)),
    ]
