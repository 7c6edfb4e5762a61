"""Who looks, and how they stand with the people of a page."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet

from modules.graph.models import FollowOut
from modules.graph.schemas import PUBLIC_VIEWER, Exceptions, TiesHead, Viewer
from modules.graph.selectors.following_cache import find_followed
from modules.graph.selectors.ties import TIES_KIND, list_ties_among, merge, render_ties, unpack
from modules.kernel import clock
from modules.kernel.cards import RenderedCard


def viewer_of(user_id: int | None, person_ids: Collection[int] = ()) -> Viewer:
    """
    Return who looks, before these people; nobody who is known for None.

    The first question of a kind about any of them costs one round trip for all: to Redis, or to the viewer's
    shard. Exceptions that were loaded with the page cost none.
    """
    return Viewer(user_id, _SOURCES, frozenset(person_ids)) if user_id else PUBLIC_VIEWER


class _Sources:
    """Redis, else the viewer's primary."""

    def read_followed(self, viewer_id: int, person_ids: AbstractSet[int], /) -> frozenset[int]:
        """Return those of the people whom the viewer follows as of now."""
        followed = find_followed(viewer_id, list(person_ids))
        if followed is None:
            rows = (
                FollowOut.objects.of(viewer_id)
                .on_primary()
                .filter(target_id__in=person_ids, is_requested=False)
            )
            followed = frozenset(rows.values_list("target_id", flat=True))
        return followed

    def read_exceptions(self, viewer_id: int, /) -> Exceptions:
        """Return the viewer's exceptions; one that Redis denies without an entry is asked of the shard."""
        entry = TIES_KIND.get_many([viewer_id]).get(viewer_id)
        return self.unpack(entry or render_ties([viewer_id])[viewer_id])

    def read_exceptions_among(self, viewer_id: int, person_ids: AbstractSet[int], /) -> dict[int, int]:
        """Return the viewer's exceptions among these people, from the shard."""
        return merge(list_ties_among(viewer_id, person_ids), now=clock.now())

    def unpack(self, entry: RenderedCard[TiesHead], /) -> Exceptions:
        """Return the exceptions that an entry holds as of now."""
        return unpack(entry, now=clock.now())


_SOURCES = _Sources()
