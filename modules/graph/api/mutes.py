"""`/v1/me/mutes/{user_id}`: parse, call once, answer; refusals rise."""

from modules.graph.errors import CannotMuteYourself, MuteCapReached, MuteEndInvalid, UserNotFound
from modules.graph.schemas import MuteOptions, Relationship
from modules.graph.services.mutes import mute, unmute
from modules.kernel import clock
from modules.kernel.http import Request, View, endpoint


class Mute(View):
    """One person whom the caller mutes, or not."""

    @endpoint(
        "mute_user",
        scope="write:graph",
        body_optional=True,
        refuses=(UserNotFound, CannotMuteYourself, MuteCapReached, MuteEndInvalid),
    )
    def put(self, request: Request, user_id: int, body: MuteOptions) -> Relationship:
        """
        Mute a user.

        Their posts are in the caller's home no longer, and are there again when the mute ends; on their
        profile and by their ids they still are. The user is not told. Muting somebody a second time replaces
        what was said before.
        """
        return mute(request.user.id, user_id, body, now=clock.now())

    @endpoint("unmute_user", scope="write:graph")
    def delete(self, request: Request, user_id: int) -> None:
        """
        Unmute a user.

        Unmuting somebody whom the caller does not mute changes nothing and answers the same.
        """
        unmute(request.user.id, user_id)
