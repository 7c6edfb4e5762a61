"""Tables of profiles."""

from modules.profiles.models.profiles import ACTIVE, Profile

__all__ = ["ACTIVE", "Profile"]
