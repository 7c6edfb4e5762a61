"""What stands at the far ends of edges, for audits: by keys, each where its owner lives, from primaries."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.backends.utils import CursorWrapper

from sharding.scatter import read_per_instance

# The owner of the far end comes first.
Key = tuple[Any, ...]


def read_far_ends(statement: str, keys: Collection[Key]) -> dict[Key, tuple[Any, ...]]:
    """
    Run a statement with these keys, column by column, where the owners live; return further columns by key.

    It takes one array for each part of a key and selects those parts first. Keys without a row are absent.

    :raises InstanceUnavailable: if an instance cannot be reached
    """
    if not keys:
        return {}
    by_owner: dict[int, list[Key]] = defaultdict(list)
    for key in keys:
        by_owner[key[0]].append(key)
    parts = len(next(iter(keys)))

    def read(cursor: CursorWrapper, mine: list[int]) -> list[tuple[Any, ...]]:
        here = [key for owner_id in mine for key in by_owner[owner_id]]
        cursor.execute(statement, [list(column) for column in zip(*here, strict=True)])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    rows = read_per_instance(by_owner, read, on_primary=True)
    return {row[:parts]: row[parts:] for row in rows}
