"""News of who is mentioned, for those whom nothing else tells of the post."""

from collections.abc import Collection

from modules.posts.events import MentionsRemoved, UsersMentioned
from modules.posts.models import Post
from modules.posts.services.entities import mentioned_ids
from sharding import outbox


def announce_mentions(
    author_id: int,
    post_id: int,
    user_ids: Collection[int],
    *,
    root_id: int | None,
    but: int | None,
    version: int,
) -> None:
    """
    Announce whom a post mentions from this version on, in the transaction of its row; of nobody, nothing.

    Its author knows, and so does whom it replies to (`but`).
    """
    if told := sorted(set(user_ids) - {author_id, but}):
        outbox.record(
            UsersMentioned(
                post_id=post_id, author_id=author_id, user_ids=told, root_id=root_id or 0, version=version
            )
        )


def end_mentions(post: Post, *, version: int, user_ids: Collection[int] | None = None) -> None:
    """Announce that a post mentions these no more, or nobody, in the transaction that makes it so."""
    gone = mentioned_ids(post.entities) if user_ids is None else user_ids
    if told := sorted(set(gone) - {post.author_id, post.reply_to_author_id}):
        outbox.record(
            MentionsRemoved(post_id=post.id, author_id=post.author_id, user_ids=told, version=version)
        )
