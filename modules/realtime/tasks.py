"""
What realtime hears: it tells those whom it concerns, each once.

What others announce later is told here too: a subscriber, and its kind in `schemas.KINDS`.
"""

from modules.exports.events import ExportFailed, ExportProgressed, ExportReady
from modules.graph.events import (
    FollowAccepted,
    FollowConfirmed,
    Followed,
    FollowerAdded,
    FollowerRemoved,
    FollowRequested,
    TiesChanged,
    Unfollowed,
)
from modules.kernel.bus import subscribes
from modules.media.events import MediaFailed, MediaReady
from modules.notifications.events import NotificationsChanged
from modules.realtime.services.telling import have_looked_again, tell
from modules.timelines.events import MarkerMoved
from sharding.scope import Once


@subscribes(MarkerMoved)
def tell_marker(event: MarkerMoved, once: Once) -> None:
    """Tell a user's other devices how far they have read."""
    data = {"timeline": event.timeline, "last_read_id": str(event.last_read_id), "version": event.version}
    tell([event.user_id], "marker.changed", data, once=once)


@subscribes(MediaReady)
def tell_media_ready(event: MediaReady, once: Once) -> None:
    """Tell whose media it is that it can be shown."""
    tell([event.owner_id], "media.ready", {"media_id": str(event.media_id)}, once=once)


@subscribes(MediaFailed)
def tell_media_failed(event: MediaFailed, once: Once) -> None:
    """Tell whose media it is that it never will be."""
    tell([event.owner_id], "media.failed", {"media_id": str(event.media_id)}, once=once)


@subscribes(ExportProgressed)
def tell_export_progress(event: ExportProgressed, once: Once) -> None:
    """Tell whose export it is how far it is."""
    data = {"export_id": str(event.export_id), "progress": event.progress}
    tell([event.user_id], "export.progress", data, once=once)


@subscribes(ExportReady)
def tell_export_ready(event: ExportReady, once: Once) -> None:
    """Tell whose export it is that it can be downloaded."""
    tell([event.user_id], "export.ready", {"export_id": str(event.export_id)}, once=once)


@subscribes(ExportFailed)
def tell_export_failed(event: ExportFailed, once: Once) -> None:
    """Tell whose export it is that it never will be made."""
    tell([event.user_id], "export.failed", {"export_id": str(event.export_id)}, once=once)


@subscribes(NotificationsChanged)
def tell_notifications(event: NotificationsChanged, once: Once) -> None:
    """Tell all devices how many notifications a user has not seen, and not read, and which have news."""
    data = {
        "version": event.version,
        "unseen": event.unseen,
        "unread": event.unread,
        "notification_ids": [str(group_id) for group_id in event.group_ids],
    }
    tell([event.user_id], "notifications.changed", data, once=once)


@subscribes(Followed)
def tell_followed(event: Followed, once: Once) -> None:
    """Tell the follower's devices."""
    _tell_relation(event.follower_id, event.target_id, once)


@subscribes(Unfollowed)
def tell_unfollowed(event: Unfollowed, once: Once) -> None:
    """Tell the follower's devices, and have them look whether they may still see what they listen to."""
    _tell_relation(event.follower_id, event.target_id, once)


@subscribes(FollowRequested)
def tell_requested(event: FollowRequested, once: Once) -> None:
    """Tell both sides of a request."""
    _tell_relation(event.follower_id, event.target_id, once)
    _tell_relation(event.target_id, event.follower_id, once)


@subscribes(FollowAccepted)
def tell_accepted(event: FollowAccepted, once: Once) -> None:
    """Tell who accepted; the other side is told when the edge stands there."""
    _tell_relation(event.user_id, event.follower_id, once)


@subscribes(FollowConfirmed)
def tell_confirmed(event: FollowConfirmed, once: Once) -> None:
    """Tell who was accepted."""
    _tell_relation(event.follower_id, event.target_id, once)


@subscribes(FollowerAdded)
def tell_follower_added(event: FollowerAdded, once: Once) -> None:
    """Tell who has a follower more."""
    _tell_relation(event.user_id, event.follower_id, once)


@subscribes(FollowerRemoved)
def tell_follower_removed(event: FollowerRemoved, once: Once) -> None:
    """Tell who has a follower less."""
    _tell_relation(event.user_id, event.follower_id, once)


@subscribes(TiesChanged)
def look_at_topics_again(event: TiesChanged, once: Once) -> None:
    """Have a user's sockets leave what they may see no more: somebody was blocked, or muted."""
    have_looked_again(event.user_id)


def _tell_relation(user_id: int, other_id: int, once: Once) -> None:
    """Tell a user that they stand with another as they did not before; how, they ask."""
    tell([user_id], "relationship.changed", {"user_id": str(other_id)}, once=once)
    have_looked_again(user_id)
