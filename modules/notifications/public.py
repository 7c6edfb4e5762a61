"""What others may call: re-exported functions and errors, nothing else."""

from modules.notifications.selectors.counts import get_counts
from modules.notifications.selectors.pages import list_notifications, map_notifications
from modules.notifications.selectors.preferences import find_preferences, is_time_zone, map_digest_wishes
from modules.notifications.services.preferences import edit_preferences

__all__ = [
    "edit_preferences",
    "find_preferences",
    "get_counts",
    "is_time_zone",
    "list_notifications",
    "map_digest_wishes",
    "map_notifications",
]
