"""Pinning posts of one's own, so that a profile begins with them: a column of the post, gone with it."""

from django.conf import settings

from modules.posts.errors import PinCapReached, PostIsRepost
from modules.posts.models import AuthorCount, Post
from modules.posts.schemas import REPOST
from modules.posts.services.posts import refuse_unowned
from sharding.ids import NextId, shard_of
from sharding.scope import writing_for


def pin_post(user_id: int, post_id: int) -> None:
    """
    Pin a user's own post above those pinned before; pinning it again changes nothing.

    :raises PostNotFound: if there is no such post, or somebody else's may not be shown
    :raises NotYourPost: if it is somebody else's
    :raises PostIsRepost: if it is a repost, which has nothing of its own
    :raises PinCapReached: if they have pinned as many as there may be
    """
    if shard_of(post_id) != shard_of(user_id) or not _pin(user_id, post_id):
        refuse_unowned(user_id, post_id)


def unpin_post(user_id: int, post_id: int) -> None:
    """Unpin a user's post; nothing happens if it is not pinned, whatever became of it."""
    with writing_for(user_id):
        Post.objects.of(user_id).filter(id=post_id).update(pin_id=None)


def _pin(user_id: int, post_id: int) -> bool:
    """Return whether the user has such a post, which is pinned then."""
    with writing_for(user_id):
        post = Post.objects.of(user_id).select_for_update().filter(id=post_id, deleted_at=None).first()
        if post is None:
            return False
        if post.kind == REPOST:
            raise PostIsRepost
        if post.pin_id is None:
            _check_room(user_id)
            Post.objects.of(user_id).filter(id=post_id).update(pin_id=NextId(shard_of(user_id)))
    return True


def _check_room(user_id: int) -> None:
    """See whether there is room for one more, under the lock of the author's count, as deleting takes it."""
    AuthorCount.objects.of(user_id).select_for_update().get()
    pinned = Post.objects.of(user_id).filter(pin_id__isnull=False, deleted_at=None).count()
    if pinned >= settings.POSTS.pin_cap:
        raise PinCapReached
