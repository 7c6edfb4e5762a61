"""Who looks, and how they stand with the people of a page."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet

from modules.graph.models import FollowOut
from modules.graph.schemas import PUBLIC_VIEWER, Ties, Viewer
from modules.graph.selectors.following_cache import find_followed


def viewer_of(user_id: int | None, person_ids: Collection[int] = ()) -> Viewer:
    """
    Return who looks, before these people; nobody who is known for None.

    The first question about any of them costs one round trip for all: to Redis, or to the viewer's shard.
    """
    return Viewer(user_id, _read_ties, frozenset(person_ids)) if user_id else PUBLIC_VIEWER


def _read_ties(viewer_id: int, person_ids: AbstractSet[int]) -> Ties:
    """Return what is between the viewer and these people as of now, from the cache or the primary."""
    followed = find_followed(viewer_id, list(person_ids))
    if followed is None:
        rows = FollowOut.objects.of(viewer_id).on_primary().filter(target_id__in=person_ids)
        followed = frozenset(rows.values_list("target_id", flat=True))
    return Ties(followed)
