"""`/v1/posts` and the posts of a user."""

from modules.graph.public import AccountPrivate, UserNotFound, viewer_of
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.kernel.shapes import ByIds
from modules.posts.errors import NotYourPost, PostNotFound, TooManyEntities
from modules.posts.schemas import NewPost, PostBatch, PostCard, PostPage, PostView
from modules.posts.selectors.pages import get_post, list_posts, list_user_posts
from modules.posts.services.posts import delete_post, publish_post


class Posts(View):
    """All posts."""

    @endpoint("publish_post", scope="write:posts", status=201, refuses=(TooManyEntities,))
    def post(self, request: Request, body: NewPost) -> PostCard:
        """
        Publish a post.

        It is in the author's home at once, and in those of the followers within moments; one for the
        mentioned alone is in no follower's. Who is mentioned (`@username`), tags (`#tag`) and links are found
        in the text and stand in `entities`: at most 20 mentions, 20 tags and 50 links. Send an
        `Idempotency-Key` and a repeat has no second effect and gets the same answer.
        """
        return publish_post(request.user.id, body, now=clock.now(), once=request.once)

    @endpoint("list_posts_by_ids", public=True)
    def get(self, request: Request, query: ByIds) -> Rendered[PostBatch]:
        """
        Fetch up to 100 posts by their ids.

        Ids of which there is no post, or no more, are named in `missing`; they are no error.
        """
        return list_posts(query.ids, viewer=viewer_of(request.viewer_id))


class OnePost(View):
    """One post."""

    @endpoint("get_post", public=True, conditional=True, refuses=(PostNotFound,))
    def get(self, request: Request, post_id: int) -> Rendered[PostView]:
        """Fetch a post with its author."""
        return get_post(post_id, viewer=viewer_of(request.viewer_id))

    @endpoint("delete_post", scope="write:posts", refuses=(PostNotFound, NotYourPost))
    def delete(self, request: Request, post_id: int) -> None:
        """
        Delete one's own post.

        It is gone from every list at once. Deleting it again answers the same.
        """
        delete_post(request.user.id, post_id, now=clock.now())


class UserPosts(View):
    """The posts of one user."""

    @endpoint("list_user_posts", public=True, refuses=(UserNotFound, AccountPrivate))
    def get(self, request: Request, user_id: int, paging: Paging) -> Rendered[PostPage]:
        """List a user's posts, newest first."""
        return list_user_posts(user_id, paging, viewer=viewer_of(request.viewer_id))
