"""`/v1/me/following/{user_id}`: parse, call once, answer; refusals rise."""

from modules.graph.errors import CannotFollowYourself, FollowingCapReached, UserBlocked, UserNotFound
from modules.graph.schemas import Relationship
from modules.graph.services.follows import follow, unfollow
from modules.kernel.http import Request, View, endpoint


class Following(View):
    """One person whom the caller follows, or not."""

    @endpoint(
        "follow_user",
        scope="write:graph",
        refuses=(UserNotFound, CannotFollowYourself, FollowingCapReached, UserBlocked),
    )
    def put(self, request: Request, user_id: int) -> Relationship:
        """
        Follow a user.

        Following somebody a second time changes nothing and answers the same.
        """
        return follow(request.user.id, user_id)

    @endpoint("unfollow_user", scope="write:graph")
    def delete(self, request: Request, user_id: int) -> None:
        """
        Unfollow a user.

        Unfollowing somebody whom the caller does not follow changes nothing and answers the same.
        """
        unfollow(request.user.id, user_id)
