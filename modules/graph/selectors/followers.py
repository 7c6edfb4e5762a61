"""Who follows a user, and who asks to: reads of the followee's side."""

from collections.abc import Collection, Iterator

from modules.graph.models import FollowIn
from modules.graph.schemas import EdgePage
from modules.graph.selectors.pages import build_edge_page
from modules.kernel.cursors import Paging


def list_followers(user_id: int, paging: Paging) -> EdgePage:
    """Return a page of those who follow the user, newest first."""
    rows = FollowIn.objects.of(user_id).filter(is_active=True, is_hidden=False)
    return build_edge_page(rows, "follower_id", paging)


def list_follow_requests(user_id: int, paging: Paging) -> EdgePage:
    """Return a page of those who wait for the user's consent, newest first."""
    rows = FollowIn.objects.of(user_id).filter(is_requested=True, is_hidden=False)
    return build_edge_page(rows, "follower_id", paging)


def select_followers(user_id: int, follower_ids: Collection[int]) -> frozenset[int]:
    """
    Return those of some who follow a user; one read of the user's side, by its key.

    :raises InstanceUnavailable: if nobody can tell now
    """
    rows = FollowIn.objects.of(user_id).filter(is_active=True, follower_id__in=list(follower_ids))
    return frozenset(rows.values_list("follower_id", flat=True))


def batch_follower_ids(author_id: int, *, size: int = 1000) -> Iterator[list[int]]:
    """
    Yield the ids of all followers, oldest edge first, in lists of at most `size`.

    Reads the primary: a follower whom a replica does not show yet would miss the post, for the backfill
    of their own follow may have run already. Each list is one index-only read; nothing is held in between.
    """
    after = 0
    while True:
        rows = FollowIn.objects.of(author_id).on_primary().filter(is_active=True, edge_id__gt=after)
        edges = list(rows.order_by("edge_id").values_list("edge_id", "follower_id")[:size])
        if not edges:
            return
        yield [follower_id for _, follower_id in edges]
        after = edges[-1][0]
