"""
Past a pooler: what holds a lock of a session, or lifts its limits, has to reach the servers themselves.

In transaction mode a pooler gives each transaction another server. `pg_try_advisory_lock` then says yes to
two clients at once, and after both are gone the lock stays with a server that nobody has: two relays lead,
then none ever. Nothing of that is an error. So the relay and migrations are led past the pooler, and prove
before their first lock that they got there.
"""

import secrets
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from sharding.backend import deadline
from sharding.backend.base import DatabaseWrapper
from sharding.conf import settings

# The first key of the locks that are taken to see whose they are; the second one is random.
_LOCK_CLASS = 0x42414E5A
_TRY = "SELECT pg_try_advisory_lock(%s, %s), pg_backend_pid()"
_LET_GO = "SELECT pg_advisory_unlock(%s, %s), pg_backend_pid()"
# A busy pooler may by chance give the same server again; not so often in a row.
_ROUNDS = 5
_WITHIN_S = 5.0


def bypass_pooler() -> None:
    """Have every connection to a primary that this process makes from here on lead past the pooler."""
    for alias, known in connections.settings.items():
        if direct := known.get("DIRECT"):
            connections[alias].close()
            del connections[alias]
            connections.settings[alias] = {**known, **direct, "DIRECT": None}


def prove_session(alias: str) -> None:
    """
    Take a lock on two connections to a database, and see that the second does not get it.

    :raises ImproperlyConfigured: if it does, or if the first is not where it was: a pooler stands between
    :raises InstanceUnavailable: if the database cannot be reached
    """
    with deadline.within(_WITHIN_S):
        first, second = _Probe(alias), _Probe(alias)
        try:
            is_proven = all(_keeps_lock(first, second) for _ in range(_ROUNDS))
        finally:
            first.close()
            second.close()
    if not is_proven:
        raise ImproperlyConfigured(_explain(alias))


class _Probe(DatabaseWrapper):
    """A connection that says nothing at its start, which a pooler might refuse, and sets nothing."""

    def __init__(self, alias: str) -> None:
        known = connections.settings[alias]
        options = {name: value for name, value in known["OPTIONS"].items() if name != "options"}
        super().__init__({**known, "POOLED": False, "OPTIONS": options}, alias)

    def ask(self, sql: str, *params: Any) -> tuple[Any, ...]:
        """Return the one row of an answer."""
        with self.cursor() as cursor:
            cursor.execute(sql, params)
            row: tuple[Any, ...] = cursor.fetchone()
        return row


def _keeps_lock(first: _Probe, second: _Probe) -> bool:
    """Tell whether what `first` took is its own, while `second` keeps whatever server it was given."""
    key = _LOCK_CLASS, secrets.randbelow(2**31)
    _, server = first.ask(_TRY, *key)
    second.set_autocommit(False)
    try:
        is_taken_twice, _ = second.ask(_TRY, *key)
        if is_taken_twice:
            for _ in range(2):
                second.ask(_LET_GO, *key)
            return False
        return first.ask(_LET_GO, *key) == (True, server)
    finally:
        second.rollback()
        second.set_autocommit(True)


def _explain(alias: str) -> str:
    """Return what is wrong, by the names of variables."""
    is_directory = alias == settings().directory
    said, direct = (
        ("BANYAN_DIRECTORY_URL", "BANYAN_DIRECT_DIRECTORY_URL")
        if is_directory
        else ("BANYAN_INSTANCES", "BANYAN_DIRECT_INSTANCES")
    )
    is_bypassed = "DIRECT" in connections.settings[alias]
    wrong = direct if is_bypassed else said
    cure = (
        "it has to name the server itself"
        if is_bypassed
        else f"set BANYAN_POOLED=on and name the server itself in {direct}"
    )
    return f"{wrong} leads to a pooler ({alias}): a lock was given to two sessions at once; {cure}."
