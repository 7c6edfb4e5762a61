"""Whose posts there are, and in which threads."""

from collections.abc import Collection

from modules.posts.models import Post


def map_authors(post_ids: Collection[int]) -> dict[int, int]:
    """Return who wrote each of these posts, also of those that were deleted; one read of each primary."""
    rows = Post.objects.gather(post_ids, on_primary=True)
    return {post.id: post.author_id for post in rows}


def map_roots(post_ids: Collection[int]) -> dict[int, int]:
    """Return the root of the thread of each of these posts, also of those that were deleted."""
    rows = Post.objects.gather(post_ids, on_primary=True)
    return {post.id: post.root_id or post.id for post in rows}
