"""
Querysets of sharded models: each says where right where it starts, or refuses.

    Post.objects.of(author_id)             one owner's rows, routed by their id and filtered by it
    Post.objects.gather(ids)               rows by id, one read per instance, in parallel
    Post.objects.everywhere(query)         all instances, with a deadline, residue excluded

A queryset is *pinned* to a shard where it is built, and the pin travels with its query: through chains,
subqueries and pickles. What a pin means is decided when the query runs (`pins.py`).
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn, Self, TypeVar

from django.db import models
from django.db.models import QuerySet, sql

from sharding import binding, freshness, pins
from sharding.conf import settings
from sharding.errors import InstanceUnavailable, NoShard, Refused, WrongShard
from sharding.ids import ShardedIdField, mint_ids
from sharding.pins import Pin

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")

#: From this many rows on, ids are minted in one call and paced: unpaced, one shard's ids collide.
_MINT_AHEAD = 64


class ShardedQuery(sql.Query):
    """A query that knows where it may run, also as a subquery of another."""

    pin: Pin | None = None

    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> Any:
        """Compile for one database, if the pin admits it."""
        alias = using if using is not None else connection.alias
        pins.require_admitted(self, alias)
        return super().get_compiler(using, connection, elide_empty)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Compile as a part of another query: Django would run it wherever that one runs."""
        pins.require_admitted(self, connection.alias)
        return super().as_sql(compiler, connection)

    def sql_with_params(self) -> Any:
        """Show the SQL; showing runs nothing and needs no place."""
        alias = pins.primary_of(self.pin) if self.pin is not None else "default"
        return super().get_compiler(alias).as_sql()


