"""Tables of notifications: all but what services send lie on the recipient's shard."""

from modules.notifications.models.groups import Action, Group
from modules.notifications.models.inboxes import Inbox, MutedThread
from modules.notifications.models.sendings import Sending

__all__ = ["Action", "Group", "Inbox", "MutedThread", "Sending"]
