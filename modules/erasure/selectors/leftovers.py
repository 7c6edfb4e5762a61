"""What is left of somebody who was erased, and what of that is meant to stay."""

from typing import Final, NamedTuple

from modules.kernel.redis.naming import list_naming
from sharding.leftovers import find_rows

_ENDED: Final = "the end of an edge, which keeps late news from bringing it back: two ids"
_HUNG: Final = "what others wrote or passed on keeps whom it answered: ids"
# Where the id of somebody erased stays, by table; nothing leads from it to a person any more.
STAYS: Final = {
    "accounts_auditentry": "what was done with power over others is never changed: ids, no names",
    "erasure_erasure": "how far the erasure came, and what went in the directory",
    "erasure_receipt": "what went on the shard",
    "graph_blockin": _ENDED,
    "graph_followin": _ENDED,
    "mailings_issue": "which operator wrote it: an id",
    "notifications_action": "that something ended, till its time is over: ids",
    "notifications_sending": "to whom a service has sent something, till its time is over: ids",
    "once": "that news had its effect, for 7 days: ids",
    "posts_post": _HUNG,
    "posts_reactionin": _ENDED,
    "posts_share": _ENDED,
    "posts_tagpost": _ENDED,
    "posts_threadentry": _ENDED,
    "posts_taguse": "that a tag was used, for 24 hours: an id",
    "timelines_ranking": "what was popular, till newer orders have taken its place: ids",
}


class Leftovers(NamedTuple):
    """What holds an id: rows that may, rows that may not (both by database and table), and keys by server."""

    staying: dict[str, dict[str, int]]
    rows: dict[str, dict[str, int]]
    keys: dict[str, list[str]]

    @property
    def is_clean(self) -> bool:
        """Return whether nothing is left that may not stay."""
        return not self.rows and not self.keys


def find_leftovers(user_id: int) -> Leftovers:
    """
    Look for a user's id in all tables of all databases and in the names of all keys; reads everything.

    :raises InstanceUnavailable: if a database cannot be reached
    :raises RedisUnavailable: if a Redis cannot
    """
    found = find_rows([str(user_id)])
    return Leftovers(
        {place: kept for place, counts in found.items() if (kept := _pick(counts, stays=True))},
        {place: left for place, counts in found.items() if (left := _pick(counts, stays=False))},
        list_naming(user_id),
    )


def _pick(counts: dict[str, int], *, stays: bool) -> dict[str, int]:
    return {table: count for table, count in counts.items() if (table in STAYS) == stays}
