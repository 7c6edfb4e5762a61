"""Cursors that know how deep they are: what was shown above a place is counted, and some depth is the end."""

from modules.kernel.cursors import Paging

Place = tuple[int, ...]


def depth_of(paging: Paging) -> int:
    """Return how many items are above the place of a page."""
    return paging.position[-1] if paging.position else 0


def place_of(paging: Paging, *, top: Place) -> Place:
    """Return the place from which a page goes on; `top` is above all."""
    return paging.position[:-1] if paging.position else top


def neighbors(
    paging: Paging, ends: tuple[Place, Place] | None, *, shown: int, has_older: bool, deepest: int
) -> tuple[str | None, str | None]:
    """
    Return `next` and `prev` of a page with this newest and this oldest place, or with none.

    As `keyset.neighbors` says, and none leads deeper than it may.
    """
    depth = depth_of(paging)
    top, bottom = (max(0, depth - shown), depth) if paging.newer else (depth, depth + shown)
    if ends is not None:
        newest, oldest = ends
        goes_on = (has_older or paging.newer) and bottom < deepest
        return paging.older_than(*oldest, bottom) if goes_on else None, paging.newer_than(*newest, top)
    if paging.position is None:
        return None, None
    *first, last = paging.position[:-1]
    if paging.newer:
        return paging.older_than(*first, last + 1, depth), paging.newer_than(*first, last, depth)
    return None, paging.newer_than(*first, last - 1, depth)
