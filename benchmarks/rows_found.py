"""The rows of searches and of uploads that begin."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from urllib.parse import quote

import orjson

from benchmarks import trips
from benchmarks.driver import request
from benchmarks.floor_found import HEARD
from benchmarks.people import Person
from benchmarks.requests import Lines, Request, get
from benchmarks.world import World
from modules.kernel.redis.servers import redis

UPLOAD = {"type": "image/jpeg", "bytes": 1_000_000}

_heard: set[str] = set()


def rows() -> list[Request]:
    """Return the rows in the order in which they are measured and shown."""
    return [
        Request(
            "search_posts",
            "posts with a word, first page of 20",
            "the same SQL, MGETs",
            _search_posts,
            lambda world: [
                get(f"/found/{one.id}/{number}", one)
                for number, (one, _) in enumerate(_asked(world.words, world))
            ],
            prepare=lambda world: _let_floor_know("search_posts", _search_posts(world)),
        ),
        Request(
            "search_people",
            "people by the beginning of a name, first page of 20",
            "the same SQL, MGET",
            _search_people,
            lambda world: [
                get(f"/people/{number}", one)
                for number, (one, _) in enumerate(_asked(world.usernames, world))
            ],
            prepare=lambda world: _let_floor_know("search_people", _search_people(world)),
        ),
        Request(
            "media_new",
            "announce an upload, get its form",
            "the same SQL, bare psycopg; unsigned",
            lambda world: [_announce("/v1/media", one) for one in world.writers],
            lambda world: [_announce(f"/upload/{one.id}", one) for one in world.writers],
            status=201,
        ),
        Request(
            "media_one",
            "one's own upload by id",
            "1 SQL",
            lambda world: [get(f"/v1/media/{id}", one) for one, id in _uploads(world)],
            lambda world: [get(f"/media/{one.id}/{id}", one) for one, id in _uploads(world)],
        ),
    ]


def _search_posts(world: World) -> Lines:
    return [get(f"/v1/search/posts?q={quote(word)}", one) for one, word in _asked(world.words, world)]


def _search_people(world: World) -> Lines:
    return [get(f"/v1/search/users?q={quote(name)}", one) for one, name in _asked(world.usernames, world)]


def _asked(what: list[str], world: World) -> Iterator[tuple[Person, str]]:
    return zip(itertools.cycle(world.readers), what, strict=False)


def _uploads(world: World) -> Iterator[tuple[Person, int]]:
    return zip(world.writers, world.media_ids, strict=True)


def _announce(path: str, owner: Person) -> bytes:
    return request("POST", path, {"X-Session-Token": owner.token}, json.dumps(UPLOAD).encode())


def _let_floor_know(row: str, lines: Lines) -> None:
    """Tell the floor which statements each request takes, once."""
    if row not in _heard:
        for number, statements in enumerate(trips.hear(lines)):
            redis("a").run(("SET", HEARD.format(row=row, number=number), orjson.dumps(statements)))
        _heard.add(row)
