"""The timeline of a list: pulled at each read and kept nowhere, so it cannot grow stale."""

from modules.graph.schemas import Viewer
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.posts.schemas import PostKey, PostPage
from modules.timelines.selectors.lists import list_member_ids
from modules.timelines.selectors.rounds import NOTHING, Looked, fill_page
from sharding.scatter import Unavailable


def get_list_timeline(list_id: int, paging: Paging, *, viewer: Viewer) -> Rendered[PostPage]:
    """
    Return a page of the posts of everybody in a list of the viewer's, newest first, of what they may see now.

    Costs one query of the viewer's shard, and a round one of each instance and the cards.

    :raises ListNotFound: if the viewer has no such list
    """
    member_ids = list_member_ids(viewer.id, list_id)

    def look(place: int, wanted: int, unavailable: Unavailable, state: posts.PageState) -> Looked:
        found = _list_keys(
            member_ids, place=place, newer=paging.newer, limit=wanted + 1, unavailable=unavailable
        )
        keys = found[:wanted]
        if not keys:
            return NOTHING
        ids = [key.post_id for key in keys]
        author_ids = {key.author_id for key in keys}
        visible = posts.map_visible(ids, viewer=viewer, author_ids=author_ids, state=state)
        return Looked(ids, list(visible.posts), visible, len(found) > wanted)

    return fill_page(paging, look, viewer=viewer)


def _list_keys(
    author_ids: list[int], *, place: int, newer: bool, limit: int, unavailable: Unavailable
) -> list[PostKey]:
    """Return the posts next to a place, nearest first: one query per instance."""
    if newer:
        return posts.list_next_ids(author_ids, after=place, limit=limit, unavailable=unavailable)
    return posts.list_newest_ids(author_ids, before=place, limit=limit, unavailable=unavailable)
