"""The outbox's two tables, on every instance and on the directory. They never move with a shard."""

from django.db import models
from django.db.models.functions import Now


class OutboxEvent(models.Model):
    """
    A fact recorded in its writer's transaction, until the relay has made its deliveries.

    The id is minted like every other, so it carries the owner's shard and orders one owner's facts.
    """

    placement = "everywhere"

    id = models.BigIntegerField(primary_key=True)
    owner_id = models.BigIntegerField()
    name = models.TextField()
    payload = models.JSONField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "outbox_event"


class OutboxDelivery(models.Model):
    """
    One event for one subscriber; it stays until the subscriber's effect is committed.

    `due_at` is when the relay may send it (again): now, the end of a lease, or the end of a back-off.
    """

    class State(models.TextChoices):
        """Where a delivery is; only a dead one is never sent again."""

        WAITING = "waiting"
        SENT = "sent"
        CLAIMED = "claimed"
        DEAD = "dead"

    placement = "everywhere"

    pk = models.CompositePrimaryKey("event_id", "subscriber")
    event_id = models.BigIntegerField()
    subscriber = models.TextField()
    owner_id = models.BigIntegerField()
    name = models.TextField()
    payload = models.JSONField()
    due_at = models.DateTimeField(db_default=Now())
    state = models.TextField(choices=State, db_default=State.WAITING)
    failures = models.IntegerField(db_default=0)
    error = models.TextField(db_default="")

    class Meta:
        db_table = "outbox_delivery"
        indexes = [
            models.Index("due_at", "event_id", name="delivery_due", condition=~models.Q(state="dead")),
            models.Index("subscriber", "owner_id", "event_id", name="delivery_order"),
        ]
