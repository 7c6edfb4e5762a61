"""The binding: which database's transaction the running code is in. Opened only by `scope.py`."""

import threading
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from sharding.errors import NoShard


@dataclass(frozen=True, slots=True)
class Binding:
    """An open transaction; `shard` is None in the directory."""

    alias: str
    shard: int | None
    owner_id: int
    epoch: int
    thread: int

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """The connection whose transaction is open."""
        return connections[self.alias]


_bound: ContextVar[Binding | None] = ContextVar("sharding_binding", default=None)

bind = _bound.set
unbind = _bound.reset


def current() -> Binding | None:
    """
    Return the binding of the running code, if there is one.

    A copied context carries the variable into other threads (`sync_to_async`), but connections belong
    to threads: a statement there would run outside the transaction it believes to be in.

    :raises NoShard: if the binding was opened by another thread
    """
    bound = _bound.get()
    if bound is not None and bound.thread != threading.get_ident():
        raise NoShard("The binding belongs to another thread, and so does its transaction.")
    return bound


def require() -> Binding:
    """
    Return the binding of the running code.

    :raises NoShard: if there is none
    """
    bound = current()
    if bound is None:
        raise NoShard("Nothing is open here: this belongs inside writing_for() or writing_directory().")
    return bound
