"""What Django loads for `ENGINE = "sharding.backend"`: its PostgreSQL backend, with a guarded door."""

import math
import select
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from django.utils.functional import cached_property

from sharding.backend import breaker, broken, deadline, limits
from sharding.backend.breaker import BreakerOpen
from sharding.backend.bulkhead import BulkheadFull
from sharding.backend.connection import Connection
from sharding.backend.deadline import DeadlinePassed
from sharding.backend.errors import ErrorWrapper
from sharding.conf import settings
from sharding.errors import NONE, UNKNOWN, InstanceUnavailable

# A server that is back opens a connection within milliseconds; who tries holds one thread that long.
_PROBE_S = 0.3
# Longer is not worth it: the primary knows as well.
_REPLICA_S = 0.25
_NO_LIMITS = "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0"


class DatabaseWrapper(base.DatabaseWrapper):
    """A database of one thread: its connection is looked at before use, opened by way of the breaker."""

    connection: Connection | None

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        """Connect to nothing yet."""
        super().__init__(settings_dict, alias)
        self.breaker = breaker.of(alias)
        self.is_replica = any(alias in names for names in settings().replicas.values())
        self._longest_s = _REPLICA_S if self.is_replica else math.inf
        self._is_pooled = bool(settings_dict.get("POOLED"))

    @property
    def errors_occurred(self) -> bool:
        """Whether a statement failed since it was opened, or since it was last found usable."""
        return self._errors_occurred

    @errors_occurred.setter
    def errors_occurred(self, value: bool) -> None:
        """Set it, and have the end of the request look at this connection."""
        self._errors_occurred = value
        if value:
            broken.note(self)

    @cached_property
    def wrap_database_errors(self) -> ErrorWrapper:
        """Raise Django's errors, and InstanceUnavailable where the connection failed."""
        return ErrorWrapper(self)

    def close_if_health_check_failed(self) -> None:
        """
        Drop a connection that the server closed, or that leads where nobody answers.

        Django calls this before each statement and transaction. Two system calls against the round trip of
        its own health check; inside a transaction there is nothing to be dropped.
        """
        raw = self.connection
        if raw is None or self.in_atomic_block:
            return
        if self.breaker.is_open or raw.closed or (_has_news(raw) and not self.is_usable()):
            self.close()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """
        Connect, if the breaker lets anybody try, within what this request has left.

        :raises InstanceUnavailable: at once, if it does not
        """
        self.isolation_level = IsolationLevel.READ_COMMITTED
        try:
            is_probe = self.breaker.enter()
        except BreakerOpen:
            raise InstanceUnavailable(self.alias, NONE) from None
        longest_s = min(self._longest_s, _PROBE_S if is_probe else math.inf)
        try:
            made = Connection.open(self.alias, conn_params, within_s=longest_s)
        except BulkheadFull:
            raise  # that says nothing of the server
        except psycopg.Error:
            self.breaker.fail()
            raise
        made.breaker, made.longest_s = self.breaker, longest_s
        if self._is_pooled:
            self._prove_limits(made)
        self.breaker.succeed()
        made.longest_s = self._longest_s
        return made

    def _prove_limits(self, made: Connection) -> None:
        """Ask what is behind a pooler; only then there is a connection."""
        try:
            limits.prove(self.alias, made)
        except Exception as error:
            made.close()
            # Of these the first says nothing of the server, and the second was counted.
            if isinstance(error, psycopg.Error) and not isinstance(error, BulkheadFull | DeadlinePassed):
                self.breaker.fail()
            raise

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """Set it; a transaction that ended with its connection opens no other just for that."""
        if autocommit and self.connection is None:
            self.autocommit = True
            self.run_commit_hooks_on_set_autocommit_on = False
            return
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)

    def outcome(self) -> str:
        """Return what became of the statement under way, if no answer to it comes."""
        raw, budget = self.connection, deadline.budget()
        if budget is not None and budget.has_committed:
            return UNKNOWN  # of the request as a whole: a part of it stands
        is_open = raw is not None and not raw.autocommit and not raw.is_committing
        return NONE if raw is None or is_open else UNKNOWN

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # missing in the stubs
        deadline.note_commit()


class Dedicated(DatabaseWrapper):
    """
    A connection that nobody else uses, for who holds session locks; its owner closes it.

    The server sets its statements no limit, so the owner sets a deadline.
    """

    def __init__(self, alias: str, **options: Any) -> None:
        """Connect to nothing yet; `options` are added to those of the alias."""
        known = connections.settings[alias]
        super().__init__({**known, "OPTIONS": {**known["OPTIONS"], **options}}, alias)
        self.inc_thread_sharing()  # it is its owner's, whose thread may be another than its maker's

    def init_connection_state(self) -> None:
        """Lift the limits of the session."""
        super().init_connection_state()
        assert self.connection is not None
        self.connection.execute(_NO_LIMITS)

    def close_if_health_check_failed(self) -> None:
        """Do nothing: replaced unseen, a connection would have lost its locks unseen."""


def _has_news(raw: Connection) -> bool:
    """Tell whether an idle connection has something to say: that it was closed, or a notice."""
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return bool(poll.poll(0))
