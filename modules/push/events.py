"""What push announces, to itself alone."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class PushesDue:
    """Something is to be pushed to a user's devices; a notification only, for the clock looks too."""

    name: ClassVar[str] = "push.pushes_due.v1"

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionTaken:
    """A target that was a user's device under this claim is somebody else's now, or another device's."""

    name: ClassVar[str] = "push.subscription_taken.v1"

    user_id: int
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRemoved:
    """A user's device is gone, and with it what the directory held under this claim."""

    name: ClassVar[str] = "push.device_removed.v1"

    user_id: int
    claim: str
