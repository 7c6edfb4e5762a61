"""`/v1/me/followers/{user_id}` and `/v1/me/follow-requests/{user_id}`: who may follow the caller."""

from modules.graph.errors import FollowRequestNotFound
from modules.graph.schemas import Relationship
from modules.graph.services.consent import accept_request, reject_request, revoke_follow
from modules.kernel import clock
from modules.kernel.http import Request, View, endpoint


class Follower(View):
    """One person who follows the caller, or not."""

    @endpoint("remove_follower", scope="write:graph")
    def delete(self, request: Request, user_id: int) -> None:
        """
        Remove a follower.

        Within moments they see no more than others. Removing somebody who does not follow changes nothing
        and answers the same.
        """
        revoke_follow(request.user.id, user_id, now=clock.now())


class FollowRequest(View):
    """One person who asks to follow the caller."""

    @endpoint("accept_follow_request", scope="write:graph", refuses=(FollowRequestNotFound,))
    def put(self, request: Request, user_id: int) -> Relationship:
        """
        Accept a request to follow the caller.

        Accepting it a second time changes nothing and answers the same.
        """
        return accept_request(request.user.id, user_id, now=clock.now())

    @endpoint("reject_follow_request", scope="write:graph", refuses=(FollowRequestNotFound,))
    def delete(self, request: Request, user_id: int) -> None:
        """
        Reject a request to follow the caller.

        They are not told, and may ask again.
        """
        reject_request(request.user.id, user_id, now=clock.now())
