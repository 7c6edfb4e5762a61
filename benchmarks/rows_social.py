"""The rows of what people do with each other's posts: mixed homes, threads, tags, reactions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from benchmarks.driver import request
from benchmarks.people import Person
from benchmarks.requests import KEYED, Lines, Request, get
from benchmarks.world import World
from modules.graph import public as graph
from modules.timelines import public as timelines

# A reaction is taken back so many requests after it was made: later than any connection is slow.
APART = 50

# How many pairs of a reader and a post were used so far: each is sent once.
_used = itertools.count()


def rows() -> list[Request]:
    """Return the rows in the order in which they are measured and shown."""
    return [
        Request(
            "home_mixed",
            "home, first page of 20 with replies and reposts",
            "LRANGE, MGETs of posts, of originals, of marks",
            lambda world: [get("/v1/timelines/home", one) for one in world.lively.readers],
            lambda world: [get(f"/mixed/{one.id}", one) for one in world.lively.readers],
            prepare=_warm,
        ),
        Request(
            "thread",
            "what was replied to a post, first page of 20",
            "1 SQL, MGETs of posts, of users",
            lambda world: [get(f"/v1/posts/{id}/replies", one) for one, id in _threads(world)],
            lambda world: [get(f"/thread/{one.id}/{id}", one) for one, id in _threads(world)],
        ),
        Request(
            "tag",
            "the timeline of a tag, first page of 20",
            "1 SQL, MGETs",
            lambda world: [get(f"/v1/timelines/tags/{tag}", one) for one, tag in _tags(world)],
            lambda world: [get(f"/tag/{one.id}/{tag}", one) for one, tag in _tags(world)],
        ),
        Request(
            "reaction",
            "react to a post, and take it back",
            "the same SQL, GET, GET, HSET",
            lambda world: _react(world, "/v1/posts/{post}/reactions/like"),
            lambda world: _react(world, "/react/{reader}/{post}"),
            status=204,
            at_most=KEYED,
        ),
    ]


def _warm(world: World) -> None:
    for reader in world.lively.readers:
        timelines.warm(reader.id)
        graph.ensure_following(reader.id)


def _threads(world: World) -> Iterator[tuple[Person, int]]:
    return zip(world.readers, itertools.cycle(world.lively.threads), strict=False)


def _tags(world: World) -> Iterator[tuple[Person, str]]:
    return zip(world.readers, itertools.cycle(world.lively.tags), strict=False)


def _react(world: World, path: str) -> Lines:
    """Return reactions, by turns so many that are made and the same ones taken back, never sent before."""
    lines: Lines = []
    while len(lines) < KEYED:
        pairs = [_pair(world, next(_used)) for _ in range(APART)]
        for method in ("PUT", "DELETE"):
            for reader, post_id in pairs:
                place = path.format(reader=reader.id, post=post_id)
                lines.append(request(method, place, {"X-Session-Token": reader.token}))
    return lines


def _pair(world: World, number: int) -> tuple[Person, int]:
    """Return a reader and a post; the pairs recur after as many as there are."""
    readers, posts = world.readers, world.post_ids
    return readers[number % len(readers)], posts[(number + number // len(readers)) % len(posts)]
