"""What profiles announces."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileEdited:
    """A user's card changed; `version` is what it is at now."""

    name: ClassVar[str] = "profiles.profile_edited.v1"

    user_id: int
    version: int
