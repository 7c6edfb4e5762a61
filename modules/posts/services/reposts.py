"""Reposting: a post of the user's own that passes another one on, made once for each of the two."""

from datetime import datetime
from typing import Final

from django.db import connections

from modules.graph.public import viewer_of
from modules.kernel.derived import follow_now
from modules.posts.events import PostPublished
from modules.posts.models import Post, Repost
from modules.posts.schemas import PUBLIC, REPOST, PostCard, PostKey
from modules.posts.selectors.cards import POSTS, to_card
from modules.posts.services.links import Links, announce_links, find_original
from modules.posts.services.posts import delete_post
from sharding import outbox
from sharding.ids import shard_of
from sharding.scope import Write, writing_for

# The row that makes it one, the post and its author's count. Of two at once the second waits, and finds it.
_ADD: Final = """
    WITH made AS (
        INSERT INTO posts_repost (user_id, original_id, post_id)
        VALUES (%(user_id)s, %(original_id)s, next_id(%(shard)s))
        ON CONFLICT DO NOTHING RETURNING post_id),
    counted AS (
        INSERT INTO posts_authorcount (author_id, posts) SELECT %(user_id)s, 1 FROM made
        ON CONFLICT (author_id) DO UPDATE SET posts = posts_authorcount.posts + 1)
    INSERT INTO posts_post (id, author_id, text, published_at, version, kind, original_id, original_author_id)
    SELECT post_id, %(user_id)s, '', %(now)s, 1, %(kind)s, %(original_id)s, %(original_author_id)s FROM made
    RETURNING id"""


def repost(user_id: int, post_id: int, *, now: datetime) -> PostCard:
    """
    Have a user repost a post, their own too, and announce it; a second time changes nothing.

    Of a repost its original is meant. Advisory, as with replies: what is passed on may go in this moment, and
    then the repost, which is returned, is shown to nobody.

    :raises PostNotFound: if there is no such post, or none that they may see
    :raises NotPublic: if not everybody may see it
    """
    original = find_original(viewer_of(user_id), post_id)
    with writing_for(user_id) as write:
        published = None
        while (post := _find(user_id, original.post_id)) is None:
            published = _add(write, original, now=now)
    if published is not None:
        follow_now(published)
    return to_card(post)


def remove_repost(user_id: int, post_id: int, *, now: datetime) -> None:
    """
    Take a user's repost of a post back, as its deletion does; nothing happens if there is none.

    Of a repost its original is meant. Theirs goes whether or not the original is still there for them.
    """
    post = _find(user_id, post_id)
    if post is None and (named := POSTS.get_many([post_id]).get(post_id)) and named.head.kind == REPOST:
        post = _find(user_id, named.head.original_id)
    if post is not None:
        delete_post(user_id, post.id, now=now)


def _find(user_id: int, original_id: int) -> Post | None:
    rows = Repost.objects.of(user_id).on_primary().filter(original_id=original_id)
    post_id = rows.values_list("post_id", flat=True).first()
    return None if post_id is None else Post.objects.of(user_id).on_primary().filter(id=post_id).first()


def _add(write: Write, original: PostKey, *, now: datetime) -> PostPublished | None:
    """Return the news of a repost that was made, or None if there is one already."""
    user_id = write.owner_id
    with connections[write.alias].cursor() as cursor:
        cursor.execute(
            _ADD,
            {
                "user_id": user_id,
                "shard": shard_of(user_id),
                "original_id": original.post_id,
                "original_author_id": original.author_id,
                "kind": REPOST,
                "now": now,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return None
    outbox.record(published := PostPublished(post_id=row[0], author_id=user_id, audience=PUBLIC))
    links = Links(kind=REPOST, original_id=original.post_id, original_author_id=original.author_id)
    announce_links(row[0], user_id, links)
    return published
