"""`/v1/me/blocks/{user_id}`: parse, call once, answer; refusals rise."""

from modules.graph.errors import BlockCapReached, CannotBlockYourself, UserNotFound
from modules.graph.schemas import Relationship
from modules.graph.services.blocks import block, unblock
from modules.kernel import clock
from modules.kernel.http import Request, View, endpoint


class Block(View):
    """One person whom the caller blocks, or not."""

    @endpoint("block_user", scope="write:graph", refuses=(UserNotFound, CannotBlockYourself, BlockCapReached))
    def put(self, request: Request, user_id: int) -> Relationship:
        """
        Block a user.

        Neither sees the other from now on, and neither follows the other any more. The user is not told.
        Blocking somebody a second time changes nothing and answers the same. Who blocks the caller may be
        blocked as well: else the end of that block would leave the caller without one.
        """
        return block(request.user.id, user_id, now=clock.now())

    @endpoint("unblock_user", scope="write:graph")
    def delete(self, request: Request, user_id: int) -> None:
        """
        Unblock a user.

        Who followed whom before does not come back. Unblocking somebody whom the caller does not block
        changes nothing and answers the same.
        """
        unblock(request.user.id, user_id)
