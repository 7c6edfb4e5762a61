"""A user's bookmarks, for themselves alone."""

from operator import itemgetter

from modules.graph.schemas import Viewer
from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts.models import Bookmark
from modules.posts.schemas import PostPage
from modules.posts.selectors.pages import build_list
from modules.posts.selectors.states import PageState
from modules.posts.selectors.visibility import map_visible


def list_bookmarks(paging: Paging, *, viewer: Viewer) -> Rendered[PostPage]:
    """
    Return a page of the posts that the viewer keeps, by when they began to: the newest bookmark first.

    What they may see no longer is left out, and the page is not filled again: a short one may have a `next`.
    """
    rows = Bookmark.objects.of(viewer.id).values_list("bookmark_id", "post_id")
    page = keyset.page(rows, paging, "bookmark_id", at=itemgetter(0))
    state, post_ids = PageState(viewer.id), [post_id for _, post_id in page.rows]
    visible = map_visible(post_ids, viewer=viewer, state=state)
    return build_list(page, post_ids, visible, state)
