"""Who came in a year to follow somebody, counted."""

from datetime import UTC, datetime

from modules.graph.models import FollowIn
from modules.kernel.archives import walk
from sharding.ids import EPOCH, make_id, moment_of


def count_new_followers(user_id: int, year: int) -> list[int]:
    """Return how many of a user's followers of now began in each month of a year (UTC)."""
    by_month = [0] * 12
    rows = FollowIn.objects.of(user_id).filter(
        is_active=True, is_hidden=False, edge_id__gte=_first_id(year), edge_id__lt=_first_id(year + 1)
    )
    for row in walk(rows, "edge_id", by="edge_id"):
        by_month[moment_of(int(row["edge_id"])).month - 1] += 1
    return by_month


def _first_id(year: int) -> int:
    """Return the least id that can have been minted in a year, on any shard."""
    passed = datetime(year, 1, 1, tzinfo=UTC) - EPOCH
    return make_id(int(passed.total_seconds() * 1000), 0, 0)
