"""What other contexts may call: re-exported functions and errors, nothing else."""

from modules.profiles.selectors.cards import CARDS, UserHead, draw_users, map_drawn, select_visible
from modules.profiles.services.bulk import create_profiles_in_bulk

__all__ = [
    "CARDS",
    "UserHead",
    "create_profiles_in_bulk",
    "draw_users",
    "map_drawn",
    "select_visible",
]
