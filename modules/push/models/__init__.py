"""Tables of push: all but whose a subscription is lie on the user's shard."""

from modules.push.models.devices import Device, Subscription
from modules.push.models.pushes import Push

__all__ = ["Device", "Push", "Subscription"]
