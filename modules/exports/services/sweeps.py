"""What the clock ends: exports whose time is over."""

from datetime import datetime
from typing import Any, Final

from modules.exports.models import Export
from modules.exports.services.requests import end_expired
from sharding import outages
from sharding.errors import InstanceUnavailable
from sharding.querysets import ShardedQuerySet

BATCH: Final = 200
_WITHIN_S: Final = 10.0


def forget_expired(*, now: datetime) -> int:
    """Delete exports whose time is over, on every instance that answers; return how many."""
    forgotten = 0
    while found := _list_expired(now):
        here = sum(_forget(row["user_id"], row["id"], now) for row in found)
        forgotten += here
        if len(found) < BATCH or not here:
            break
    return forgotten


def _list_expired(now: datetime) -> list[dict[str, Any]]:
    def query(rows: ShardedQuerySet[Export]) -> Any:
        late = rows.filter(expires_at__lte=now).order_by("expires_at", "id")
        return late.values("id", "user_id", "expires_at")[:BATCH]

    return list(Export.objects.everywhere(query, within=_WITHIN_S, on_primary=True).rows)


def _forget(user_id: int, export_id: int, now: datetime) -> bool:
    try:
        return end_expired(user_id, export_id, now=now)
    except InstanceUnavailable as error:
        outages.met(outages.name_of(error.alias), error)
        return False
