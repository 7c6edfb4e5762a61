"""`/v1/me/follow-requests`: who asks to follow the caller; here their cards are known."""

from typing import ClassVar

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.profiles.schemas import UserPage
from modules.profiles.selectors.users import list_follow_requests


class FollowRequests(View):
    """Who asks to follow the caller."""

    tag: ClassVar[str | None] = "graph"

    @endpoint("list_follow_requests", scope="read:graph")
    def get(self, request: Request, paging: Paging) -> Rendered[UserPage]:
        """List those who ask to follow the caller, newest first."""
        return list_follow_requests(paging, viewer=viewer_of(request.user.id))
