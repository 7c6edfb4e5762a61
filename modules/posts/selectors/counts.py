"""How many posts people have."""

from collections.abc import Collection

from modules.posts.models import AuthorCount


def map_counts(author_ids: Collection[int]) -> dict[int, int]:
    """Return how many posts each author has; authors without any are absent."""
    return {count.author_id: count.posts for count in AuthorCount.objects.gather(author_ids) if count.posts}
