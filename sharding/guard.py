"""
Guard: connections that the server closed are dropped unseen, and trouble gets the instance's name.

The breaker, the bulkhead and the client-side deadline will live here, around `ready`.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DatabaseError, Error, InterfaceError, OperationalError

from sharding.errors import InstanceUnavailable

#: Shutting down, crashed, starting up, too many connections, ended while idle in a transaction.
_TROUBLE = {"57P01", "57P02", "57P03", "53300", "25P03"}


def sqlstate_of(error: BaseException) -> str | None:
    """Return the SQLSTATE under a Django database error."""
    return getattr(error.__cause__, "sqlstate", None)


def is_trouble(error: Error) -> bool:
    """Tell whether the connection failed, not the statement (a timeout or a lock is the statement's)."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = sqlstate_of(error)
    return state is None or state.startswith("08") or state in _TROUBLE


@contextmanager
def naming_trouble(alias: str) -> Iterator[None]:
    """
    Turn a broken connection into a refusal that names the instance.

    :raises InstanceUnavailable: if the connection failed
    """
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        if not is_trouble(error):
            raise
        connection = connections[alias]
        if not connection.in_atomic_block:
            connection.close()
        raise InstanceUnavailable(alias) from error


def ready(alias: str) -> None:
    """
    Make sure of a connection: drop one that the server closed, open one if there is none.

    :raises InstanceUnavailable: if none can be opened
    """
    connection = connections[alias]
    if connection.in_atomic_block:
        return
    _drop_if_closed(connection)
    if connection.connection is None:
        with naming_trouble(alias):
            connection.ensure_connection()


def _drop_if_closed(connection: BaseDatabaseWrapper) -> None:
    # An idle connection has nothing to say: readable means closed, or a notice. Two system calls
    # against the round trip that Django's health check takes.
    if (raw := connection.connection) is None:
        return
    if raw.closed:
        connection.close()
        return
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    if poll.poll(0) and not connection.is_usable():
        connection.close()
