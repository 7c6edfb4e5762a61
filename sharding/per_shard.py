"""What lies beside an instance and is no row of it, such as its own Redis: found by shard, as rows are."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sharding import shard_map
from sharding.ids import SHARDS

T = TypeVar("T")


class PerShard(Generic[T]):
    """Something of each shard's instance, looked up anew when the map has changed."""

    def __init__(self, of_instance: Callable[[str], T]) -> None:
        """Keep how it is found by the name of an instance."""
        self._of_instance = of_instance
        self._read: tuple[shard_map.ShardMap | None, Sequence[T]] = (None, ())

    def table(self) -> Sequence[T]:
        """
        Return it for each shard, in order; the same list until the map changes.

        :raises InstanceUnavailable: if nobody can tell which instance has which shard
        """
        current = shard_map.current()
        known, table = self._read
        if current is not known:
            table = [self._of_instance(current.alias_of(shard)) for shard in range(SHARDS)]
            self._read = current, table
        return table
