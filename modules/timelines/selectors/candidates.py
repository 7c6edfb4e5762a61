"""
Candidates of a home: from windows down to their floor, below it by pull; without Redis all by pull.

A source is complete at or above its floor, so the merge of several is at or above the highest of them.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.conf import settings

from modules.graph import public as graph
from modules.kernel.redis.client import RedisUnavailable
from modules.posts import public as posts
from modules.timelines.models import windows
from modules.timelines.models.windows import TOP, Entry, Step
from sharding.errors import InstanceUnavailable
from sharding.scatter import Unavailable

# What a window that cannot be had knows: nothing, so everything is pulled.
_UNKNOWN = Step([], TOP, True, [], [])


class Candidates(NamedTuple):
    """
    What may belong in a home, nearest first, and whom of the authors the viewer follows as of now.

    The last of the entries, so many, are `from_shards`; others may be of authors who are pulled.
    """

    entries: list[Entry]
    followed: frozenset[int]
    pulled_ids: Sequence[int]
    from_shards: int


def list_candidates(
    viewer_id: int,
    *,
    place: int,
    newer: bool,
    limit: int,
    without: frozenset[int] = frozenset(),
    unavailable: Unavailable,
) -> Candidates:
    """
    Return the candidates next to a place, narrowed to the viewer and whom they follow, nearest first.

    They are the newest below it, or the oldest above it, but for those by authors to do `without`. Fewer than
    asked means that no more are there. A window that is there costs one round trip to Redis, followed authors
    who are pulled a second one, and no SQL; one that is not is made on the way.

    An instance that cannot be reached lacks its authors' posts where they must be pulled; they are put into
    `unavailable`. No window is made of such a pull.

    :raises InstanceUnavailable: if it is the viewer's own
    """
    try:
        steps = _read_windows(
            viewer_id, place=place, newer=newer, limit=limit, without=without, unavailable=unavailable
        )
    except (RedisUnavailable, InstanceUnavailable):
        steps = [_UNKNOWN]
    floor = max([step.floor for step in steps])
    followed: set[int] = set().union(*[step.followed for step in steps], *[step.pulled_ids for step in steps])
    entries: list[Entry] = []
    pulled: list[Entry] = []
    if not newer:
        entries = _merge(steps, floor)[:limit]
        if floor and (missing := limit - len(entries)):
            below = min(place, floor)
            pulled = pull(viewer_id, below=below, limit=missing, without=without, unavailable=unavailable)
    elif floor <= place + 1:
        entries = _merge(steps, floor)[: -limit - 1 : -1]
    else:
        # What lies between here and the floor no window knows.
        pulled = _pull_next(viewer_id, place, limit, without, unavailable)
    # The viewer's shard named whom to ask for, so whoever answered is followed.
    followed.update(entry.via_id for entry in pulled if entry.via_id != viewer_id)
    return Candidates(entries + pulled, frozenset(followed), steps[0].pulled_ids, len(pulled))


def pull(
    viewer_id: int,
    *,
    below: int,
    limit: int,
    without: frozenset[int] = frozenset(),
    unavailable: Unavailable,
) -> list[Entry]:
    """
    Return the newest posts of the viewer and whom they follow below a place: one query per instance.

    Authors whose posts are lacking are put into `unavailable`.
    """
    authors = _list_authors(viewer_id, without)
    newest = posts.list_newest_ids(authors, before=below, limit=limit, unavailable=unavailable)
    return [Entry(*key) for key in newest]


def _pull_next(
    viewer_id: int, place: int, limit: int, without: frozenset[int], unavailable: Unavailable
) -> list[Entry]:
    """Return the posts of the viewer and whom they follow just above a place: one query per instance."""
    authors = _list_authors(viewer_id, without)
    above = posts.list_next_ids(authors, after=place, limit=limit, unavailable=unavailable)
    return [Entry(*key) for key in above]


def _list_authors(viewer_id: int, without: frozenset[int]) -> list[int]:
    return [viewer_id, *(id for id in graph.list_following_ids(viewer_id) if id not in without)]


def warm(user_id: int) -> None:
    """Make a user's home window, complete at once, unless it stands; RedisUnavailable without Redis."""
    config = settings.TIMELINES
    key = windows.home(user_id)
    # Opened before the pull: what is delivered meanwhile is kept. On the primary, because a replica may not
    # know yet of a post whose delivery found no window.
    if token := windows.open_window(key):
        # Whom they follow is asked for beside the window: by this read Redis knows that too.
        authors = [user_id, *graph.load_following(user_id)]
        newest = posts.list_newest_ids(authors, before=TOP, limit=config.pull_size, on_primary=True)
        pulled = [Entry(*post) for post in newest]
        windows.fill(key, token, pulled, floor=_floor_of(pulled, config.pull_size))


