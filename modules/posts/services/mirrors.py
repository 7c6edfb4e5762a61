"""The far side of replies, reposts and quotes: mirrors and their counts, written after the news of them."""

from contextlib import suppress
from typing import Any

from django.db.models import F

from modules.posts.events import PostShared, Replied, ReplyRemoved, ShareRemoved
from modules.posts.models import PostCount, Share, ThreadEntry
from modules.posts.schemas import REPOST
from modules.posts.services.reactions_received import lock_post_count
from sharding.errors import AlreadyDone
from sharding.scope import Once, writing_for


def receive_reply(news: Replied | ReplyRemoved, *, under_id: int, once: Once) -> None:
    """
    Note a reply, or that it is gone, under one post above it, and count it there if that is its parent.

    Also of a post that was deleted meanwhile: what is said beneath it stays to be read.
    """
    entry = ThreadEntry(
        post_id=under_id,
        reply_id=news.post_id,
        parent_id=news.parent_id,
        author_id=news.author_id,
        is_active=isinstance(news, Replied),
    )
    # A repeat is no reason to end: what Redis shows may still be due.
    with suppress(AlreadyDone), writing_for(under_id, once=once):
        _receive(entry, "reply_id", counted="replies" if under_id == news.parent_id else None)


def receive_share(news: PostShared | ShareRemoved, *, once: Once) -> None:
    """Note a repost or a quote, or that it is gone, at its original, and count it."""
    share = Share(
        original_id=news.original_id,
        post_id=news.post_id,
        author_id=news.author_id,
        kind=news.kind,
        is_active=isinstance(news, PostShared),
    )
    with suppress(AlreadyDone), writing_for(news.original_id, once=once):
        _receive(share, "post_id", counted="reposts" if news.kind == REPOST else "quotes")


def _receive(row: ThreadEntry | Share, other: str, *, counted: str | None) -> None:
    """
    Bring one row and its count to a newer state, in the open transaction.

    A post is published once and deleted once, so its end is all that is newer than its beginning.
    """
    owner_id = getattr(row, row.owner_key)
    # With the lock held nobody else changes what is under this post.
    lock_post_count(owner_id)
    rows: Any = type(row).objects.of(owner_id).filter(**{other: getattr(row, other)})
    known = rows.first()
    if known is None:
        row.save(force_insert=True)
    elif known.is_active and not row.is_active:
        rows.update(is_active=False)
    else:
        return
    if counted and (change := int(row.is_active) - int(known is not None)):
        counts = PostCount.objects.of(owner_id)
        counts.update(**{counted: F(counted) + change}, version=F("version") + 1)
