"""What ends when a user is erased: reactions and posts, each told as if they had ended it themselves."""

from collections import Counter
from typing import Final

from modules.kernel import clock
from modules.posts.events import ReactionRemoved
from modules.posts.models import Post, ReactionOut
from modules.posts.services.posts import leave_tombstone
from modules.posts.services.purges import purge_part
from sharding import erasing, outbox
from sharding.erasing import Phase, Step
from sharding.scope import require_binding

# Posts of a transaction: each takes some statements.
_PART: Final = 50
# By ctid, for a DELETE knows no LIMIT.
_END_REACTIONS: Final = """
    DELETE FROM posts_reactionout WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM posts_reactionout WHERE user_id = %s LIMIT %s FOR UPDATE))
    RETURNING post_id, type, edge_id"""


def end_reactions(user_id: int, limit: int) -> dict[str, int]:
    """Take a part of a user's reactions back, in the open transaction."""
    with require_binding().connection.cursor() as cursor:
        cursor.execute(_END_REACTIONS, [user_id, limit])
        ended = cursor.fetchall()
    for post_id, type, edge_id in ended:
        # Nobody looks at their marks any more, so no version of these is made.
        event = ReactionRemoved(user_id=user_id, post_id=post_id, type=type, edge_id=edge_id, version=0)
        outbox.record(event)
    return {ReactionOut._meta.db_table: len(ended)} if ended else {}


def end_posts(user_id: int, limit: int) -> dict[str, int]:
    """Make a part of a user's posts tombstones, in the open transaction; the rows are counted as they go."""
    rows = Post.objects.of(user_id).select_for_update().filter(deleted_at=None).order_by("-id")
    posts = list(rows[: min(limit, _PART)])
    now = clock.now()
    for post in posts:
        leave_tombstone(post, now=now)
    return {"": len(posts)} if posts else {}


def remove_tombstones(user_id: int, limit: int) -> dict[str, int]:
    """
    Remove a part of a user's deleted posts, in the open transaction; of each what lies at it goes before.

    What others have hung on them stays under the post's id, which is nobody's then: to them, it was deleted.
    """
    gone: Counter[str] = Counter()
    rows = Post.objects.of(user_id).select_for_update().filter(deleted_at__isnull=False)
    for post in rows[: min(limit, _PART)]:
        part = purge_part(post, limit=limit)
        gone.update(part.counts)
        if part.is_last:
            Post.objects.of(user_id).filter(id=post.id).delete()
            gone[Post._meta.db_table] += 1
    return dict(+gone)


def count_posts(user_id: int) -> dict[str, int]:
    """Count a user's posts, those that stand and those that do not: each has an index of its own."""
    rows = Post.objects.of(user_id).on_primary()
    return {
        Post._meta.db_table: sum(
            rows.filter(deleted_at__isnull=is_standing).count() for is_standing in (True, False)
        )
    }


for _step in (
    Step("posts.posts", Phase.TOLD, end_posts),
    Step("posts.reactions", Phase.TOLD, end_reactions),
    Step("posts.tombstones", Phase.SETTLED, remove_tombstones, count_posts),
):
    erasing.register(_step)
