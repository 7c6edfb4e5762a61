"""Seed: lay the shards of a new system over its instances, once."""

from django.db import connections

from sharding import shard_map
from sharding.conf import settings
from sharding.ids import SHARDS

_IS_EMPTY = "SELECT NOT EXISTS (SELECT FROM shard_map)"
_FILL = """
    INSERT INTO shard_map (shard, instance, state, epoch)
    SELECT shard, %s, 'open', 1 FROM generate_series(%s, %s) AS shard ON CONFLICT DO NOTHING"""
# Only what never changed hands: the other rows are the moves'.
_OWN = """
    INSERT INTO shard_ownership (shard, state, epoch)
    SELECT shard, 'owned', 1 FROM unnest(%s::int[]) AS shard ON CONFLICT DO NOTHING"""


def spread(instances: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Return contiguous, even ranges of shards: (instance, first, last)."""
    bounds = [SHARDS * n // len(instances) for n in range(len(instances) + 1)]
    return [(name, bounds[n], bounds[n + 1] - 1) for n, name in enumerate(instances)]


def seed_map() -> bool:
    """
    Fill an empty map and let each instance own its part; repeatable after a crash anywhere.

    Returns whether the map was empty. An instance that joins later gets no shards here: moves bring them.
    """
    with connections[settings().directory].cursor() as cursor:
        cursor.execute(_IS_EMPTY)
        was_empty: bool = cursor.fetchone()[0]
        if was_empty:
            cursor.execute("BEGIN")
            for part in spread(settings().instances):
                cursor.execute(_FILL, part)
            cursor.execute("COMMIT")
    laid = shard_map.refresh()
    for alias in laid.instances:
        first_owned = [
            shard for shard in range(SHARDS) if laid.alias_of(shard) == alias and laid.epoch_of(shard) == 1
        ]
        with connections[alias].cursor() as cursor:
            cursor.execute(_OWN, [first_owned])
    return was_empty
