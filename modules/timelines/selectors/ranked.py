"""
The home by rank: its newest candidates, ranked when the first page is read, and walked as they stood then.

Ranking takes what belongs in the home as of then. Each further page asks again what may be shown of it, by
the very rules of the home: what is gone since is left out, and what came since is in the next ranking.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings

from modules.graph.schemas import Viewer
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.redis.client import RedisUnavailable
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.posts.schemas import PostPage
from modules.timelines.errors import CursorExpired
from modules.timelines.models import ranks
from modules.timelines.models.ranks import Ranked
from modules.timelines.models.windows import TOP, Entry
from modules.timelines.selectors.candidates import Candidates, list_candidates
from modules.timelines.selectors.home import Find, Load, list_belonging, load
from modules.timelines.selectors.repeats import list_subjects
from modules.timelines.selectors.rounds import NOTHING, Look, Looked, fill_page, leave_out_muted
from modules.timelines.selectors.scores import score_of
from sharding import outages
from sharding.scatter import Unavailable

# A place is a ranking's moment (ms) and, counted down, a place in it: so what is further down is less, as in
# any list. Above the first one there is room for one more.
_BITS: Final = 20
_FIRST: Final = (1 << _BITS) - 2


def get_top(viewer: Viewer, paging: Paging) -> Rendered[PostPage]:
    """
    Return a page of the viewer's home, best first, of what they may see as of now.

    Without Redis there is one page, which says that it is partial.

    :raises CursorExpired: if the ranking that the cursor is from is gone
    :raises RedisUnavailable: if nobody can tell now what is next
    """
    return fill_page(paging, look_by_rank(viewer, paging, find=list_candidates, load=load), viewer=viewer)


def look_by_rank(viewer: Viewer, paging: Paging, *, find: Find, load: Load) -> Look:
    """Return what looks for the posts of a page of the viewer's home by rank."""

    def look(place: int, wanted: int, unavailable: Unavailable, state: posts.PageState) -> Looked:
        if place == TOP:
            return _rank(viewer, unavailable, state, find=find, load=load)
        moment, at = place >> _BITS, _FIRST - (place & ((1 << _BITS) - 1))
        found, has_more = _read(viewer.id, moment, at, wanted, newer=paging.newer)
        if not found:
            return NOTHING
        entries = [ranked.entry for ranked in found.values()]
        before = viewer.among({entry.via_id for entry in entries})
        visible = load(entries, before, state)
        return Looked(
            [entry.post_id for entry in entries],
            [entry.post_id for entry in list_belonging(entries, visible, before)],
            leave_out_muted(visible),
            has_more,
            places=[_place(moment, index) for index in found],
            entries=entries,
            scores={ranked.entry.post_id: ranked.score for ranked in found.values()},
        )

    return look


def _place(moment: int, index: int) -> int:
    return (moment << _BITS) | (_FIRST - index)


def _read(
    viewer_id: int, moment: int, at: int, wanted: int, *, newer: bool
) -> tuple[dict[int, Ranked], bool]:
    """Return what is next to a place, nearest first, by its own places, and whether more is beyond."""
    first = max(at - wanted - 1, 0) if newer else at + 1
    count = max(at - first, 0) if newer else wanted + 1
    is_over = moment + settings.TIMELINES.top_seconds * 1000 < _ms(clock.now())
    read = None if is_over else ranks.read(viewer_id, moment, first=first, count=count)
    if read is None:
        raise CursorExpired
    found = list(enumerate(read, start=first))
    if newer:
        found.reverse()
    return dict(found[:wanted]), len(found) > wanted


def _rank(
    viewer: Viewer, unavailable: Unavailable, state: posts.PageState, *, find: Find, load: Load
) -> Looked:
    """Return all that belongs in the home as of now, best first, and keep it for the pages to come."""
    config = settings.TIMELINES
    candidates = find(
        viewer.id,
        place=TOP,
        newer=False,
        limit=min(config.window_size, config.top_size),
        without=viewer.muted_ids,
        unavailable=unavailable,
    )
    entries = _take_affordable(candidates)
    if not entries:
        return NOTHING
    before = viewer.among({entry.via_id for entry in entries}, followed=candidates.followed)
    visible = load(entries, before, state)
    now = clock.now()
    ranked = _order(entries, list_belonging(entries, visible, before), visible, state, now=now)
    moment = _keep(viewer.id, ranked, now)
    ids = [each.entry.post_id for each in ranked]
    return Looked(
        ids,
        ids,
        leave_out_muted(visible),
        False,
        places=[_place(moment, index) for index in range(len(ids))],
        is_alone=not moment,
        entries=entries,
        scores={each.entry.post_id: each.score for each in ranked},
    )


def _take_affordable(candidates: Candidates) -> Sequence[Entry]:
    """Return what is ranked: of a home that no window knows, whose cards must be made, only the newest."""
    if candidates.from_shards == len(candidates.entries):
        return candidates.entries[: settings.TIMELINES.pull_size]
    return candidates.entries


def _order(
    entries: Sequence[Entry],
    belonging: list[Entry],
    visible: posts.Visible,
    state: posts.PageState,
    *,
    now: datetime,
) -> list[Ranked]:
    """Return the entries best first, each post once, whether it came itself or by reposts."""
    config = settings.TIMELINES
    subjects = dict(zip(entries, list_subjects(entries, belonging, visible), strict=True))
    counts = state.map_counts(subjects.values())
    scored = [
        Ranked(entry, score_of(entry.post_id, counts.get(subjects[entry]), now=now, config=config))
        for entry in belonging
    ]
    scored.sort(key=lambda each: (each.score, each.entry), reverse=True)
    best: dict[int, Ranked] = {}
    for each in scored:
        best.setdefault(subjects[each.entry], each)
    return list(best.values())


def _keep(viewer_id: int, ranked: Iterable[Ranked], now: datetime) -> int:
    """Return the moment that a ranking is kept under, or 0 if it could not be."""
    try:
        return ranks.keep(viewer_id, ranked, moment=_ms(now))
    except RedisUnavailable as error:
        outages.met(error.server, error)
        return 0


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
