"""Places: what a queryset is pinned to, which rows it names, and so where it may run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.db.models import sql
from django.db.models.expressions import Col, ColPairs
from django.db.models.fields import Field
from django.db.models.sql.where import AND, OR, WhereNode

from sharding import binding, freshness, shard_map
from sharding.conf import settings
from sharding.errors import NoShard, Refused, Unscoped, WrongShard
from sharding.ids import ShardedIdField, shard_of

SHARDED = "sharded"
NOWHERE = "nothing says where; start with .of(owner_id), .gather(ids) or .everywhere()."

_relations_on_primary: ContextVar[bool] = ContextVar("sharding_relations_on_primary", default=False)


@dataclass(frozen=True, slots=True)
class Pin:
    """
    Where a queryset belongs; never an alias for later, since a shard may move meanwhile.

    `scoped` means that its rows are limited already; otherwise its WHERE must name owner or ids. `at` is a
    database chosen for this very run (one leg of a scatter).
    """

    shard: int | None
    owner_id: int | None = None
    scoped: bool = False
    on_primary: bool = False
    at: str | None = None


# --- models -----------------------------------------------------------------------------------------------


def is_sharded(model: Any) -> bool:
    """Tell whether a model (or an instance of one) declares that its rows live on shards."""
    return getattr(model, "placement", None) == SHARDED


def owner_key_of(model: Any) -> str:
    """Return the name of the column that carries the owner's id."""
    return cast(str, model.owner_key)


def owner_of(instance: Any) -> int | None:
    """Return the owner's id of a row, or None if it has none yet."""
    # Not getattr: a deferred column would be read, from a place that is just being asked for.
    return cast("int | None", instance.__dict__.get(owner_key_of(instance)))


def shards_of(instance: Any) -> set[int]:
    """Return the shards that a row's loaded columns carry: one, unless something is very wrong."""
    values = (instance.__dict__.get(field.attname) for field in shard_bearing(instance.__class__))
    return {shard_of(value) for value in values if isinstance(value, int)}


@cache
def shard_bearing(model: Any) -> frozenset[Field[Any, Any]]:
    """Return the columns that carry the shard of the row: owner key, minted id, keys of sharded rows."""
    owner_key = owner_key_of(model)
    return frozenset(
        field
        for field in model._meta.concrete_fields
        if field.attname == owner_key
        or isinstance(field, ShardedIdField)
        or (field.is_relation and is_sharded(field.related_model))
    )


# --- pins ---------------------------------------------------------------------------------------------------


def bound_pin() -> Pin | None:
    """Return the pin that a shard's binding gives to what is built inside it."""
    bound = binding.current()
    return None if bound is None or bound.shard is None else Pin(bound.shard)


def pin_of_row(instance: Any) -> Pin | None:
    """Return the pin that a row gives to what is built from it (its relations, its own reload)."""
    shards = shards_of(instance) if is_sharded(instance) else set()
    return Pin(shards.pop(), on_primary=_relations_on_primary.get()) if len(shards) == 1 else None


@contextmanager
def relations_on_primary() -> Iterator[None]:
    """Read from primaries what is built from rows meanwhile; for the prefetches of rows read from there."""
    token = _relations_on_primary.set(True)
    try:
        yield
    finally:
        _relations_on_primary.reset(token)


def read_alias(pin: Pin) -> str:
    """
    Return the alias to read a pin's rows from, now.

    :raises WrongShard: inside a binding of another shard
    """
    bound = binding.current()
    if bound is not None:
        if bound.shard != pin.shard or pin.shard is None:
            raise WrongShard(f"Pinned to {_named(pin)}, run inside a transaction of another place.")
        return bound.alias
    if pin.at is not None:
        return pin.at
    assert pin.shard is not None
    instance = shard_map.alias_of(pin.shard)
    return instance if pin.on_primary else freshness.choose(instance, shard_map.epoch_of(pin.shard))


def write_alias(pin: Pin) -> str:
    """
    Return the alias to write a pin's rows to: the binding's.

    :raises NoShard: outside a binding
    :raises WrongShard: inside a binding of another shard
    """
    if binding.current() is None:
        raise NoShard("A write belongs inside `with writing_for(owner_id):`.")
    return read_alias(pin)


def primary_of(pin: Pin) -> str:
    """Return the primary that holds a pin's rows."""
    if pin.at is not None:
        return pin.at
    assert pin.shard is not None
    return shard_map.alias_of(pin.shard)


def require_bound_alias(alias: str) -> None:
    """
    Let Django's own code repeat the binding's alias; nobody else has a reason to name one.

    :raises Refused: outside a binding
    :raises WrongShard: if it is not the binding's
    """
    bound = binding.current()
    if bound is None:
        raise Refused(
            f"Rows live on shards, not on {alias!r}: say .of(owner_id), or open writing_for(owner_id)."
        )
    if bound.alias != alias:
        raise WrongShard(f"{alias!r} inside a transaction on {bound.alias!r}.")


