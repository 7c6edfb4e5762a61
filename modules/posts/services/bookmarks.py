"""Keeping posts for oneself: one side, on the user's shard, and nobody else hears of what."""

from typing import Final

from django.conf import settings
from django.db import connections

from modules.posts.errors import BookmarkCapReached
from modules.posts.events import BookmarksChanged
from modules.posts.services.marks import cache_marks, find_marks
from modules.posts.services.reactions import require_visible
from sharding import outbox
from sharding.ids import shard_of
from sharding.scope import Write, writing_for

# Last the row that counts: its lock puts a user's changes in order, and no two of them pass the cap together.
_CHANGE: Final = """
    WITH bookmark AS ({change} RETURNING user_id)
    INSERT INTO posts_markcount (user_id, version, bookmarks)
    SELECT user_id, 1, greatest(%(step)s, 0) FROM bookmark
    ON CONFLICT (user_id) DO UPDATE SET
        version = posts_markcount.version + 1, bookmarks = posts_markcount.bookmarks + %(step)s
    RETURNING version, bookmarks"""
_ADD: Final = _CHANGE.format(
    change="""
        INSERT INTO posts_bookmark (user_id, post_id, bookmark_id)
        VALUES (%(user_id)s, %(post_id)s, next_id(%(shard)s))
        ON CONFLICT DO NOTHING"""
)
_REMOVE: Final = _CHANGE.format(
    change="DELETE FROM posts_bookmark WHERE user_id = %(user_id)s AND post_id = %(post_id)s"
)


def add_bookmark(user_id: int, post_id: int) -> None:
    """
    Keep a post among a user's bookmarks; keeping it a second time changes nothing.

    :raises PostNotFound: if there is no such post, or none that they may see
    :raises BookmarkCapReached: if they have as many as there may be
    """
    require_visible(user_id, post_id)
    _change(user_id, post_id, _ADD, step=1)


def remove_bookmark(user_id: int, post_id: int) -> None:
    """Take a post out of a user's bookmarks, whatever became of it; nothing happens if it is in none."""
    _change(user_id, post_id, _REMOVE, step=-1)


def _change(user_id: int, post_id: int, statement: str, *, step: int) -> None:
    with writing_for(user_id) as write:
        version = _execute(write, post_id, statement, step)
        if version is None:
            return
        outbox.record(BookmarksChanged(user_id=user_id, version=version))
        marks = find_marks(write, post_id)
    cache_marks.now(user_id, version=version, post_id=post_id, marks=marks)


def _execute(write: Write, post_id: int, statement: str, step: int) -> int | None:
    """Return the version that the user's marks have after a change, or None if nothing has changed."""
    user_id = write.owner_id
    with connections[write.alias].cursor() as cursor:
        values = {"user_id": user_id, "post_id": post_id, "shard": shard_of(user_id), "step": step}
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None:
        return None
    version, bookmarks = row
    if step > 0 and bookmarks > settings.POSTS.bookmark_cap:
        raise BookmarkCapReached
    return int(version)
