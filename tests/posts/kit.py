"""What posts hold of reactions, replies and shares, and what a page says of them; and calls side by side."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

from modules.graph.public import viewer_of
from modules.posts.models import PostCount, ReactionIn, ReactionOut, Share, ThreadEntry
from modules.posts.selectors.pages import list_posts
from tests.kit.people import Person

T = TypeVar("T")


def reactions_of(person: Person) -> list[tuple[int, str]]:
    """Return (post, type) of each reaction of a person, by the authority."""
    return sorted(ReactionOut.objects.of(person.id).on_primary().values_list("post_id", "type"))


def reactors(post_id: int) -> list[tuple[str, int]]:
    """Return (type, user) of each reaction to a post, by the mirror."""
    rows = ReactionIn.objects.of(post_id).on_primary().filter(is_active=True)
    return sorted(rows.values_list("type", "user_id"))


def counted(post_id: int) -> dict[str, int]:
    """Return how many reactions of each type are counted."""
    row = PostCount.objects.of(post_id).on_primary().first()
    return {} if row is None else row.reactions


def mine(person: Person, *post_ids: int) -> list[tuple[list[str], bool] | None]:
    """Return a person's own marks on posts, as a page has them."""
    page = list_posts(post_ids, viewer=viewer_of(person.id)).parse()
    own = [page.state[id].mine for id in post_ids]
    return [None if each is None else (each.reactions, each.is_bookmarked) for each in own]


def entries(post_id: int) -> list[int]:
    """Return the replies under a post, oldest first, by the mirror."""
    rows = ThreadEntry.objects.of(post_id).on_primary().filter(is_active=True)
    return sorted(rows.values_list("reply_id", flat=True))


def shares(post_id: int) -> list[int]:
    """Return the reposts and quotes of a post, oldest first, by the mirror."""
    rows = Share.objects.of(post_id).on_primary().filter(is_active=True)
    return sorted(rows.values_list("post_id", flat=True))


def tallies(post_id: int) -> tuple[int, int, int]:
    """Return how many replies, reposts and quotes are counted."""
    row = PostCount.objects.of(post_id).on_primary().first()
    return (0, 0, 0) if row is None else (row.replies, row.reposts, row.quotes)


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Make calls side by side, each with connections of its own; return what came of each."""

    def run(call: Callable[[], T]) -> T:
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