def require_place(owner_id: int | None, what: str) -> Pin:
    """
    Return the pin of rows that are about to be written for an owner.

    :raises Unscoped: if there is no owner
    :raises NoShard: outside a binding
    :raises WrongShard: inside a binding of another shard
    """
    if owner_id is None:
        write_alias(bound_pin() or Pin(None))
        raise Unscoped(f"{what} without its owner key.")
    pin = Pin(shard_of(owner_id), owner_id=owner_id, scoped=True)
    write_alias(pin)
    return pin


def place_row(instance: Any) -> Pin:
    """
    Return the pin of a row that is about to be written.

    :raises WrongShard: if its id carries another shard than its owner; and as `require_place`
    """
    shards, owner_id = shards_of(instance), owner_of(instance)
    if len(shards) > 1:
        raise WrongShard(f"{type(instance).__name__}: its columns carry several shards.")
    if owner_id is None and shards and not instance._state.adding:  # read without its owner key
        pin = Pin(shards.pop(), scoped=True)
        write_alias(pin)
        return pin
    return require_place(owner_id, type(instance).__name__)


# --- what a query names -----------------------------------------------------------------------------------


def require_scope(query: sql.Query, pin: Pin) -> None:
    """
    Refuse a query that would touch whole shards: binding chooses an instance, not rows.

    :raises Unscoped: if neither owner key nor ids limit it
    :raises WrongShard: if they belong to another shard
    """
    if pin.scoped:
        return
    named = named_ids(query)
    if named is None:
        raise Unscoped(f"{_label(query)}: neither owner key nor ids limit this query; say .of(owner_id).")
    if any(shard_of(any_id) != pin.shard for any_id in named):
        raise WrongShard(f"{_label(query)}: the query names rows of another shard than {_named(pin)}.")


def require_admitted(query: Any, alias: str) -> None:
    """
    Refuse to compile a query for a database where its rows are not.

    :raises NoShard: if it is pinned nowhere
    :raises WrongShard: if it is pinned elsewhere; and as `require_scope`
    """
    if query.is_empty():
        return
    pin: Pin | None = query.pin
    if pin is None:
        raise NoShard(f"{_label(query)}: {NOWHERE}")
    require_scope(query, pin)
    if alias not in _admitted(pin):
        raise WrongShard(f"{_label(query)} is pinned to {_named(pin)}, which is not on {alias!r}.")


def named_ids(query: sql.Query) -> set[int] | None:
    """Return the shard-bearing values that a WHERE limits a query to; None if it does not."""
    base = next(iter(query.alias_map), None)
    assert query.model is not None
    return _ids_of_node(query.where, base, _columns_of(query))


def _columns_of(query: Any) -> frozenset[Field[Any, Any]]:
    return shard_bearing(query.model)


def _ids_of_node(node: Any, base: str | None, columns: frozenset[Field[Any, Any]]) -> set[int] | None:
    if not isinstance(node, WhereNode):
        return _ids_of_lookup(node, base, columns)
    if node.negated:
        return None
    found = [_ids_of_node(child, base, columns) for child in node.children]
    limits = [ids for ids in found if ids is not None]
    # One limit is enough among ANDs; among ORs, each branch must have its own.
    enough = {AND: bool(limits), OR: bool(found) and len(limits) == len(found)}
    return set[int]().union(*limits) if enough.get(node.connector, False) else None


def _ids_of_lookup(lookup: Any, base: str | None, columns: frozenset[Field[Any, Any]]) -> set[int] | None:
    if getattr(lookup, "lookup_name", None) not in ("exact", "in"):
        return None
    rows = [lookup.rhs] if lookup.lookup_name == "exact" else lookup.rhs
    if not isinstance(rows, Iterable):
        return None
    if isinstance(lhs := lookup.lhs, Col):
        return _ints(rows) if lhs.alias == base and lhs.target in columns else None
    if isinstance(lhs, ColPairs) and lhs.alias == base:
        places = [place for place, target in enumerate(lhs.targets) if target in columns]
        return _ints(row[places[0]] for row in rows) if places else None
    return None


def _ints(values: Iterable[Any]) -> set[int] | None:
    found = list(values)
    return set(found) if all(isinstance(value, int) for value in found) else None


def _admitted(pin: Pin) -> tuple[str, ...]:
    bound = binding.current()
    if bound is not None:
        return (bound.alias,) if bound.shard == pin.shard else ()
    primary = primary_of(pin)
    return (primary, *settings().replicas.get(primary, ()))


def _named(pin: Pin) -> str:
    return f"shard {pin.shard}" if pin.shard is not None else repr(pin.at)


def _label(query: Any) -> str:
    return str(query.model.__name__)
