"""Finished cards of posts: from Redis, else one read per instance."""

from modules.kernel.cards import CardKind, RenderedCard, register
from modules.posts.models import Post
from modules.posts.schemas import POST, POST_LAYOUT, PUBLIC, PostCard, PostHead, refs_of
from sharding.scatter import Unavailable


def render(post: Post) -> RenderedCard[PostHead]:
    """Return the head and the finished card of a row."""
    return RenderedCard(PostHead(post.author_id, PUBLIC, 0), to_card(post).json_bytes(), post.version)


def to_card(post: Post) -> PostCard:
    """Return the card of a row."""
    return PostCard(id=post.id, author_id=post.author_id, text=post.text, published_at=post.published_at)


def _render_posts(
    post_ids: list[int], *, unavailable: Unavailable | None
) -> dict[int, RenderedCard[PostHead]]:
    rows = Post.objects.gather(post_ids, unavailable=unavailable)
    # A replica may not have heard yet of what a window already names; what it has not, the primary is asked.
    late = set(post_ids) - {post.id for post in rows} - (unavailable or {}).keys()
    rows += Post.objects.gather(late, on_primary=True, unavailable=unavailable) if late else []
    return {post.id: render(post) for post in rows if post.deleted_at is None}


POSTS = register(CardKind(POST, POST_LAYOUT, ttl=3600, render=_render_posts, refs=refs_of))
