"""
Pages by keyset: the same for every list, newest first.

`next` is the neighboring older page and `prev` the neighboring newer one, so that walking either way meets
every item once, whatever comes or goes meanwhile. The first page without a cursor is always the newest.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import QuerySet

from modules.kernel.cursors import Paging

Row = TypeVar("Row")


class Slice(NamedTuple, Generic[Row]):
    """The rows of a page, newest first, and the cursors of its neighbors."""

    rows: list[Row]
    next: str | None
    prev: str | None


def page(rows: QuerySet[Any, Row], paging: Paging, column: str, *, at: Callable[[Row], int]) -> Slice[Row]:
    """
    Return a page of rows by a unique column that grows with time; `at` tells what a row has in it.

    One read of an index. An older page asks for one row more: it says whether there is a next page.
    """
    found = list(_beyond(rows, paging, column)[: paging.limit + (not paging.newer)])
    shown = found[: paging.limit]
    if paging.newer:
        shown.reverse()
    ends = (at(shown[0]), at(shown[-1])) if shown else None
    return Slice(shown, *neighbors(paging, ends, has_older=len(found) > paging.limit))


def neighbors(
    paging: Paging, ends: tuple[int, int] | None, *, has_older: bool
) -> tuple[str | None, str | None]:
    """
    Return `next` and `prev` of a page with this newest and this oldest place on it, or with none.

    Of a page that was reached by `prev` there is always an older one: the page from which it was reached.
    """
    places = None if ends is None else ((ends[0],), (ends[1],))
    return neighbors_of_places(paging, places, has_older=has_older)


def neighbors_of_places(
    paging: Paging, ends: tuple[Sequence[int], Sequence[int]] | None, *, has_older: bool
) -> tuple[str | None, str | None]:
    """Return the same of a list whose places are of several numbers."""
    if ends is not None:
        newest, oldest = ends
        next = paging.older_than(*oldest) if has_older or paging.newer else None
        return next, paging.newer_than(*newest)
    if paging.position is None:
        return None, None
    # An empty page leads back over the very place it was asked from, and on to what may come to be beyond.
    *first, last = paging.position
    if paging.newer:
        return paging.older_than(*first, last + 1), paging.newer_than(*first, last)
    return None, paging.newer_than(*first, last - 1)


def _beyond(rows: QuerySet[Any, Row], paging: Paging, column: str) -> QuerySet[Any, Row]:
    """Return the rows beyond the cursor, nearest to it first."""
    if paging.position is None:
        return rows.order_by(f"-{column}")
    [place] = paging.position
    if paging.newer:
        return rows.filter(**{f"{column}__gt": place}).order_by(column)
    return rows.filter(**{f"{column}__lt": place}).order_by(f"-{column}")
