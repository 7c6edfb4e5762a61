"""`/v1/me/pins` and `/v1/users/{user_id}/pins`: which of their posts people have pinned."""

from modules.graph.public import AccountPrivate, UserNotFound, viewer_of
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.posts.errors import NotYourPost, PinCapReached, PostIsRepost, PostNotFound
from modules.posts.schemas import PostPage
from modules.posts.selectors.pages import list_pins
from modules.posts.services.pins import pin_post, unpin_post


class OnePin(View):
    """One post of the caller's that is pinned, or not."""

    @endpoint(
        "pin_post", scope="write:posts", refuses=(PostNotFound, NotYourPost, PostIsRepost, PinCapReached)
    )
    def put(self, request: Request, post_id: int) -> None:
        """
        Pin one of the caller's own posts, above those pinned before.

        There can be five. Pinning it again changes nothing and answers the same; a post that is deleted is
        pinned no longer.
        """
        pin_post(request.user.id, post_id)

    @endpoint("unpin_post", scope="write:posts")
    def delete(self, request: Request, post_id: int) -> None:
        """
        Unpin one of the caller's posts.

        Where it is not pinned, nothing changes and the answer is the same, whatever became of the post.
        """
        unpin_post(request.user.id, post_id)


class UserPins(View):
    """What one user has pinned."""

    @endpoint("list_pins", public=True, refuses=(UserNotFound, AccountPrivate))
    def get(self, request: Request, user_id: int) -> Rendered[PostPage]:
        """
        List the posts that a user has pinned, the newest pin first.

        At most five, all on one page; those that the caller may not see are left out.
        """
        return list_pins(user_id, viewer=viewer_of(request.viewer_id))
