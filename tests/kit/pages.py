"""Walking through pages, and what one costs."""

from __future__ import annotations

from modules.kernel.cursors import Paging
from modules.kernel.rendered import Rendered
from modules.posts.schemas import PostPage, UserPostPage
from sharding.testing import Queries


def ids_of(page: Rendered[PostPage] | Rendered[UserPostPage]) -> list[int]:
    """Return the ids of a page's posts."""
    return [card.id for card in page.parse().data]


def on(paging: Paging, cursor: str | None) -> Paging:
    """Return the page that a cursor leads to."""
    assert cursor is not None
    return paging.at(cursor)


def count_reads(queries: Queries) -> int:
    """Return how many statements ran, but for those that ask a replica how far it is."""
    return sum("pg_last_wal_replay_lsn" not in sql for _, sql in queries.statements)