class ShardedQuerySet(QuerySet[M, M]):
    """A queryset of a sharded model: Django's, with a pin, and without what has no meaning here."""

    def __init__(
        self, model: Any = None, query: Any = None, using: str | None = None, hints: Any = None
    ) -> None:
        super().__init__(model, query or ShardedQuery(model), None, hints)
        if using is not None:
            pins.require_bound_alias(using)
        if query is None and model is not None:
            row = (hints or {}).get("instance")
            self.pin = (pins.pin_of_row(row) if row is not None else None) or pins.bound_pin()

    # --- where ---------------------------------------------------------------------------------------------

    @property
    def pin(self) -> Pin | None:
        """Where this belongs; it is the query's, which chains and pickles carry along."""
        return getattr(self.query, "pin", None)

    @pin.setter
    def pin(self, pin: Pin | None) -> None:
        self.query.pin = pin  # type: ignore[attr-defined]

    @property
    def db(self) -> str:
        """
        Return where this would run now. Everything that Django runs asks here first.

        :raises NoShard: if nothing says where, or for a write outside a binding
        :raises Unscoped: if nothing says which rows
        :raises WrongShard: if the pin, or the rows named, are not the binding's
        """
        pin = self.pin
        if self.query.is_empty():
            return settings().directory
        if pin is None:
            raise NoShard(f"{self.model.__name__}: {pins.NOWHERE}")
        pins.require_scope(self.query, pin)
        return pins.write_alias(pin) if self._for_write else pins.read_alias(pin)

    def on_primary(self) -> Self:
        """Read from the primary, whatever replicas there are."""
        if self.pin is None:
            raise NoShard(f"{self.model.__name__}: {pins.NOWHERE}")
        return self.pinned(replace(self.pin, on_primary=True))

    def pinned(self, pin: Pin | None) -> Self:
        """Return a copy pinned here; for this package only."""
        clone: Self = self._chain()  # type: ignore[attr-defined]
        clone.pin = pin
        return clone

    def using(self, alias: str | None) -> Self:
        """Refuse: an instance is no place for rows. Inside a binding, Django may repeat its alias."""
        if alias is None:
            return self.pinned(self.pin)
        pins.require_bound_alias(alias)
        return self.pinned(self.pin or pins.bound_pin())

    def _add_hints(self, **hints: Any) -> None:
        super()._add_hints(**hints)  # type: ignore[misc]
        row = hints.get("instance")
        if row is not None and (pin := pins.pin_of_row(row)) is not None:
            self.pin = pin

    # --- reads ---------------------------------------------------------------------------------------------

    def _fetch_all(self) -> None:
        self._read(super()._fetch_all)

    def _prefetch_related_objects(self) -> None:
        is_on_primary = self.pin is not None and self.pin.on_primary
        with pins.relations_on_primary() if is_on_primary else nullcontext():
            super()._prefetch_related_objects()  # type: ignore[misc]

    def count(self) -> int:
        """Count the rows."""
        return self._read(super().count)

    def exists(self) -> bool:
        """Tell whether there is a row."""
        return self._read(super().exists)

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Aggregate the rows."""
        return self._read(partial(super().aggregate, *args, **kwargs))

    def _read(self, call: Callable[[], T]) -> T:
        """Read; from the next replica or the primary when a replica cannot be reached."""
        while True:
            try:
                return call()
            except InstanceUnavailable as error:
                is_chosen_here = binding.current() is None and self.pin is not None and self.pin.at is None
                if not (is_chosen_here and freshness.mark_down(error.alias)):
                    raise

    # --- writes --------------------------------------------------------------------------------------------

    def create(self, **kwargs: Any) -> M:
        """Create a row in the open transaction; its owner key must be among the arguments."""
        row = self.model(**kwargs)
        self._claim([row])
        row.save(force_insert=True)
        return row

    def get_or_create(self, defaults: Any = None, **kwargs: Any) -> tuple[M, bool]:
        """Get or create a row; the owner key must be among the looked-up arguments."""
        return super(ShardedQuerySet, self._owned(kwargs)).get_or_create(defaults, **kwargs)

    def update_or_create(
        self, defaults: Any = None, create_defaults: Any = None, **kwargs: Any
    ) -> tuple[M, bool]:
        """Update or create a row; the owner key must be among the looked-up arguments."""
        self._refuse_new_owner(defaults or {})
        return super(ShardedQuerySet, self._owned(kwargs)).update_or_create(
            defaults, create_defaults, **kwargs
        )

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        """Create rows of the bound shard; from 64 on, ids are minted ahead, paced, in one more round trip."""
        rows = list(objs)
        if not rows:
            return rows
        pin = self._claim(rows)
        self._refuse_new_owner(kwargs.get("update_fields") or ())
        self._mint_ahead(rows, pin)
        clone = self.pinned(Pin(pin.shard, scoped=True))
        return super(ShardedQuerySet, clone).bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update rows of the bound shard."""
        rows, names = list(objs), list(fields)
        self._refuse_new_owner(names)
        if not rows:
            return 0
        clone = self.pinned(Pin(self._claim(rows).shard, scoped=True))
        return super(ShardedQuerySet, clone).bulk_update(rows, names, batch_size)

    def update(self, **kwargs: Any) -> int:
        """Update the rows; a row never changes its owner."""
        self._refuse_new_owner(kwargs)
        return super().update(**kwargs)

    def _update(self, values: Any) -> int:
        self._for_write = True
        return super()._update(values)  # type: ignore[misc, no-any-return]

    def _raw_delete(self, using: str | None) -> int:
        self._for_write = True
        if using != self.db:
            raise WrongShard(f"{using!r} is not where these rows are.")
        return super()._raw_delete(using)

    def _claim(self, rows: Sequence[M]) -> Pin:
        """Return the place of rows to be written: the bound shard, and the pinned owner's if there is one."""
        found = {pins.place_row(row) for row in rows}
        mine = self.pin
        if (
            mine is not None
            and mine.owner_id is not None
            and {pin.owner_id for pin in found} != {mine.owner_id}
        ):
            raise WrongShard(f"{self.model.__name__}: rows of another owner than the one named by .of().")
        return next(iter(found))

    def _owned(self, kwargs: dict[str, Any]) -> Self:
        pin = pins.require_place(kwargs.get(pins.owner_key_of(self.model)), self.model.__name__)
        mine = self.pin
        if mine is not None and mine.owner_id not in (None, pin.owner_id):
            raise WrongShard(f"{self.model.__name__}: a row of another owner than the one named by .of().")
        return self.pinned(pin)

    def _refuse_new_owner(self, names: Iterable[str]) -> None:
        owner_key = pins.owner_key_of(self.model)
        if owner_key in names:
            raise WrongShard(f"{self.model.__name__}.{owner_key} is for ever: a row never changes its owner.")

    def _mint_ahead(self, rows: Sequence[M], pin: Pin) -> None:
        nameless = [row for row in rows if row.pk is None]
        if len(nameless) < _MINT_AHEAD or not isinstance(self.model._meta.pk, ShardedIdField):
            return
        assert pin.shard is not None
        for row, minted in zip(
            nameless, mint_ids(pin.shard, len(nameless), using=pins.write_alias(pin)), strict=True
        ):
            row.pk = minted

    # --- what joins two querysets --------------------------------------------------------------------------

    def union(self, *others: Any, all: bool = False) -> Self:
        """Unite with querysets of the same pin."""
        self._require_same_pin(others)
        return super().union(*others, all=all)

    def intersection(self, *others: Any) -> Self:
        """Intersect with querysets of the same pin."""
        self._require_same_pin(others)
        return super().intersection(*others)

    def difference(self, *others: Any) -> Self:
        """Subtract querysets of the same pin."""
        self._require_same_pin(others)
        return super().difference(*others)

    def _merge_sanity_check(self, other: Any) -> None:
        self._require_same_pin([other])
        super()._merge_sanity_check(other)  # type: ignore[misc]

    def _require_same_pin(self, others: Iterable[Any]) -> None:
        for queryset in (self, *others):
            if queryset.query.is_empty():
                continue
            if queryset.pin is None:
                raise NoShard(f"{queryset.model.__name__}: nothing says where one of the querysets belongs.")
            if queryset.pin != self.pin:
                raise WrongShard(
                    "Querysets of different pins do not join: Django would run all of them on one."
                )

    # --- what is refused -----------------------------------------------------------------------------------

    def raw(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: raw SQL has no pin and no scope."""
        raise Refused("Raw SQL: scatter.read_per_instance(ids, read), or the binding's connection.")

    def extra(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: raw tables and conditions escape the scope."""
        raise Refused("extra() escapes the scope: use expressions.")

    def aiterator(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: it would choose a replica on the event loop."""
        raise Refused("aiterator() would block the event loop: `async for row in queryset`.")

    @classmethod
    def as_manager(cls) -> NoReturn:
        """Refuse: Django's manager would lack the verbs."""
        raise Refused(f"ShardedManager.from_queryset({cls.__name__})() has the verbs.")
