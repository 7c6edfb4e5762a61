"""`/v1/me`: the caller's own profile."""

from modules.graph.public import UserNotFound
from modules.kernel.errors import Stale
from modules.kernel.http import Request, View, endpoint
from modules.profiles.schemas import EditProfile, UserView
from modules.profiles.selectors.users import get_me
from modules.profiles.services.profiles import edit_profile


class Me(View):
    """The caller."""

    @endpoint("get_me", scope="read:profiles", conditional=True, refuses=(UserNotFound,))
    def get(self, request: Request) -> UserView:
        """Show the caller's own profile."""
        return get_me(request.user.id)

    @endpoint("edit_me", scope="write:profiles", conditional=True, refuses=(UserNotFound, Stale))
    def patch(self, request: Request, body: EditProfile) -> UserView:
        """
        Edit the caller's own profile.

        What is left out stays as it is; `custom` is replaced as a whole. `If-Match` names the ETag that was
        seen, and if the profile has changed since, nothing is done.
        """
        return edit_profile(request.user.id, body, seen=request.seen)
