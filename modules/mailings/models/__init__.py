"""Tables of mailings: what users want lies on their shards, what is sent to many in the directory."""

from modules.mailings.models.issues import Issue, Part
from modules.mailings.models.subscriptions import Subscription

__all__ = ["Issue", "Part", "Subscription"]
