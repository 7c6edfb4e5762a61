"""What other contexts may call: re-exported functions and errors, nothing else."""

from modules.profiles.selectors.cards import admits, map_cards, select_visible
from modules.profiles.selectors.names import Name, map_names
from modules.profiles.selectors.users import build_user_page
from modules.profiles.services.bulk import create_profiles_in_bulk
from modules.profiles.services.profiles import edit_profile

__all__ = [
    "Name",
    "admits",
    "build_user_page",
    "create_profiles_in_bulk",
    "edit_profile",
    "map_cards",
    "map_names",
    "select_visible",
]
