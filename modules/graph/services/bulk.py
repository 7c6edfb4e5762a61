"""
Many edges at once, for loaders: both sides and the counts, nobody hears of them.

A transaction for each shard and side, as everywhere, the shards of one instance after another and the
instances side by side. SQL over arrays, because a row at a time through the ORM would take half an hour
for a million edges. Whatever broke off is simply run again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock
from typing import Any

from django.conf import settings

from modules.graph.selectors.pulled import forget_pulled
from modules.graph.services.following_cache import drop_following
from sharding.ids import shard_of
from sharding.scatter import per_instance
from sharding.scope import require_binding, writing_for

Pair = tuple[int, int]
# The same edge from its other end: followee, follower, edge id.
Mirror = tuple[int, int, int]
Row = tuple[int, ...]
BATCH = 5_000

# What is added is counted in the same statement: exact however often, and from wherever, it is run.
_ADD_OUT = """
    WITH given AS (
        SELECT DISTINCT * FROM unnest(%s::bigint[], %s::bigint[]) AS pair (user_id, target_id)
        WHERE NOT EXISTS (
            SELECT FROM graph_blockout AS mine
            WHERE mine.user_id = pair.user_id AND mine.target_id = pair.target_id)
        AND NOT EXISTS (
            SELECT FROM graph_blockin AS theirs
            WHERE theirs.user_id = pair.user_id AND theirs.blocker_id = pair.target_id AND theirs.is_active)),
    added AS (
        INSERT INTO graph_followout (user_id, target_id, edge_id)
        SELECT user_id, target_id, next_id(shard_of(user_id)) FROM given
        ON CONFLICT DO NOTHING RETURNING target_id, user_id, edge_id),
    counted AS (
        INSERT INTO graph_followcount AS known (user_id, following)
        SELECT user_id, count(*) FROM added GROUP BY user_id ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET following = known.following + excluded.following)
    SELECT * FROM added
    UNION ALL SELECT target_id, user_id, edge_id FROM given JOIN graph_followout USING (user_id, target_id)
        WHERE NOT is_requested"""

# The rule of single edges: a newer one replaces an older one or its tombstone.
_ADD_IN = """
    WITH added AS (
        INSERT INTO graph_followin AS known (user_id, follower_id, edge_id)
        SELECT DISTINCT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
        ON CONFLICT (user_id, follower_id) DO UPDATE
        SET edge_id = excluded.edge_id, is_active = true, is_requested = false, is_refused = false
        WHERE known.edge_id < excluded.edge_id
        RETURNING new.user_id, (old.is_active IS NOT TRUE AND NOT new.is_hidden)::int AS gained)
    INSERT INTO graph_followcount AS known (user_id, followers, is_pulled)
    SELECT user_id, sum(gained), sum(gained) >= %s FROM added GROUP BY user_id ORDER BY user_id
    ON CONFLICT (user_id) DO UPDATE SET
        followers = known.followers + excluded.followers,
        is_pulled = known.is_pulled OR known.followers + excluded.followers >= %s"""


def add_edges_in_bulk(pairs: Iterable[Pair], *, on_progress: Callable[[int], None] | None = None) -> int:
    """
    Make each (follower, target) pair an edge, on both sides, and count it; return how many there are.

    Existing edges stay as they are, so a load that broke off is run again as a whole. Of two of whom one
    blocks the other none is made. Nothing is announced, and neither the cap nor the existence of accounts is
    checked: the loader made them. `on_progress` hears, one call at a time, how many rows were written since
    it last heard: two for each edge.
    """
    report = _one_at_a_time(on_progress or (lambda rows: None))
    mirrors = _write(pairs, _add_following, report)
    _write(mirrors, _add_followers, report)
    forget_pulled()
    return len(mirrors)


def _one_at_a_time(hear: Callable[[int], None]) -> Callable[[int], None]:
    lock = Lock()

    def report(rows: int) -> None:
        with lock:
            hear(rows)

    return report


def _write(
    rows: Iterable[Row], write: Callable[[Sequence[Any]], list[Mirror]], report: Callable[[int], None]
) -> list[Mirror]:
    """Write rows by the shard of their first column, all instances at once; join what the writes return."""
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[shard_of(row[0])].append(row)

    def write_at(alias: str, owner_ids: list[int]) -> list[Mirror]:
        found: list[Mirror] = []
        for batch in (batch for owner_id in owner_ids for batch in _batches(grouped.pop(shard_of(owner_id)))):
            found += write(batch)
            report(len(batch))
        return found

    # One owner stands for their shard: that is all the map of shards needs to know.
    return per_instance([group[0][0] for group in grouped.values()], write_at, on_primary=True)


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield as many rows as one transaction should hold."""
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _add_following(pairs: Sequence[Pair]) -> list[Mirror]:
    """Write one shard's edges and their counts; return all of them as their other side sees them."""
    follower_ids, target_ids = (list(column) for column in zip(*pairs, strict=True))
    with writing_for(follower_ids[0]), require_binding().connection.cursor() as cursor:
        cursor.execute(_ADD_OUT, [follower_ids, target_ids])
        mirrors: list[Mirror] = cursor.fetchall()
    drop_following.now(*set(follower_ids))
    return mirrors


def _add_followers(mirrors: Sequence[Mirror]) -> list[Mirror]:
    """Write one shard's mirrors, their counts and who is pulled by now."""
    columns = [list(column) for column in zip(*mirrors, strict=True)]
    threshold = settings.GRAPH.pull_threshold
    with writing_for(columns[0][0]), require_binding().connection.cursor() as cursor:
        cursor.execute(_ADD_IN, [*columns, threshold, threshold])
    return []
