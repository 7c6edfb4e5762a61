"""`/v1/posts` and the posts of a user."""

from modules.graph.public import AccountPrivate, UserNotFound, viewer_of
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.errors import Stale
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.kernel.shapes import ByIds
from modules.media.public import MediaUnfit
from modules.posts.errors import (
    NotPublic,
    NotYourPost,
    PostEmpty,
    PostIsRepost,
    PostNotFound,
    RepliesClosed,
    ThreadTooDeep,
    TooManyEntities,
)
from modules.posts.schemas import (
    EditPost,
    NewPost,
    PostBatch,
    PostCard,
    PostView,
    RevisionPage,
    UserPostPage,
    UserPostsQuery,
)
from modules.posts.selectors.pages import get_post, list_posts, list_user_posts
from modules.posts.selectors.revisions import list_revisions
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post, publish_post


class Posts(View):
    """All posts."""

    @endpoint(
        "publish_post",
        scope="write:posts",
        status=201,
        refuses=(
            PostNotFound,
            RepliesClosed,
            NotPublic,
            PostIsRepost,
            ThreadTooDeep,
            TooManyEntities,
            PostEmpty,
            MediaUnfit,
        ),
    )
    def post(self, request: Request, body: NewPost) -> PostCard:
        """
        Publish a post.

        It is in the author's home at once, and in those of the followers within moments; one for the
        mentioned alone is in no follower's. Who is mentioned (`@username`), tags (`#tag`) and links are found
        in the text and stand in `entities`: at most 20 mentions, 20 tags and 50 links. What shows media
        needs no text.

        With `reply_to` it is a reply, if whoever began that thread lets the caller (`reply_policy`); with
        `quote_of` it passes a public post on. A repost is neither replied to nor quoted, but its original is.
        Send an `Idempotency-Key` and a repeat has no second effect and gets the same answer.
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

    @endpoint(
        "edit_post",
        scope="write:posts",
        conditional=True,
        condition_required=False,
        refuses=(PostNotFound, NotYourPost, PostIsRepost, Stale, TooManyEntities, PostEmpty, MediaUnfit),
    )
    def patch(self, request: Request, post_id: int, body: EditPost) -> Rendered[PostView]:
        """
        Edit one's own post.

        What is left out stays as it is; `custom` and `media_ids` are replaced as a whole. Media that it does
        not show any more can be shown elsewhere; if nothing does, they are deleted after a while. Everybody's
        next request shows what it says now, and to whom; its place in lists stays. What it said before is
        kept, the newest 50 times.
        With `If-Match` nothing is done if the post has changed since the ETag that it names.
        """
        return edit_post(request.user.id, post_id, body, now=clock.now(), seen=request.seen)

    @endpoint("delete_post", scope="write:posts", refuses=(PostNotFound, NotYourPost))
    def delete(self, request: Request, post_id: int) -> None:
        """
        Delete one's own post.

        It is gone from every list at once. Deleting it again answers the same.
        """
        delete_post(request.user.id, post_id, now=clock.now())


class Revisions(View):
    """What a post said before."""

    @endpoint("list_post_revisions", public=True, refuses=(PostNotFound,))
    def get(self, request: Request, post_id: int, paging: Paging) -> RevisionPage:
        """
        List what a post said before it was edited, newest first.

        Whoever may see the post as it is now may see that, and nobody else.
        """
        return list_revisions(post_id, paging, viewer=viewer_of(request.viewer_id))


class UserPosts(View):
    """The posts of one user."""

    @endpoint("list_user_posts", public=True, refuses=(UserNotFound, AccountPrivate))
    def get(
        self, request: Request, user_id: int, query: UserPostsQuery, paging: Paging
    ) -> Rendered[UserPostPage]:
        """
        List a user's posts, newest first.

        Quotes are among them; replies and reposts if they are asked for. What the user has pinned is named on
        the first page if it is.
        """
        viewer = viewer_of(request.viewer_id)
        return list_user_posts(user_id, paging, include=query.choices, viewer=viewer)
