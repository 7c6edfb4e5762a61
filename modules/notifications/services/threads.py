"""Threads of which a user wants to hear nothing."""

from django.conf import settings

from modules.graph.public import viewer_of
from modules.notifications.errors import TooManyMutedThreads
from modules.notifications.models import MutedThread
from modules.notifications.services.tables import lock_inbox
from modules.posts import public as posts
from sharding.scope import writing_for


def mute_thread(user_id: int, post_id: int) -> None:
    """
    Tell a user nothing more of the thread of a post; a second time changes nothing.

    :raises PostNotFound: if there is no such post, or none that they may see
    :raises TooManyMutedThreads: if they have reached the limit
    """
    posts.map_visible([post_id], viewer=viewer_of(user_id)).require(post_id)
    root_id = posts.map_roots([post_id]).get(post_id, post_id)
    with writing_for(user_id):
        lock_inbox(user_id)
        muted = MutedThread.objects.of(user_id)
        if muted.filter(root_id=root_id).exists():
            return
        if muted.count() >= settings.NOTIFICATIONS.muted_thread_cap:
            raise TooManyMutedThreads
        MutedThread.objects.create(user_id=user_id, root_id=root_id)


def unmute_thread(user_id: int, post_id: int) -> None:
    """Tell a user of a thread again; nothing happens if it is not muted, or is there no more."""
    root_id = posts.map_roots([post_id]).get(post_id, post_id)
    with writing_for(user_id):
        MutedThread.objects.of(user_id).filter(root_id=root_id).delete()
