"""`/v1/posts/{post_id}/replies` and `…/ancestors`: what is beneath a post, and what is above it."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.posts.errors import PostNotFound
from modules.posts.schemas import AncestorPage, PostPage, RepliesQuery
from modules.posts.selectors.threads import list_ancestors, list_replies


class Replies(View):
    """What was replied to a post."""

    @endpoint("list_replies", public=True, refuses=(PostNotFound,))
    def get(self, request: Request, post_id: int, query: RepliesQuery, paging: Paging) -> Rendered[PostPage]:
        """
        List the replies to a post, newest first.

        Each names what it replies to, so a whole thread can be put together from `depth=all` of its root.
        Replies that the caller may not see are left out: a page may be short and have a `next`.
        """
        viewer = viewer_of(request.viewer_id)
        return list_replies(post_id, paging, everything=query.depth == "all", viewer=viewer)


class Ancestors(View):
    """What a reply hangs on."""

    @endpoint("list_ancestors", public=True, refuses=(PostNotFound,))
    def get(self, request: Request, post_id: int) -> Rendered[AncestorPage]:
        """
        List the posts above a reply, from the root of its thread down to the one it replies to.

        At most 20, all on one page. One that was deleted, or that the caller may not see, is named in
        `missing` and the deleted ones in `deleted` as well, so that their places can be shown.
        """
        return list_ancestors(post_id, viewer=viewer_of(request.viewer_id))
