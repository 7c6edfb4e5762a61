"""Finished cards of posts: from Redis, else one read per instance."""

from collections.abc import Collection

from modules.kernel.cards import CardKind, RenderedCard, register
from modules.posts.models import Post
from modules.posts.schemas import (
    AUDIENCES,
    KINDS,
    MENTIONED,
    POST,
    POST_LAYOUT,
    REPLY_POLICIES,
    PostCard,
    PostEntity,
    PostHead,
    PostRef,
    refs_of,
)
from sharding.scatter import Unavailable


def render(post: Post) -> RenderedCard[PostHead]:
    """Return the head and the finished card of a row."""
    return RenderedCard(_head_of(post), to_card(post).json_bytes(), post.version)


def to_card(post: Post) -> PostCard:
    """Return the card of a row."""
    return PostCard(
        id=post.id,
        author_id=post.author_id,
        kind=KINDS[post.kind],
        text=post.text,
        entities=[PostEntity(**entity) for entity in post.entities],
        media_ids=post.media_ids,
        audience=AUDIENCES[post.audience],
        reply_policy=REPLY_POLICIES[post.reply_policy],
        reply_to=to_ref(post.reply_to_id, post.reply_to_author_id),
        root_id=post.root_id,
        original=to_ref(post.original_id, post.original_author_id),
        custom=post.custom,
        published_at=post.published_at,
        edited_at=post.edited_at,
    )


def to_ref(post_id: int | None, author_id: int | None) -> PostRef | None:
    """Return a reference to a post from two columns of a row."""
    return PostRef(post_id=post_id, author_id=author_id) if post_id and author_id else None


def _head_of(post: Post) -> PostHead:
    mentioned: Collection[int] = ()
    if post.audience == MENTIONED:
        mentioned = {entity["user_id"] for entity in post.entities if entity["type"] == "mention"}
    return PostHead(
        post.author_id,
        post.audience,
        post.kind,
        post.reply_to_author_id or 0,
        post.original_id or 0,
        post.original_author_id or 0,
        len(post.media_ids),
        (*post.media_ids, *sorted(mentioned)),
    )


def render_posts(
    post_ids: list[int], *, unavailable: Unavailable | None
) -> dict[int, RenderedCard[PostHead]]:
    """
    Return head and card of each post that is not deleted, from the shards. One read per instance.

    One of an audience, policy or kind that a later release has made is left out: nobody here can tell for
    whom it is, and others of its page are none the worse for it.

    Of primaries: what is rendered is kept for everybody, and a replica behind would go on showing a post to
    those whom its author has just kept out.

    :raises InstanceUnavailable: without `unavailable`, which else takes those that are absent for that reason
    """
    rows = Post.objects.gather(post_ids, on_primary=True, unavailable=unavailable)
    return {post.id: render(post) for post in rows if post.deleted_at is None and _is_known(post)}


def _is_known(post: Post) -> bool:
    """Return whether this release knows all codes of a row."""
    return (
        post.audience < len(AUDIENCES) and post.reply_policy < len(REPLY_POLICIES) and post.kind < len(KINDS)
    )


POSTS = register(CardKind(POST, POST_LAYOUT, ttl=3600, render=render_posts, refs=refs_of, announced=True))