def _read_windows(
    viewer_id: int,
    *,
    place: int,
    newer: bool,
    limit: int,
    without: frozenset[int],
    unavailable: Unavailable,
) -> list[Step]:
    step = _read_home(viewer_id, place=place, newer=newer, limit=limit, without=without)
    if not step.pulled_ids:
        return [step]
    lost: set[int] = set()
    steps = [step, *_read_pulled(step.pulled_ids, place=place, newer=newer, limit=limit, lost=lost)]
    if lost:
        steps.append(_list_posts_of(lost, place=place, newer=newer, limit=limit, unavailable=unavailable))
    return steps


def _read_home(viewer_id: int, *, place: int, newer: bool, limit: int, without: frozenset[int]) -> Step:
    """Return a step of the home window; it and the following cache are made if they are not there."""
    pulled_ids = graph.pulled_author_ids() - without
    for _ in range(3):
        step = windows.read(
            viewer_id,
            graph.following_key(viewer_id),
            place=place,
            newer=newer,
            limit=limit,
            pulled_ids=pulled_ids,
            without=without,
        )
        if step is None or step.floor == TOP:
            warm(viewer_id)
        elif step.has_following or not graph.ensure_following(viewer_id):
            return step if step.has_following else _UNKNOWN
    return _UNKNOWN


def _read_pulled(
    author_ids: Sequence[int], *, place: int, newer: bool, limit: int, lost: set[int]
) -> list[Step]:
    """
    Return a step of the own posts of each pulled author, after making the windows that are not there.

    Authors whose Redis is away are put into `lost`, and have none.
    """
    steps = windows.read_posts_of(author_ids, place=place, newer=newer, limit=limit, lost=lost)
    cold = [id for id, step in steps.items() if step is None or step.floor == TOP]
    if cold:
        for author_id in cold:
            _warm_posts_of(author_id, lost)
        steps |= windows.read_posts_of(cold, place=place, newer=newer, limit=limit, lost=lost)
    return [step or _UNKNOWN for id, step in steps.items() if id not in lost]


def _list_posts_of(
    author_ids: Collection[int], *, place: int, newer: bool, limit: int, unavailable: Unavailable
) -> Step:
    """Return a step of the own posts of pulled authors whose Redis is away, from their shards."""
    if newer:
        found = posts.list_next_ids(author_ids, after=place, limit=limit, unavailable=unavailable)
    else:
        found = posts.list_newest_ids(author_ids, before=place, limit=limit, unavailable=unavailable)
    entries = [Entry(*key) for key in found]
    return Step(entries, 0 if newer else _floor_of(entries, limit), True, [], [])


def _warm_posts_of(author_id: int, lost: set[int]) -> None:
    """Make the window of a pulled author's own posts, unless it stands; without Redis they are `lost`."""
    try:
        _fill_posts_of(author_id)
    except RedisUnavailable:
        lost.add(author_id)


def _fill_posts_of(author_id: int) -> None:
    key, size = windows.posts_of(author_id), settings.TIMELINES.pulled_size
    if token := windows.open_window(key):
        newest = posts.list_newest_ids([author_id], before=TOP, limit=size, on_primary=True)
        pulled = [Entry(*post) for post in newest]
        windows.fill(key, token, pulled, floor=_floor_of(pulled, size))


def _floor_of(pulled: Sequence[Entry], asked: int) -> int:
    """Return down to where a pull is complete: to its end if it was cut there, else to the first post."""
    return pulled[-1].post_id if len(pulled) == asked else 0


def _merge(steps: Sequence[Step], floor: int) -> list[Entry]:
    """Return the entries of all sources at or above the floor, newest first, each post once."""
    if len(steps) == 1:
        # A window is sorted, holds each post once, and answers nothing below its floor.
        return sorted(steps[0].entries, reverse=True)
    by_post = {entry.post_id: entry for step in steps for entry in step.entries if entry.post_id >= floor}
    return sorted(by_post.values(), reverse=True)
