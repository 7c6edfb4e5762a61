"""`/v1/me/bookmarks`: posts that the caller keeps for themselves."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.posts.errors import BookmarkCapReached, PostIsRepost, PostNotFound
from modules.posts.schemas import PostPage
from modules.posts.selectors.bookmarks import list_bookmarks
from modules.posts.services.bookmarks import add_bookmark, remove_bookmark


class Bookmarks(View):
    """All of them."""

    @endpoint("list_bookmarks", scope="read:posts")
    def get(self, request: Request, paging: Paging) -> Rendered[PostPage]:
        """
        List the posts that the caller has bookmarked, the newest bookmark first.

        Posts that were deleted, or that the caller may see no longer, are left out: a page may be short and
        have a `next`.
        """
        return list_bookmarks(paging, viewer=viewer_of(request.user.id))


class OneBookmark(View):
    """One post that the caller keeps, or not."""

    @endpoint("add_bookmark", scope="write:posts", refuses=(PostNotFound, PostIsRepost, BookmarkCapReached))
    def put(self, request: Request, post_id: int) -> None:
        """
        Bookmark a post.

        Nobody else hears of it. Bookmarking it again changes nothing and answers the same.
        """
        add_bookmark(request.user.id, post_id)

    @endpoint("remove_bookmark", scope="write:posts")
    def delete(self, request: Request, post_id: int) -> None:
        """
        Remove a bookmark.

        Where there is none, nothing changes and the answer is the same, whatever became of the post.
        """
        remove_bookmark(request.user.id, post_id)
