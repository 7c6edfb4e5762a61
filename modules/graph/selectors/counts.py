"""How many edges users have."""

from collections.abc import Collection

from modules.graph.models import FollowCount
from modules.graph.schemas import Counts, OwnCounts
from sharding.scatter import Unavailable

_NONE = Counts(followers=0, following=0)
_HIDDEN = Counts(followers=None, following=None)


def map_counts(user_ids: Collection[int], *, unavailable: Unavailable | None = None) -> dict[int, Counts]:
    """
    Return the counts of each user as others see them, zeros without an edge; one read per instance.

    :raises InstanceUnavailable: without `unavailable`, which else takes those who are absent for that reason
    """
    rows = FollowCount.objects.gather(user_ids, unavailable=unavailable)
    counts = dict.fromkeys((id for id in user_ids if not unavailable or id not in unavailable), _NONE)
    for row in rows:
        counts[row.user_id] = _HIDDEN if row.are_hidden else _counts_of(row)
    return counts


def get_own_counts(user_id: int) -> OwnCounts:
    """Return a user's counts as they see them themselves."""
    row = FollowCount.objects.of(user_id).first()
    if row is None:
        return OwnCounts(counts=_NONE, are_hidden=False)
    return OwnCounts(counts=_counts_of(row), are_hidden=row.are_hidden)


def _counts_of(row: FollowCount) -> Counts:
    return Counts(followers=row.followers, following=row.following)
