"""`/v1/posts/{post_id}/repost` and `…/reposts`: passing a post on, and who did."""

from modules.graph.public import viewer_of
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.posts.errors import NotPublic, PostNotFound
from modules.posts.schemas import PostCard
from modules.posts.selectors.reposts import list_reposters
from modules.posts.services.reposts import remove_repost, repost
from modules.profiles.schemas import UserPage


class OwnRepost(View):
    """The caller's repost of a post."""

    @endpoint("repost_post", scope="write:posts", refuses=(PostNotFound, NotPublic))
    def put(self, request: Request, post_id: int) -> PostCard:
        """
        Repost a public post, of others or one's own.

        It is in the homes of the caller and their followers as a post of the caller's that names its
        `original`. Repeating it changes nothing and answers the same. Of a repost its original is meant.
        """
        return repost(request.user.id, post_id, now=clock.now())

    @endpoint("remove_repost", scope="write:posts")
    def delete(self, request: Request, post_id: int) -> None:
        """
        Take back one's own repost of a post.

        It is gone from every list at once. Where there is none, nothing changes and the answer is the same.
        """
        remove_repost(request.user.id, post_id, now=clock.now())


class Reposts(View):
    """All reposts of a post."""

    @endpoint("list_reposters", public=True, refuses=(PostNotFound,))
    def get(self, request: Request, post_id: int, paging: Paging) -> Rendered[UserPage]:
        """
        List who reposted a post, newest first.

        People whom the caller may not see are left out: a page may be short and have a `next`.
        """
        return list_reposters(post_id, paging, viewer=viewer_of(request.viewer_id))
