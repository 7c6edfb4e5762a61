"""Whom a user follows: reads of the follower's side."""

from collections.abc import Collection

from django.db.models import Q

from modules.graph.models import FollowIn, FollowOut
from modules.graph.schemas import BLOCKING, MUTED, EdgePage, Relationship
from modules.graph.selectors.pages import build_edge_page
from modules.graph.selectors.ties import list_ties_among, moment_at
from modules.kernel.cursors import Paging


def list_following_ids(user_id: int) -> list[int]:
    """Return the ids of everybody the user follows, as of now (from the primary)."""
    rows = FollowOut.objects.of(user_id).on_primary().filter(is_requested=False)
    return list(rows.values_list("target_id", flat=True))


def is_following(user_id: int, target_ids: Collection[int]) -> set[int]:
    """Return those of the targets whom the user follows."""
    rows = FollowOut.objects.of(user_id).filter(target_id__in=target_ids, is_requested=False)
    return set(rows.values_list("target_id", flat=True))


def list_following(user_id: int, paging: Paging) -> EdgePage:
    """Return a page of those the user follows, newest first."""
    rows = FollowOut.objects.of(user_id).filter(is_hidden=False, is_requested=False)
    return build_edge_page(rows, "target_id", paging)


def map_relationships(user_id: int, other_ids: Collection[int]) -> dict[int, Relationship]:
    """
    Return how the user and each of the others stand, as the lists have it: nobody who is closed is in them.

    All lies on the user's own shard: three reads, however many others. What the others do is the mirror and
    may be a moment late. Whether there is such a user is for others to know: of an unknown id it says no.
    """
    edges = FollowOut.objects.of(user_id).filter(target_id__in=other_ids, is_hidden=False)
    mirror = FollowIn.objects.of(user_id).filter(
        Q(is_active=True) | Q(is_requested=True), follower_id__in=other_ids, is_hidden=False
    )
    mine = {edge.target_id: edge for edge in edges}
    asks = dict(mirror.values_list("follower_id", "is_requested"))
    ties = list_ties_among(user_id, other_ids)
    blocking = {tie.other_id for tie in ties if tie.bits == BLOCKING}
    muted = {tie.other_id: tie.until for tie in ties if tie.bits & MUTED}
    return {
        other: Relationship(
            user_id=other,
            following=bool((edge := mine.get(other)) and not edge.is_requested),
            followed_by=asks.get(other) is False,
            requested=bool(edge and edge.is_requested),
            requested_by=asks.get(other) is True,
            notify=bool(edge and edge.notifies),
            reposts=bool(edge and edge.shows_reposts),
            blocking=other in blocking,
            muting=other in muted,
            muted_until=moment_at(until) if (until := muted.get(other)) else None,
        )
        for other in other_ids
    }
