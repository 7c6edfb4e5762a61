"""The rows that are requests: what is sent to Banyan, and what to the floor for the same answer."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.driver import request
from benchmarks.world import Person, World
from modules.graph import public as graph
from modules.kernel.redis.servers import redis
from modules.timelines import public as timelines

TEXT = "A banyan grows by dropping new roots; the replica was late, and the token knew."
MANY = 20_000  # requests a round at most, whatever the time
KEYED = 4_000  # requests of a round that each need a key of their own

Lines = list[bytes]


@dataclass(frozen=True, slots=True)
class Request:
    """One row: how its requests are made for both sides, and what must be done before each round."""

    name: str
    title: str
    floor_title: str
    banyan: Callable[[World], Lines]
    floor: Callable[[World], Lines]
    status: int = 200
    at_most: int = MANY
    is_once: bool = False  # each request is sent once a round, for sending it changes what it meets
    prepare: Callable[[World], None] = lambda world: None


def rows() -> list[Request]:
    """Return the rows in the order in which they are measured and shown."""
    return [
        Request(
            "empty",
            "GET /healthz, which asks nobody",
            "the server alone",
            lambda world: [request("GET", "/healthz", {})],
            lambda world: [request("GET", "/healthz", {})],
        ),
        Request(
            "post",
            "one post by id, nobody logged in",
            "GET, GET",
            _to_posts("/v1/posts/"),
            _to_posts("/post/"),
        ),
        Request(
            "post_known",
            "one post by id, with a session token",
            "GET, GET",
            lambda world: [_get(f"/v1/posts/{id}", person) for id, person in _asked(world)],
            lambda world: [_get(f"/post/{id}", person) for id, person in _asked(world)],
        ),
        Request(
            "home_warm",
            "home, first page of 20, window warm",
            "LRANGE, MGET, splice",
            lambda world: [_get("/v1/timelines/home", reader) for reader in world.readers],
            lambda world: [_get(f"/home/{reader.id}", reader) for reader in world.readers],
            prepare=_warm_windows,
        ),
        Request(
            "home_cold",
            "home, first page of 20, no window, no rule set",
            "3 SQL, 3 Redis trips",
            lambda world: [_get("/v1/timelines/home", reader) for reader in world.readers],
            lambda world: [_get(f"/cold/{reader.id}", reader) for reader in world.readers],
            is_once=True,
            prepare=_drop_windows,
        ),
        Request(
            "create",
            "create a post",
            "the same SQL, bare psycopg",
            lambda world: [_create("/v1/posts", writer) for writer in world.writers],
            lambda world: [_create(f"/create/{writer.id}", writer) for writer in world.writers],
            status=201,
        ),
        Request(
            "create_once",
            "create a post, Idempotency-Key",
            "the same SQL, bare psycopg",
            lambda world: [_create("/v1/posts", writer, key) for writer, key in _keyed(world)],
            lambda world: [_create(f"/create/{writer.id}", writer, key) for writer, key in _keyed(world)],
            status=201,
            at_most=KEYED,
        ),
        Request(
            "profile",
            "somebody's posts, first page of 20",
            "1 SQL, MGET, splice",
            lambda world: [_get(f"/v1/users/{one.id}/posts", one) for one in world.writers],
            lambda world: [_get(f"/author/{one.id}", one) for one in world.writers],
        ),
        Request(
            "list",
            "a list of 20 people, first page of 20",
            "3 SQL, MGET, splice",
            lambda world: [_get(f"/v1/timelines/lists/{id}", one) for one, id in world.lists],
            lambda world: [_get(f"/list/{one.id}/{id}", one) for one, id in world.lists],
        ),
        Request(
            "batch",
            "20 posts by their ids, a quarter marked by the reader",
            "MGET, MGET, HMGET; MGET",
            lambda world: [_get(f"/v1/posts?ids={_texts(ids)}", one) for one, ids in world.marked],
            lambda world: [_get(f"/batch/{one.id}/{_texts(ids)}", one) for one, ids in world.marked],
        ),
    ]


def _texts(ids: list[int]) -> str:
    return ",".join(map(str, ids))


def _get(path: str, person: Person) -> bytes:
    return request("GET", path, {"X-Session-Token": person.token})


def _to_posts(prefix: str) -> Callable[[World], Lines]:
    return lambda world: [request("GET", f"{prefix}{id}", {}) for id in world.post_ids]


def _asked(world: World) -> Iterator[tuple[int, Person]]:
    return zip(world.post_ids, itertools.cycle(world.readers), strict=False)


def _create(path: str, writer: Person, key: str = "") -> bytes:
    headers = {"X-Session-Token": writer.token} | ({"Idempotency-Key": key} if key else {})
    return request("POST", path, headers, json.dumps({"text": TEXT}).encode())


def _keyed(world: World) -> Iterator[tuple[Person, str]]:
    """Yield keys that were never sent, also not in an earlier round."""
    for writer in itertools.islice(itertools.cycle(world.writers), KEYED):
        yield writer, secrets.token_hex(12)


def _warm_windows(world: World) -> None:
    """Make windows and rule sets that another row has dropped."""
    for reader in world.readers:
        timelines.warm(reader.id)
        graph.ensure_following(reader.id)


def _drop_windows(world: World) -> None:
    """Drop windows and rule sets, as for somebody who stayed away for a week; cards stay."""
    for reader in world.readers:
        redis("a").run(("DEL", f"tl:{reader.id}", graph.following_key(reader.id)))
