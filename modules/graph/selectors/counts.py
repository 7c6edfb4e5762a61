"""How many edges users have."""

from collections.abc import Collection

from modules.graph.models import FollowCount
from modules.graph.schemas import Counts, OwnCounts

_NONE = Counts(followers=0, following=0)
_HIDDEN = Counts(followers=None, following=None)


def map_counts(user_ids: Collection[int]) -> dict[int, Counts]:
    """Return the counts of each user as others see them, zeros without an edge; one read per instance."""
    counts = dict.fromkeys(user_ids, _NONE)
    for row in FollowCount.objects.gather(user_ids):
        counts[row.user_id] = _HIDDEN if row.are_hidden else _counts_of(row)
    return counts


def get_own_counts(user_id: int) -> OwnCounts:
    """Return a user's counts as he sees them himself."""
    row = FollowCount.objects.of(user_id).first()
    if row is None:
        return OwnCounts(counts=_NONE, are_hidden=False)
    return OwnCounts(counts=_counts_of(row), are_hidden=row.are_hidden)


def _counts_of(row: FollowCount) -> Counts:
    return Counts(followers=row.followers, following=row.following)
