"""The demo lived in: homes warmed by reading them, posts published for real, their fan-out timed."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

from django.db import connections
from rich.console import Console

from deploy.demo.progress import step
from deploy.demo.source import Source
from modules.graph import public as graph
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.posts import public as posts
from modules.posts.schemas import NewPost
from modules.timelines import public as timelines
from sharding.conf import settings
from sharding.delivery.relay import LEADER_LOCK

# The most followed, and one person in so many of the rest.
SAMPLE_EVERY = 4_000
TIMEOUT_S = 60.0
POLL_S = 0.005
TAGS_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class FanOut:
    """How one post reached the homes that were warm."""

    author: str
    followers: int
    committed_ms: float
    reached_ms: float | None


def is_relaying() -> bool:
    """Return whether a relay leads every instance, so that what is published now travels at once."""
    return all(_has_leader(alias) for alias in settings().instances)


def live(source: Source, ids: list[int], console: Console) -> list[FanOut]:
    """Warm the homes of sampled authors' followers, let the authors post, and time each last delivery."""
    followers = _followers_of_sample(source)
    readers = sorted({reader for known in followers.values() for reader in known})
    with step("Homes warmed by reading", len(readers), console) as shown:
        for reader in readers:
            timelines.get_home(graph.viewer_of(ids[reader]), Paging.first())
            shown.advance(1)
    return [
        _publish(source.username(author), ids[author], [ids[reader] for reader in known])
        for author, known in followers.items()
    ]


def rank() -> None:
    """
    Rank what is popular now, which the clock does every five minutes: newcomers look sooner.

    Tags are counted as the news of posts arrives; where a relay brings it, it is waited for.
    """
    deadline = time.monotonic() + TAGS_WITHIN_S
    while is_relaying() and not posts.list_trending_tags(now=clock.now()) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    timelines.rank_popular_posts(now=clock.now())
    timelines.rank_trending_tags(now=clock.now())


def _publish(author: str, author_id: int, follower_ids: list[int]) -> FanOut:
    began = time.perf_counter()
    card = posts.publish_post(
        author_id, NewPost(text=f"Published for real by {author}."), now=clock.now(), once=None
    )
    committed = time.perf_counter()
    missing = set(follower_ids)
    while missing and time.perf_counter() - committed < TIMEOUT_S:
        missing -= timelines.window_contains(missing, card.id)
        time.sleep(POLL_S)
    reached = None if missing else (time.perf_counter() - committed) * 1000
    return FanOut(author, len(follower_ids), (committed - began) * 1000, reached)


def _followers_of_sample(source: Source) -> dict[int, list[int]]:
    """Return the sampled authors' followers; people are numbered by how many follow them."""
    sample = {0, *range(SAMPLE_EVERY, source.users, SAMPLE_EVERY)}
    followers: dict[int, list[int]] = defaultdict(list)
    for follower, followee in source.follows:
        if followee in sample:
            followers[followee].append(follower)
    return dict(sorted(followers.items()))


def _has_leader(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = 1"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LEADER_LOCK],
        )
        return bool(cursor.fetchone()[0])
