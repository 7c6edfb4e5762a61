"""`/v1/me/following/{user_id}`: parse, call once, answer; refusals rise."""

from modules.graph.errors import (
    CannotFollowYourself,
    FollowingCapReached,
    FollowRequestCapReached,
    NotFollowing,
    UserBlocked,
    UserNotFound,
)
from modules.graph.schemas import FollowOptions, Relationship
from modules.graph.services.follows import follow, set_follow_options, unfollow
from modules.kernel.http import Reply, Request, View, endpoint


class Following(View):
    """One person whom the caller follows, or not."""

    @endpoint(
        "follow_user",
        scope="write:graph",
        also=(202,),
        body_optional=True,
        refuses=(
            UserNotFound,
            UserBlocked,
            CannotFollowYourself,
            FollowingCapReached,
            FollowRequestCapReached,
        ),
    )
    def put(self, request: Request, user_id: int, body: FollowOptions) -> Reply[Relationship]:
        """
        Follow a user, or ask a private account to consent.

        Asking is answered with 202: the caller follows once the request is accepted. Following or asking a
        second time changes nothing but the options sent, and answers the same. `DELETE` withdraws a request.
        """
        relationship = follow(request.user.id, user_id, body)
        return Reply(relationship, 202 if relationship.requested else 200)

    @endpoint("set_follow_options", scope="write:graph", refuses=(NotFollowing,))
    def patch(self, request: Request, user_id: int, body: FollowOptions) -> Relationship:
        """
        Change the options of a follow, or of a request.

        What is left out stays as it is.
        """
        return set_follow_options(request.user.id, user_id, body)

    @endpoint("unfollow_user", scope="write:graph")
    def delete(self, request: Request, user_id: int) -> None:
        """
        Unfollow a user, or withdraw a request.

        Unfollowing somebody whom the caller does not follow changes nothing and answers the same.
        """
        unfollow(request.user.id, user_id)
