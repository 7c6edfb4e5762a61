"""How many edges users have."""

from collections.abc import Collection

from modules.graph.models import FollowCount
from modules.graph.schemas import Counts

_NONE = Counts(followers=0, following=0)


def map_counts(user_ids: Collection[int]) -> dict[int, Counts]:
    """Return the counts of each user, zeros for whoever has no edge; one read per instance."""
    counts = dict.fromkeys(user_ids, _NONE)
    for row in FollowCount.objects.gather(user_ids):
        counts[row.user_id] = Counts(followers=row.followers, following=row.following)
    return counts
