"""What somebody wrote in a year, counted: for a report of theirs, page by page."""

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from modules.kernel.archives import in_pages, walk
from modules.posts.models import Post, PostCount
from modules.posts.schemas.columns import REPOST

_TOP: Final = 5
_TAGS: Final = 12
# Of somebody who uses another tag in each post: what is rare by then is none of the most used.
_MOST_TAGS: Final = 20_000


class TopPost(NamedTuple):
    """A post that many reacted to."""

    reactions: int
    post_id: int
    published_at: datetime
    text: str


class YearOfPosts(NamedTuple):
    """
    A year of somebody's posts: how many in each month, replies and quotes among them, and what came of them.

    `top` are those with the most reactions, best first, and `tags` the tags that most of them have.
    """

    by_month: list[int]
    reposts: int
    reactions: int
    top: list[TopPost]
    tags: list[tuple[str, int]]


def read_year(author_id: int, year: int, *, on_page: Callable[[], None]) -> YearOfPosts:
    """
    Return a year (UTC) of the posts that an author has by now; those that are deleted are in no figure.

    What is held meanwhile does not grow with their number. `on_page` is called after each 500.
    """
    begins, ends = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    rows = Post.objects.of(author_id).filter(deleted_at=None, published_at__gte=begins, published_at__lt=ends)
    by_month, reposts, reactions = [0] * 12, 0, 0
    top: list[TopPost] = []
    tags: Counter[str] = Counter()
    for page in in_pages(walk(rows, "id", "kind", "text", "entities", "published_at", by="id")):
        counted = _map_reactions([int(row["id"]) for row in page if row["kind"] != REPOST])
        for row in page:
            if row["kind"] == REPOST:
                reposts += 1
                continue
            by_month[row["published_at"].month - 1] += 1
            tags.update({each["tag"] for each in row["entities"] if each["type"] == "tag"})
            if got := counted.get(int(row["id"]), 0):
                reactions += got
                top.append(TopPost(got, int(row["id"]), row["published_at"], row["text"]))
        top = heapq.nlargest(_TOP, top)
        if len(tags) > _MOST_TAGS:
            tags = Counter(dict(tags.most_common(_MOST_TAGS // 2)))
        on_page()
    most = sorted(tags.items(), key=lambda each: (-each[1], each[0]))[:_TAGS]
    return YearOfPosts(by_month, reposts, reactions, top, most)


def _map_reactions(post_ids: list[int]) -> dict[int, int]:
    """Return how many reactions of all types each post has; those without any are absent."""
    rows: Any = PostCount.objects.gather(post_ids)
    return {row.post_id: sum(row.reactions.values()) for row in rows}
