"""Allocate: where a new user will live, for good."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sharding import shard_map
from sharding.conf import settings
from sharding.errors import NoShard

_next_choices: ContextVar[Iterator[int] | None] = ContextVar("sharding_choices", default=None)


def choose_shard() -> int:
    """
    Choose the shard of a new user: an instance by its weight, then any of its open shards.

    :raises NoShard: if no shard is open
    """
    if (choices := _next_choices.get()) is not None:
        return next(choices)
    by_instance = shard_map.current().open_shards()
    weights = [settings().weights.get(alias, 1.0) for alias in by_instance]
    if not any(weights):
        raise NoShard("No shard takes new users: none is open, or every weight is zero.")
    [alias] = random.choices(list(by_instance), weights)  # noqa: S311 - placement, not a secret
    return random.choice(by_instance[alias])  # noqa: S311


@contextmanager
def choices_from(shards: Iterator[int]) -> Iterator[None]:
    """Make `choose_shard` take its answers from here; see `sharding.testing.choosing`."""
    token = _next_choices.set(shards)
    try:
        yield
    finally:
        _next_choices.reset(token)
