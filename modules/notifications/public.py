"""What others may call: re-exported functions and errors, nothing else."""

from modules.notifications.selectors.counts import get_counts
from modules.notifications.selectors.pages import list_notifications, map_notifications
from modules.notifications.selectors.preferences import find_preferences

__all__ = ["find_preferences", "get_counts", "list_notifications", "map_notifications"]
