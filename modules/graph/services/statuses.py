"""
Closed accounts and others' edges: whoever is not shown is not counted either.

A user's status is noted beside their counts, under the lock that serializes their edges, with a version that
grows. Their edges hear of it afterwards, each on its other end's shard, together with the count there.
An edge keeps the newest version it has heard: told twice, late or out of order, it changes once and rightly.

An edge that comes into being meanwhile is not overlooked. Either it was there when the status was noted, so
that it is told with the others, or its own writer finds the status noted and has it told again. And a
follower's status may reach a followee before the edge does: it waits there for it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from modules.graph.models import FollowCount, FollowIn, FollowOut
from modules.graph.services.counts import announce_status, lock_count
from sharding.ids import shard_of
from sharding.scatter import per_instance
from sharding.scope import Once, require_binding, writing_for

# A second or two of work, well within the lease of a delivery.
BATCH = 2_000

# Counts first and in one order, as everybody locks who changes an edge.
_MAKE = "INSERT INTO graph_followcount (user_id) SELECT * FROM unnest(%s::bigint[]) ON CONFLICT DO NOTHING"
_LOCK = "SELECT FROM graph_followcount WHERE user_id = ANY(%s) ORDER BY user_id FOR UPDATE"

_SYNC_FOLLOWEES = """
    WITH told AS (
        INSERT INTO graph_followin AS known
            (user_id, follower_id, edge_id, is_active, is_hidden, status_version)
        SELECT user_id, %s, 0, false, %s, %s FROM unnest(%s::bigint[]) AS given (user_id)
        ON CONFLICT (user_id, follower_id) DO UPDATE
        SET is_hidden = excluded.is_hidden, status_version = excluded.status_version
        WHERE known.status_version < excluded.status_version
        RETURNING new.user_id,
            (new.is_active AND NOT new.is_hidden)::int
            - coalesce(old.is_active AND NOT old.is_hidden, false)::int AS gained)
    UPDATE graph_followcount AS counts SET followers = counts.followers + told.gained
    FROM told WHERE counts.user_id = told.user_id AND told.gained <> 0"""

_SYNC_FOLLOWERS = """
    WITH told AS (
        UPDATE graph_followout SET is_hidden = %s, status_version = %s
        WHERE user_id = ANY(%s) AND target_id = %s AND status_version < %s
        RETURNING new.user_id,
            (NOT new.is_requested)::int * (old.is_hidden::int - new.is_hidden::int) AS gained)
    UPDATE graph_followcount AS counts SET following = counts.following + told.gained
    FROM told WHERE counts.user_id = told.user_id AND told.gained <> 0"""


def note_status(user_id: int, *, is_closed: bool, once: Once | None) -> None:
    """Note that a user's account was closed or opened, once, and announce it to their edges."""
    with writing_for(user_id, once=once):
        count = lock_count(user_id)
        if count.is_closed == is_closed:
            return
        count.is_closed, count.status_version = is_closed, count.status_version + 1
        FollowCount.objects.of(user_id).update(is_closed=is_closed, status_version=count.status_version)
        announce_status(count)


def sync_followees(user_id: int, *, version: int) -> None:
    """Have those whom a user follows count them, or no longer; they are never more than the cap."""
    count = _find(user_id, version)
    if count is None:
        return
    target_ids = FollowOut.objects.of(user_id).on_primary().values_list("target_id", flat=True)

    def sync(ids: list[int]) -> None:
        _execute(ids, _SYNC_FOLLOWEES, [user_id, count.is_closed, version, ids])

    _sync_each_shard(target_ids, sync)


def sync_followers(user_id: int, *, version: int, after: int, once: Once) -> None:
    """Have a part of a user's followers count them, or no longer, and announce that the next part is due."""
    count = _find(user_id, version)
    if count is None:
        return
    rows = FollowIn.objects.of(user_id).on_primary().filter(is_active=True, edge_id__gt=after)
    edges = list(rows.order_by("edge_id").values_list("edge_id", "follower_id")[:BATCH])

    def sync(ids: list[int]) -> None:
        _execute(ids, _SYNC_FOLLOWERS, [count.is_closed, version, ids, user_id, version])

    _sync_each_shard((follower_id for _, follower_id in edges), sync)
    if len(edges) == BATCH:
        with writing_for(user_id, once=once):
            announce_status(count, after=edges[-1][0])


def _find(user_id: int, version: int) -> FollowCount | None:
    """Return what is noted of a user, or None if it is another version: that one tells their edges."""
    return FollowCount.objects.of(user_id).on_primary().filter(status_version=version).first()


def _sync_each_shard(user_ids: Iterable[int], sync: Callable[[list[int]], None]) -> None:
    """Write a shard's share in a transaction of its own, the instances side by side."""
    shares: dict[int, list[int]] = defaultdict(list)
    for user_id in user_ids:
        shares[shard_of(user_id)].append(user_id)

    def sync_at(alias: str, owner_ids: list[int]) -> list[int]:
        for owner_id in owner_ids:
            sync(sorted(shares[shard_of(owner_id)]))
        return []

    per_instance([share[0] for share in shares.values()], sync_at, on_primary=True)


def _execute(user_ids: list[int], statement: str, parameters: list[Any]) -> None:
    """Change edges of people of one shard, with their counts locked."""
    with writing_for(user_ids[0]), require_binding().connection.cursor() as cursor:
        cursor.execute(_MAKE, [user_ids])
        cursor.execute(_LOCK, [user_ids])
        cursor.execute(statement, parameters)
