"""The manager of sharded models: where their queries start."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet

from sharding import binding, everywhere, pins, scatter
from sharding.errors import Refused, WrongShard
from sharding.ids import shard_of
from sharding.pins import Pin
from sharding.querysets import ShardedQuerySet
from sharding.scatter import Scattered

M = TypeVar("M", bound=models.Model)
Row = TypeVar("Row")


class ShardedManager(models.Manager[M]):
    """The manager of a sharded model: where its queries start."""

    _queryset_class: type[ShardedQuerySet[M]] = ShardedQuerySet

    def get_queryset(self) -> ShardedQuerySet[M]:
        """Return a queryset pinned to the binding, or to nothing."""
        return self._queryset_class(self.model, using=self._db, hints=self._hints)  # type: ignore[attr-defined]

    def pinned(self, pin: Pin) -> ShardedQuerySet[M]:
        """Return a queryset pinned here; for this package only."""
        return self._queryset_class(self.model).pinned(pin)

    def of(self, owner_id: int) -> ShardedQuerySet[M]:
        """
        Return one owner's rows.

        Inside a binding they are read in its transaction; outside, from a replica that is fresh enough for
        this caller, else from the primary.
        """
        rows = self.get_queryset()
        built: Pin | None = rows.query.pin  # type: ignore[attr-defined]
        shard = shard_of(owner_id)
        if built is not None and built.shard != shard:
            raise WrongShard(
                f"{self.model.__name__}.of() an owner of shard {shard}, inside shard {built.shard}."
            )
        pin = Pin(shard, owner_id=owner_id, scoped=True)
        return rows.pinned(pin).filter(**{pins.owner_key_of(self.model): owner_id})

    def gather(
        self,
        ids: Collection[int],
        *,
        by: str = "pk",
        on_primary: bool = False,
        unavailable: scatter.Unavailable | None = None,
    ) -> list[M]:
        """
        Return rows by id, or by owner key, in no order; absent ids are absent. One read per instance.

        With `unavailable`, ids of an instance that cannot be reached are put into that map, with the reason,
        and the rows of the others are returned.

        :raises Refused: by a column that does not carry the shard
        :raises WrongShard: inside a binding, for ids of another shard
        :raises InstanceUnavailable: without `unavailable`, if an instance cannot be reached
        """
        field = self.model._meta.pk if by == "pk" else self.model._meta.get_field(by)
        if field not in pins.shard_bearing(self.model):
            raise Refused(f"{self.model.__name__}.{by} does not say the shard: gather by id or by owner key.")

        def read(alias: str, mine: list[int]) -> list[M]:
            bound = binding.current()
            pin = Pin(None if bound is None else bound.shard, scoped=True, at=alias)
            return list(self.pinned(pin).filter(**{f"{by}__in": mine}))

        return scatter.per_instance(ids, read, on_primary=on_primary, unavailable=unavailable)

    def everywhere(
        self,
        query: Callable[[ShardedQuerySet[M]], QuerySet[Any, Row]],
        *,
        within: float = 0.3,
        on_primary: bool = False,
    ) -> Scattered[Row]:
        """
        Run a query on every instance until a deadline, in seconds; rows merge in the query's order.

        The one exemption from saying which rows. Residue is excluded.
        """
        return everywhere.read_everywhere(self, query, within, on_primary=on_primary)
