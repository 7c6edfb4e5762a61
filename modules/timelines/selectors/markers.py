"""How far a user has read."""

from modules.timelines.models import Marker
from modules.timelines.schemas import MarkerCard, MarkerPage


def list_markers(user_id: int) -> MarkerPage:
    """Return all markers of a user, by name: there are a hundred at most, so one page holds them."""
    cards = [to_card(marker) for marker in Marker.objects.of(user_id).order_by("timeline")]
    return MarkerPage.plain(cards)


def to_card(marker: Marker) -> MarkerCard:
    """Return the card of a row."""
    return MarkerCard(
        timeline=marker.timeline, last_read_id=marker.last_read_id, updated_at=marker.updated_at
    )
