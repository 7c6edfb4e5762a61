"""`/v1/me/blocks` and `/v1/me/mutes`: whom the caller blocks or mutes, for here their cards are known."""

from typing import ClassVar

from modules.graph.public import viewer_of
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.profiles.schemas import UserPage
from modules.profiles.selectors.users import list_blocks, list_mutes


class Blocks(View):
    """Whom the caller blocks."""

    tag: ClassVar[str | None] = "graph"

    @endpoint("list_blocks", scope="read:graph")
    def get(self, request: Request, paging: Paging) -> Rendered[UserPage]:
        """
        List those whom the caller blocks, newest first.

        Whoever blocks the caller as well is not among them.
        """
        return list_blocks(paging, viewer=viewer_of(request.user.id))


class Mutes(View):
    """Whom the caller mutes."""

    tag: ClassVar[str | None] = "graph"

    @endpoint("list_mutes", scope="read:graph")
    def get(self, request: Request, paging: Paging) -> Rendered[UserPage]:
        """
        List those whom the caller mutes, newest first.

        Mutes that have expired are not among them.
        """
        return list_mutes(paging, viewer=viewer_of(request.user.id), now=clock.now())
