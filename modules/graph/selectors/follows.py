"""Whom a user follows: reads of the follower's side."""

from collections.abc import Collection

from modules.graph.models import FollowIn, FollowOut
from modules.graph.schemas import EdgePage, Relationship
from modules.graph.selectors.pages import build_edge_page
from modules.kernel.cursors import Paging


def list_following_ids(user_id: int) -> list[int]:
    """Return the ids of everybody the user follows, as of now (from the primary)."""
    rows = FollowOut.objects.of(user_id).on_primary()
    return list(rows.values_list("target_id", flat=True))


def is_following(user_id: int, target_ids: Collection[int]) -> set[int]:
    """Return those of the targets whom the user follows."""
    rows = FollowOut.objects.of(user_id).filter(target_id__in=target_ids)
    return set(rows.values_list("target_id", flat=True))


def list_following(user_id: int, paging: Paging) -> EdgePage:
    """Return a page of those the user follows, newest first."""
    return build_edge_page(FollowOut.objects.of(user_id).filter(is_hidden=False), "target_id", paging)


def map_relationships(user_id: int, other_ids: Collection[int]) -> dict[int, Relationship]:
    """
    Return how the user and each of the others stand, as the lists have it: nobody who is closed is in them.

    Both sides lie on the user's own shard: two reads, however many others. "Followed by" is the mirror
    and may be a moment late. Whether there is such a user is for others to know: of an unknown id it says no.
    """
    edges = FollowOut.objects.of(user_id).filter(target_id__in=other_ids, is_hidden=False)
    mirror = FollowIn.objects.of(user_id).filter(follower_id__in=other_ids, is_active=True, is_hidden=False)
    following = set(edges.values_list("target_id", flat=True))
    followed_by = set(mirror.values_list("follower_id", flat=True))
    return {
        other: Relationship(user_id=other, following=other in following, followed_by=other in followed_by)
        for other in other_ids
    }
