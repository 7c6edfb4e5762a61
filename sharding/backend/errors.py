"""Errors: what a connection meets becomes a refusal that names the database and tells the outcome."""

from types import TracebackType
from typing import Protocol

import psycopg
from django.db.utils import DatabaseErrorWrapper

from sharding.errors import InstanceUnavailable

#: Shutting down, crashed, starting up, too many connections, ended while idle in a transaction.
_BROKEN = {"57P01", "57P02", "57P03", "53300", "25P03"}
#: A primary that became a replica behind the same address: whoever asks there again meets the new one.
_READ_ONLY = "25006"


def is_broken(error: BaseException) -> bool:
    """Tell whether the connection failed, not the statement (a time-out or a lock is the statement's)."""
    if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    state = error.sqlstate
    return state is None or state.startswith("08") or state in _BROKEN


class Wrapped(Protocol):
    """What is asked of the connection whose errors these are."""

    alias: str
    errors_occurred: bool
    is_replica: bool

    def outcome(self) -> str:
        """Return what is known of this request's commits."""

    def close(self) -> None:
        """Give the connection up."""


class ErrorWrapper(DatabaseErrorWrapper):
    """Django's wrapper of database errors, which all its ways to a database pass."""

    wrapper: Wrapped

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """
        Raise Django's error in place of psycopg's.

        :raises InstanceUnavailable: if the connection failed; it is closed then
        """
        if exc_value is None:
            return
        if is_broken(exc_value) or self._is_demoted(exc_value):
            outcome = self.wrapper.outcome()
            self.wrapper.errors_occurred = True
            self.wrapper.close()
            raise InstanceUnavailable(self.wrapper.alias, outcome) from exc_value
        super().__exit__(exc_type, exc_value, traceback)

    def _is_demoted(self, error: BaseException) -> bool:
        is_read_only = isinstance(error, psycopg.Error) and error.sqlstate == _READ_ONLY
        return is_read_only and not self.wrapper.is_replica
