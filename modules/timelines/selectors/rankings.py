"""
Finished rankings, as this process knows them: a ranking never changes, and which is newest is asked again.

Redis has no part in it: were it emptied, nothing would be lost, and no request would count anything.
"""

import threading
import time
from collections import OrderedDict
from typing import Any, ClassVar, Final, NamedTuple

from modules.timelines.models import Ranking
from modules.timelines.models.rankings import RankingName
from sharding.errors import InstanceUnavailable

TTL_S: Final = 10.0
# Of each name a new one comes every five minutes, and pages refer to those of the last hour.
_MOST: Final = 32


class Ranked(NamedTuple):
    """A ranking; 0 is the id of none, where nothing was ranked yet or nobody can be asked."""

    id: int
    entries: list[list[Any]]
    is_partial: bool


_NOTHING: Final = Ranked(0, [], is_partial=False)


class _Known:
    """What this process has read, and until when it believes that these are the newest."""

    newest: ClassVar[dict[str, tuple[Ranked, float]]] = {}
    by_id: ClassVar[OrderedDict[int, Ranked]] = OrderedDict()
    refreshing = threading.Lock()


def find_newest(name: RankingName) -> Ranked:
    """
    Return the newest ranking, at most ten seconds old.

    With the directory away it is the last that was known, and a partial one without entries if none was.
    """
    known, until = _Known.newest.get(name, (None, 0.0))
    # One thread asks; the others go on with what is known.
    if time.monotonic() < until or not _Known.refreshing.acquire(blocking=known is None):
        return known or _NOTHING
    try:
        ranked = _to_ranked(Ranking.objects.filter(name=name).order_by("-id").first())
    except InstanceUnavailable:
        return known or _NOTHING._replace(is_partial=True)
    finally:
        _Known.refreshing.release()
    _Known.newest[name] = ranked, time.monotonic() + TTL_S
    _remember(ranked)
    return ranked


def find_ranking(name: RankingName, ranking_id: int) -> Ranked:
    """Return the ranking of a page that was read before, or the newest if it is kept no more."""
    known = _Known.by_id.get(ranking_id)
    if known is None:
        try:
            known = _to_ranked(Ranking.objects.filter(name=name, id=ranking_id).first())
        except InstanceUnavailable:
            return find_newest(name)
        _remember(known)
    return known if known.id else find_newest(name)


def forget_rankings() -> None:
    """Make this process ask again at the next call."""
    _Known.newest.clear()
    _Known.by_id.clear()


def _remember(ranked: Ranked) -> None:
    if ranked.id:
        _Known.by_id[ranked.id] = ranked
        if len(_Known.by_id) > _MOST:
            _Known.by_id.popitem(last=False)


def _to_ranked(row: Ranking | None) -> Ranked:
    return _NOTHING if row is None else Ranked(row.id, row.entries, row.is_partial)
