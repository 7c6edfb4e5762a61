"""A profile: what a user shows of themselves."""

import json
from typing import Any

from django.db import models
from pydantic_core import to_json

from sharding.models import ShardedModel

# The one status whose cards are shown, and that of users whose accounts are closed.
ACTIVE, CLOSED = 1, 2


class StoredJson(models.TextField):  # type: ignore[type-arg]
    """
    JSON kept as it was checked, to the byte.

    jsonb would keep other numbers than were sent: 1e20 as a whole one, 1e308 in 309 digits, -0.0 without its
    sign; and keys in an order of its own. Nothing here is looked for by what is in it.
    """

    def deconstruct(self) -> Any:
        """Be plain text to migrations, which must mean tomorrow what they mean today."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        """Return the bytes that the size was counted on."""
        return value if value is None or hasattr(value, "resolve_expression") else to_json(value).decode()

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        """Return what was kept."""
        return None if value is None else json.loads(value)


class Profile(ShardedModel):
    """
    A user's profile, on the user's shard.

    `username` is a copy: the claim stands in the directory. `version` rises with every change of the
    card, so that of two copies of a card the newer one is known.
    """

    owner_key = "user_id"

    user_id = models.BigIntegerField(primary_key=True)
    username = models.CharField(max_length=30)
    display_name = models.CharField(max_length=50)
    bio = models.CharField(max_length=500, db_default="")
    custom = StoredJson(default=dict, db_default=models.Value("{}"))
    status = models.PositiveSmallIntegerField(db_default=ACTIVE)
    # What graph decides by, as the card shows it; both are written in one transaction.
    is_private = models.BooleanField(db_default=False)
    version = models.PositiveIntegerField(db_default=1)
