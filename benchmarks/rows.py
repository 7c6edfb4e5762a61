"""The rows that are requests: what is sent to Banyan, and what to the floor for the same answer."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Callable, Iterator

from benchmarks import rows_found, rows_social
from benchmarks.driver import request
from benchmarks.people import Person
from benchmarks.requests import KEYED, Lines, Request, get
from benchmarks.world import World
from modules.graph import public as graph
from modules.kernel.redis.servers import redis
from modules.timelines import public as timelines

TEXT = "A banyan grows by dropping new roots; the replica was late, and the token knew."


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
            lambda world: [get(f"/v1/posts/{id}", person) for id, person in _asked(world)],
            lambda world: [get(f"/post/{id}", person) for id, person in _asked(world)],
        ),
        Request(
            "home_warm",
            "home, first page of 20, window warm",
            "LRANGE, MGET, splice",
            lambda world: [get("/v1/timelines/home", reader) for reader in world.readers],
            lambda world: [get(f"/home/{reader.id}", reader) for reader in world.readers],
            prepare=_warm_windows,
        ),
        Request(
            "home_cold",
            "home, first page of 20, no window, no rule set",
            "3 SQL, 3 Redis trips",
            lambda world: [get("/v1/timelines/home", reader) for reader in world.readers],
            lambda world: [get(f"/cold/{reader.id}", reader) for reader in world.readers],
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
            lambda world: [get(f"/v1/users/{one.id}/posts", one) for one in world.writers],
            lambda world: [get(f"/author/{one.id}", one) for one in world.writers],
        ),
        Request(
            "list",
            "a list of 20 people, first page of 20",
            "3 SQL, MGET, splice",
            lambda world: [get(f"/v1/timelines/lists/{id}", one) for one, id in world.lists],
            lambda world: [get(f"/list/{one.id}/{id}", one) for one, id in world.lists],
        ),
        Request(
            "batch",
            "20 posts by their ids, a quarter marked by the reader",
            "MGET, MGET, HMGET; MGET",
            lambda world: [get(f"/v1/posts?ids={_texts(ids)}", one) for one, ids in world.marked],
            lambda world: [get(f"/batch/{one.id}/{_texts(ids)}", one) for one, ids in world.marked],
        ),
        *rows_social.rows(),
        *rows_found.rows(),
    ]


def _texts(ids: list[int]) -> str:
    return ",".join(map(str, ids))


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
