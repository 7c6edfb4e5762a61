"""`/v1/me/notifications`: what the caller is notified of, how far they have seen and read it."""

from modules.graph.public import viewer_of
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.notifications.errors import NotificationNotFound
from modules.notifications.schemas import (
    EditNotification,
    NewMarks,
    NotificationCounts,
    NotificationPage,
    NotificationsQuery,
)
from modules.notifications.selectors.actors import list_actors
from modules.notifications.selectors.counts import get_counts
from modules.notifications.selectors.pages import list_notifications
from modules.notifications.services.marks import delete_notification, mark_read, move_marks
from modules.profiles.schemas import UserPage


class Notifications(View):
    """All of the caller's notifications."""

    @endpoint("list_notifications", scope="read:notifications")
    def get(self, request: Request, query: NotificationsQuery, paging: Paging) -> Rendered[NotificationPage]:
        """
        List the caller's notifications, those with the newest news first.

        One tells of all who did the same to the same: it takes in more until it is read or a week old, and
        moves to the top with each that is new. What was undone is withdrawn, and whoever does it again is no
        news. Of whom the caller has blocked, or muted with their notifications, nothing is shown, nor of
        posts that are gone or not for them. Notifications are kept for 90 days after their last news.
        """
        return list_notifications(query, paging, viewer=viewer_of(request.user.id))


class Counts(View):
    """How many there are."""

    @endpoint("get_notification_counts", scope="read:notifications")
    def get(self, request: Request) -> NotificationCounts:
        """Tell how many notifications the caller has not seen, and not read: what a badge shows."""
        return get_counts(request.user.id)


class Marks(View):
    """How far the caller has seen and read."""

    @endpoint("move_notification_marks", scope="write:notifications")
    def put(self, request: Request, body: NewMarks) -> NotificationCounts:
        """
        Say up to which notification the caller has seen, or read, all there is.

        Send the `last_id` of the newest that was on the screen: what came in meanwhile stays unseen. Marks
        move on and never back.
        """
        return move_marks(request.user.id, body)


class OneNotification(View):
    """One notification."""

    @endpoint("mark_notification_read", scope="write:notifications", refuses=(NotificationNotFound,))
    def patch(self, request: Request, notification_id: int, body: EditNotification) -> None:
        """Note that one notification was read; what more of the same happens begins a new one."""
        mark_read(request.user.id, notification_id)

    @endpoint("delete_notification", scope="write:notifications", refuses=(NotificationNotFound,))
    def delete(self, request: Request, notification_id: int) -> None:
        """Delete one notification; who did what it tells of is not told of again for the same."""
        delete_notification(request.user.id, notification_id)


class Actors(View):
    """Who did what one notification tells of."""

    @endpoint("list_notification_actors", scope="read:notifications", refuses=(NotificationNotFound,))
    def get(self, request: Request, notification_id: int, paging: Paging) -> Rendered[UserPage]:
        """List everybody who did what one notification tells of, newest first."""
        return list_actors(notification_id, paging, viewer=viewer_of(request.user.id))
