"""Reacting to posts: the side of whoever reacts, which is the authority."""

from typing import Final, NamedTuple

from django.conf import settings
from django.db import connections

from modules.graph.public import viewer_of
from modules.posts.errors import PostIsRepost, ReactionUnknown
from modules.posts.events import ReactionAdded, ReactionRemoved
from modules.posts.schemas import REPOST
from modules.posts.selectors.visibility import map_visible
from modules.posts.services.marks import cache_marks, find_marks
from sharding import outbox
from sharding.ids import shard_of
from sharding.scope import Write, writing_for

# Last the row that counts a user's changes: its lock, held until the commit, is what puts them in order.
_CHANGE: Final = """
    WITH edge AS ({edge} RETURNING user_id, edge_id),
    changed AS (
        INSERT INTO posts_markcount (user_id, version) SELECT user_id, 1 FROM edge
        ON CONFLICT (user_id) DO UPDATE SET version = posts_markcount.version + 1
        RETURNING version)
    SELECT edge_id, version FROM edge, changed"""
_ADD: Final = _CHANGE.format(
    edge="""
        INSERT INTO posts_reactionout (user_id, post_id, type, edge_id)
        VALUES (%(user_id)s, %(post_id)s, %(type)s, next_id(%(shard)s))
        ON CONFLICT DO NOTHING"""
)
_REMOVE: Final = _CHANGE.format(
    edge="""
        DELETE FROM posts_reactionout
        WHERE user_id = %(user_id)s AND post_id = %(post_id)s AND type = %(type)s"""
)


class _Reaction(NamedTuple):
    user_id: int
    post_id: int
    type: str


class _Change(NamedTuple):
    edge_id: int
    version: int
    # Those that the user has on the post afterwards.
    marks: bytes


def add_reaction(user_id: int, post_id: int, type: str) -> None:
    """
    Have a user react to a post and announce it; reacting so a second time changes nothing.

    Whether they may see the post is asked before, where it is known: it may go between this look and the
    write, and then nothing is counted.

    :raises ReactionUnknown: if there is no such type
    :raises PostNotFound: if there is no such post, or none that they may see
    :raises PostIsRepost: if it is a repost: its original is meant
    """
    if type not in settings.POSTS.reactions:
        raise ReactionUnknown(settings.POSTS.reactions)
    require_visible(user_id, post_id)
    reaction = _Reaction(user_id, post_id, type)
    with writing_for(user_id) as write:
        if (change := _execute(write, _ADD, reaction)) is not None:
            outbox.record(ReactionAdded(**reaction._asdict(), edge_id=change.edge_id, version=change.version))
    _cache(reaction, change)


def remove_reaction(user_id: int, post_id: int, type: str) -> None:
    """
    Take a user's reaction back and announce it; nothing happens if there is none.

    It is theirs, so it goes whether or not the post is still there for them, and also where the type is no
    longer offered.

    :raises ReactionUnknown: if there was none, and there is no such type
    """
    reaction = _Reaction(user_id, post_id, type)
    with writing_for(user_id) as write:
        if (change := _execute(write, _REMOVE, reaction)) is not None:
            outbox.record(
                ReactionRemoved(**reaction._asdict(), edge_id=change.edge_id, version=change.version)
            )
    if change is None and type not in settings.POSTS.reactions:
        raise ReactionUnknown(settings.POSTS.reactions)
    _cache(reaction, change)


def require_visible(user_id: int, post_id: int) -> None:
    """
    Look whether a user may see a post, and whether it is one to mark.

    :raises PostNotFound: if there is no such post, or none that they may see
    :raises PostIsRepost: if it is a repost: its original is meant
    :raises InstanceUnavailable: if nobody can tell now
    """
    post = map_visible([post_id], viewer=viewer_of(user_id)).require(post_id)
    if post.head.kind == REPOST:
        raise PostIsRepost(f"Its id is {post.head.original_id}.")


def _execute(write: Write, statement: str, reaction: _Reaction) -> _Change | None:
    """Return what a statement has changed, or None if nothing."""
    with connections[write.alias].cursor() as cursor:
        cursor.execute(statement, {**reaction._asdict(), "shard": shard_of(reaction.user_id)})
        row = cursor.fetchone()
    if row is None:
        return None
    edge_id, version = row
    return _Change(edge_id, version, find_marks(write, reaction.post_id))


def _cache(reaction: _Reaction, change: _Change | None) -> None:
    """Show the user their marks as of now."""
    if change is not None:
        cache_marks.now(
            reaction.user_id, version=change.version, post_id=reaction.post_id, marks=change.marks
        )
