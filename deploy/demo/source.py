"""Where the demo's people, follows and words come from: the real files, or a small seeded graph."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.demo.files import Unreadable, read_edges, read_texts

SEED = 2026
SMALL_USERS, MOST_MADE_UP = 200, 100_000
# Who can log in: the most followed of the small graph, and those of a graph from a file. The two have no name
# and no moment in common, so a file may be loaded beside the small demo.
FAMOUS = ("ada", "grace", "vera")
FAMOUS_OF_FILES = ("alan", "barbara", "edsger")
FIRST_POST = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "banyan-demo-2026"  # noqa: S105 - printed to whoever runs the demo
WORDS = [
    "A banyan grows by dropping new roots.",
    "Shard early, rebalance calmly.",
    "The replica was late, the token knew.",
    "Nothing acknowledged is ever lost.",
    "Count twice, cache once.",
    "One dead instance hurts its own users only.",
    "A cursor remembers where you were.",
    "Fan-out on write, mercy on read.",
]


@dataclass(frozen=True, slots=True)
class Source:
    """A graph of people numbered 0 … users-1, most followed first, and texts to post."""

    users: int
    follows: list[tuple[int, int]]
    texts: list[str]
    famous: tuple[str, ...] = FAMOUS
    prefix: str = "user"
    first_post: datetime = FIRST_POST
    # How many lines of the file were left out, and why.
    left_out: dict[str, int] = field(default_factory=dict)

    def username(self, number: int) -> str:
        """Return the name of a person; the first few have real ones."""
        return self.famous[number] if number < len(self.famous) else f"{self.prefix}{number:06d}"

    def followers(self) -> Counter[int]:
        """Return how many follow each person."""
        return Counter(followee for _, followee in self.follows)

    def text_of(self, number: int) -> str:
        """Return the text a person posts, the same on every run."""
        return self.texts[number % len(self.texts)]


def read(follows: Path | None, texts: Path | None, users: int | None) -> Source:
    """
    Return the demo's source; without files, a small graph that is the same on every machine.

    People are numbered by how many follow them, so that the first N are the best connected.

    :raises Unreadable: if a named file cannot be used, or so many users cannot be made up
    """
    words, unfit = read_texts(texts) if texts else (WORDS, {})
    if follows is None:
        if users is not None and users > MOST_MADE_UP:
            raise Unreadable(f"--users: without --follows at most {MOST_MADE_UP:,}.")
        found = _numbered_source(_small_graph(users or SMALL_USERS), words, users)
        return replace(found, left_out=unfit)
    edges, left_out = read_edges(follows)
    found = _numbered_source(edges, words, users)
    later = FIRST_POST + timedelta(milliseconds=1)
    return replace(found, famous=FAMOUS_OF_FILES, prefix="node", first_post=later, left_out=left_out | unfit)


def _numbered_source(edges: list[tuple[int, int]], words: list[str], users: int | None) -> Source:
    numbers = _numbered(edges)
    limit = min(users or len(numbers), len(numbers))
    kept = [(numbers[follower], numbers[followee]) for follower, followee in edges]
    return Source(
        users=limit,
        follows=[edge for edge in kept if edge[0] < limit and edge[1] < limit],
        texts=words,
    )


def _numbered(edges: list[tuple[int, int]]) -> dict[int, int]:
    """Return each node's number, most followed first."""
    followed = Counter(followee for _, followee in edges)
    nodes = {node for edge in edges for node in edge}
    return {node: number for number, node in enumerate(sorted(nodes, key=lambda n: (-followed[n], n)))}


def _small_graph(users: int) -> list[tuple[int, int]]:
    """Return a graph in which a few are followed by many, drawn from a fixed seed."""
    draw = random.Random(SEED)  # noqa: S311 - a demo, not a secret
    people = range(users)
    weights = [1 / (number + 1) for number in people]
    edges = {(0, 1), (1, 0)} if users > 1 else set()
    for follower in people:
        chosen = draw.choices(people, weights, k=min(12, users))
        edges |= {(follower, followee) for followee in chosen if followee != follower}
    return sorted(edges)
