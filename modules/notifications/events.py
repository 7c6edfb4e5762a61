"""What notifications announces: that somebody's are others than before; and to itself, what is to be sent."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsChanged:
    """
    What a user is notified of has changed, and with it their counts, which are those of this version.

    `group_ids` are the groups that have news; none has where something was read or withdrawn.
    """

    name: ClassVar[str] = "notifications.notifications_changed.v1"

    user_id: int
    version: int
    unseen: int
    unread: int
    group_ids: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingDue:
    """A service's notification is to reach so many of its recipients, from a place in their list on."""

    name: ClassVar[str] = "notifications.sending_due.v1"

    sending_id: int
    first: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesEdited:
    """A user has changed by which ways they are told of what, how often by digest, or when not."""

    name: ClassVar[str] = "notifications.preferences_edited.v1"

    user_id: int
    version: int
