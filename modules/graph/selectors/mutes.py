"""Whom a user mutes."""

from datetime import datetime

from django.db.models import Q

from modules.graph.models import Mute
from modules.graph.schemas import EdgePage
from modules.graph.selectors.pages import build_edge_page
from modules.kernel.cursors import Paging


def list_mutes(user_id: int, paging: Paging, *, now: datetime) -> EdgePage:
    """Return a page of those whom a user mutes, newest first; mutes that have expired are none."""
    standing = Q(expires_at=None) | Q(expires_at__gt=now)
    return build_edge_page(Mute.objects.of(user_id).filter(standing), "target_id", paging)
