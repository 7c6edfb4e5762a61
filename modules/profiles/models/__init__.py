"""Tables of profiles."""

from modules.profiles.models.profiles import ACTIVE, CLOSED, Profile

__all__ = ["ACTIVE", "CLOSED", "Profile"]
