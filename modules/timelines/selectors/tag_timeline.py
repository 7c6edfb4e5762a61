"""The timeline of a tag: everybody's public posts that have it, of what the reader may see now."""

from modules.graph.schemas import Viewer
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts import public as posts
from modules.posts.schemas import PostPage
from modules.timelines.selectors.rounds import NOTHING, Looked, fill_page, leave_out_muted
from sharding.scatter import Unavailable


def get_tag_timeline(tag: str, paging: Paging, *, viewer: Viewer) -> Rendered[PostPage]:
    """
    Return a page of the posts with a tag, which is in its canonical form, newest first.

    What they became since they were listed (hidden, deleted, for fewer) is decided here, at each read; whom
    the viewer mutes is left out. A round costs one query of the tag's instance and the cards.

    :raises InstanceUnavailable: if the tag's instance cannot be reached
    """

    def look(place: int, wanted: int, unavailable: Unavailable, state: posts.PageState) -> Looked:
        found = posts.list_tagged_ids(tag, place=place, newer=paging.newer, limit=wanted + 1)
        keys = found[:wanted]
        if not keys:
            return NOTHING
        ids = [key.post_id for key in keys]
        author_ids = {key.author_id for key in keys}
        visible = posts.map_visible(ids, viewer=viewer, author_ids=author_ids, state=state)
        return Looked(ids, list_unmuted(visible), leave_out_muted(visible), len(found) > wanted)

    return fill_page(paging, look, viewer=viewer)


def list_unmuted(visible: posts.Visible) -> list[int]:
    """Return those of the posts that are by nobody whom the viewer mutes."""
    viewer = visible.viewer
    return [id for id, post in visible.posts.items() if not viewer.mutes(post.head.author_id)]
