"""
Once: one row per idempotency key or delivered event, in the writer's transaction.

The row comes first and the effect after it, so two that carry the same key meet at the row. It is keyed by
the owner and fenced like their other rows: it moves with their shard, else a redelivery would double effects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connections, transaction

from sharding.conf import settings
from sharding.errors import AlreadyDone, InstanceUnavailable, KeyReused, OnceSpread

_CLEAN_BATCH = 5000
_ANSWER = "UPDATE once SET status = %s, body = %s WHERE owner_id = %s AND scope = %s AND key = %s"
# In one order, so that of two that hold some of the same the second waits, and none is torn.
_CLAIM = """
    INSERT INTO once (owner_id, scope, key, fingerprint)
    SELECT %s, scope, key, ''::bytea FROM unnest(%s::text[], %s::text[]) AS claimed(scope, key)
    ORDER BY scope, key
    ON CONFLICT DO NOTHING RETURNING scope, key"""
_KEPT = "SELECT fingerprint, status, body FROM once WHERE owner_id = %s AND scope = %s AND key = %s"
# Of `clock_timestamp()`, which may change between two rows, no index would be asked.
_CLEAN = """
    DELETE FROM once WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM once WHERE created_at < now() - %s {owned} LIMIT %s))"""
# Residue is not this instance's to delete; the fence would refuse the whole batch.
_OWNED = """
    AND shard_of(owner_id) IN (SELECT shard FROM shard_ownership WHERE state = 'owned')"""


@dataclass(frozen=True, slots=True)
class Once:
    """
    What must happen once: a caller's Idempotency-Key within an operation, or an event for a subscriber.

    The fingerprint tells a repeat from another request that reuses the key. Its row is an owner's, so one of
    these serves one owner; `scope.for_each_owner` hands out one for each of several.
    """

    scope: str
    key: str
    fingerprint: bytes = b""
    _owners: set[int] = field(default_factory=set, repr=False, compare=False)

    def claim(self, owner_id: int) -> None:
        """
        Note whose row this is.

        :raises OnceSpread: if it has served another owner: a repeat would end at the first of them
        """
        self._owners.add(owner_id)
        if len(self._owners) > 1:
            raise OnceSpread(self.scope)

    def of_another(self) -> "Once":
        """Return the same for an owner who has a row of their own."""
        return Once(self.scope, self.key, self.fingerprint)


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """What stands under a key already."""

    fingerprint: bytes
    status: int | None
    body: bytes | None


def parameters(owner_id: int, once: Once) -> list[Any]:
    """Return the arguments of the SQL function `once_enter`."""
    return [owner_id, once.scope, once.key, once.fingerprint, settings().lock_timeout_ms]


def refuse_repeat(once: Once, kept: StoredResponse) -> None:
    """
    Refuse: the key stands already.

    :raises KeyReused: if it came with another fingerprint
    :raises AlreadyDone: always else, with what was kept
    """
    if bytes(kept.fingerprint) != once.fingerprint:
        raise KeyReused(f"The key {once.key!r} was used for something else.")
    raise AlreadyDone(kept.status, None if kept.body is None else bytes(kept.body))


def refuse_done_in_directory(once: Once, *, owner_id: int = 0) -> None:
    """
    Refuse if a key stands in the directory, as a write with it would.

    :raises KeyReused: if it came with another fingerprint
    :raises AlreadyDone: if it came with this one
    """
    alias = settings().directory
    with connections[alias].cursor() as cursor:
        cursor.execute(_KEPT, [owner_id, once.scope, once.key])
        row = cursor.fetchone()
    if row is not None:
        refuse_repeat(once, StoredResponse(*row))


def store_response(alias: str, owner_id: int, once: Once, status: int, body: bytes | None) -> None:
    """Keep the answer with the row, in the open transaction; costs one UPDATE."""
    with connections[alias].cursor() as cursor:
        cursor.execute(_ANSWER, [status, body, owner_id, once.scope, once.key])


def claim_each(alias: str, owner_id: int, many: Sequence[Once]) -> list[bool]:
    """Say of each whether it is new, and keep those in the open transaction; costs one INSERT."""
    for once in many:
        once.claim(owner_id)
    with connections[alias].cursor() as cursor:
        cursor.execute(_CLAIM, [owner_id, [once.scope for once in many], [once.key for once in many]])
        fresh = set(cursor.fetchall())
    return [(once.scope, once.key) in fresh for once in many]


def clean_once(*, older_than: timedelta) -> int:
    """
    Delete rows that no retry can need any more, in batches, on every database that can be reached.

    Returns how many. One database in trouble does not spare the others; its trouble is raised at the end.

    :raises InstanceUnavailable: if a database could not be reached
    """
    deleted, trouble = 0, []
    for alias in (settings().directory, *settings().instances):
        try:
            deleted += _clean(alias, older_than)
        except InstanceUnavailable as error:
            trouble.append(error)
    if trouble:
        raise trouble[0]
    return deleted


def _clean(alias: str, older_than: Any) -> int:
    statement = _CLEAN.format(owned="" if alias == settings().directory else _OWNED)
    deleted: int = 0
    while True:
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:  # noqa: TID251
            cursor.execute(statement, [older_than, _CLEAN_BATCH])
            deleted += cursor.rowcount
            if cursor.rowcount < _CLEAN_BATCH:
                return deleted
