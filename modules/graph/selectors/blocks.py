"""Whom a user blocks, and who blocks them: reads of the user's own shard."""

from modules.graph.models import BlockIn, BlockOut
from modules.graph.schemas import EdgePage
from modules.graph.selectors.pages import build_edge_page
from modules.kernel.cursors import Paging


def is_blocking(user_id: int, target_id: int) -> bool:
    """Return whether a user blocks somebody; inside `writing_for(user_id)`, as of now."""
    return BlockOut.objects.of(user_id).filter(target_id=target_id).exists()


def is_blocked_by(user_id: int, blocker_id: int) -> bool:
    """Return whether somebody blocks a user, as far as the news has come; inside `writing_for(user_id)`."""
    return BlockIn.objects.of(user_id).filter(blocker_id=blocker_id, is_active=True).exists()


def list_blocks(user_id: int, paging: Paging) -> EdgePage:
    """Return a page of those whom a user blocks, newest first."""
    return build_edge_page(BlockOut.objects.of(user_id), "target_id", paging)
