"""Finished cards: one MGET, then one read per instance for what is missing."""

from collections.abc import Collection, Iterable
from functools import partial

from modules.graph.schemas import Viewer
from modules.kernel.fragments import Drawn, Fragments, fetch
from modules.posts.models import Post
from modules.posts.schemas import PUBLIC, PostCard, PostHead
from modules.profiles import public as profiles
from sharding.scatter import Unavailable

CARDS = Fragments("post", PostHead, layout="qBq", ttl=3600)


def map_drawn(
    post_ids: Iterable[int], *, unavailable: Unavailable | None = None
) -> dict[int, Drawn[PostHead]]:
    """
    Return each post's head and finished JSON in the order asked; unknown and deleted ids are absent.

    :raises InstanceUnavailable: without `unavailable`, which else takes those that are absent for that reason
    """
    return CARDS.get_many(post_ids, missing=partial(_draw, unavailable=unavailable))


def map_drawn_with_authors(
    post_ids: Collection[int], author_ids: Collection[int], *, viewer: Viewer, unavailable: Unavailable
) -> tuple[dict[int, Drawn[PostHead]], dict[int, bytes]]:
    """
    Return posts as `map_drawn` does, and the cards of authors known beforehand, in one round trip.

    Authors whom the viewer may not see are absent; of their posts `visibility` decides.
    """
    (drawn, no_posts), (users, no_users) = fetch((CARDS, list(post_ids)), (profiles.CARDS, list(author_ids)))
    if no_posts:
        drawn |= CARDS.fill(no_posts, missing=partial(_draw, unavailable=unavailable))
        drawn = {id: drawn[id] for id in post_ids if id in drawn}
    users |= profiles.CARDS.fill(no_users, missing=partial(profiles.draw_users, unavailable=unavailable))
    shown = profiles.select_visible(users, viewer=viewer)
    return drawn, {id: user.json for id, user in shown.items()}


def draw(post: Post) -> Drawn[PostHead]:
    """Return the head and the finished card of a row."""
    return Drawn(PostHead(post.author_id, PUBLIC, 0), to_card(post).json_bytes(), post.version)


def to_card(post: Post) -> PostCard:
    """Return the card of a row."""
    return PostCard(id=post.id, author_id=post.author_id, text=post.text, published_at=post.published_at)


def _draw(post_ids: list[int], *, unavailable: Unavailable | None) -> dict[int, Drawn[PostHead]]:
    rows = Post.objects.gather(post_ids, unavailable=unavailable)
    # A replica may not have heard yet of what a window already names; what it has not, the primary is asked.
    late = set(post_ids) - {post.id for post in rows} - (unavailable or {}).keys()
    rows += Post.objects.gather(late, on_primary=True, unavailable=unavailable) if late else []
    return {post.id: draw(post) for post in rows if post.deleted_at is None}
