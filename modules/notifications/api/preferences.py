"""`/v1/me/notification-preferences` and `/v1/me/muted-threads`: of what the caller wants to hear, and how."""

from modules.kernel.errors import Stale
from modules.kernel.http import Request, View, endpoint
from modules.kernel.rendered import Rendered
from modules.notifications.errors import SecurityStaysOn, TimeZoneUnknown, TooManyMutedThreads
from modules.notifications.schemas import EditPreferences, PreferencesView
from modules.notifications.selectors.preferences import get_preferences
from modules.notifications.services.preferences import edit_preferences
from modules.notifications.services.threads import mute_thread, unmute_thread
from modules.posts.public import PostNotFound


class OwnPreferences(View):
    """The caller's preferences."""

    @endpoint("get_notification_preferences", scope="read:notifications", conditional=True)
    def get(self, request: Request) -> Rendered[PreferencesView]:
        """Show by which ways the caller is told of what, how often by digest, and when nothing is pushed."""
        return get_preferences(request.user.id)

    @endpoint(
        "edit_notification_preferences",
        scope="write:notifications",
        conditional=True,
        condition_required=False,
        refuses=(SecurityStaysOn, TimeZoneUnknown, Stale),
    )
    def patch(self, request: Request, body: EditPreferences) -> Rendered[PreferencesView]:
        """
        Change by which ways the caller is told of what; it holds for what happens from now on.

        What is left out stays as it is. A type without `in_app` is not told of at all. If `If-Match` is sent,
        and the preferences have changed since, nothing is done.
        """
        return edit_preferences(request.user.id, body, seen=request.seen)


class MutedThread(View):
    """A thread of which the caller hears nothing, or does again."""

    @endpoint("mute_thread", scope="write:notifications", refuses=(PostNotFound, TooManyMutedThreads))
    def put(self, request: Request, post_id: int) -> None:
        """
        Tell the caller nothing more of the thread that a post is in: of replies and mentions in it.

        What is done to its first post is not told of either. A second time changes nothing.
        """
        mute_thread(request.user.id, post_id)

    @endpoint("unmute_thread", scope="write:notifications")
    def delete(self, request: Request, post_id: int) -> None:
        """Tell the caller of a thread again; of one that is not muted that changes nothing."""
        unmute_thread(request.user.id, post_id)
