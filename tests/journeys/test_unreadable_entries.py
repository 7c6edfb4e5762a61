"""What stands in Redis and is none of ours is a miss: the answer is right, and the entry is mended."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import redis as redis_py
from django.conf import settings as django_settings
from django.core.cache import cache
from django_redis import get_redis_connection

from modules.accounts.services.principals import entry_key, forget_kept
from modules.accounts.services.revocations import cache_epoch
from modules.accounts.services.sessions import hash_key
from modules.graph import public as graph
from modules.graph.selectors.pulled import forget_pulled
from modules.kernel import limits, quotas
from modules.kernel.limits import Limit
from modules.kernel.redis import servers
from modules.posts.services.reactions import add_reaction
from modules.timelines import public as timelines
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.media import make_media
from tests.kit.people import Person, sign_up
from tests.kit.posts import publish, show

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
PICKLE = pickle.dumps({"user": (1, "ada")})
Poison = Callable[[Any, str], object]

POISONS: dict[str, Poison] = {
    "text": lambda redis, key: redis.set(key, b"garbage"),
    "nothing": lambda redis, key: redis.set(key, b""),
    "bytes": lambda redis, key: redis.set(key, b"\xff" * 40),
    "zeros": lambda redis, key: redis.set(key, b"\0" * 8 + b"\2"),
    "half": lambda redis, key: redis.set(key, b"\xff" * 8 + b"\2\0"),
    "tombstone": lambda redis, key: redis.set(key, b"\xff" * 8 + b"\2\1 or not"),
    "infinite": lambda redis, key: redis.set(key, b"inf"),
    "pickle": lambda redis, key: redis.set(key, PICKLE),
    "list": lambda redis, key: redis.rpush(key, b"garbage"),
    "entries": lambda redis, key: redis.rpush(key, b"0123456789abcdef", b"0123456789abcdef"),
    "pickles": lambda redis, key: redis.rpush(key, *[PICKLE] * 30),
    "hash": lambda redis, key: redis.hset(key, "id", 1),
    "set": lambda redis, key: redis.sadd(key, b"garbage"),
    "sorted": lambda redis, key: redis.zadd(key, {"garbage": 1}),
}
KINDS = (
    *("sess", "auth:epoch", "rl", "tl", "ob", "fol", "folv", "mine"),
    *("media", "post", "postcount", "user", "ties", "ryw", "rank"),
)
# Any text is a token of `folv`, and no text is no mark of `ryw`: these are read, and right.
TEXTS = ("text", "nothing", "bytes", "zeros", "half", "tombstone", "infinite", "pickle")
READABLE = {("folv", name) for name in TEXTS} | {("ryw", "nothing")}


@dataclass
class World:
    """A reader, who follows somebody pushed and somebody pulled, and what each request answers."""

    reader: Person
    pushed: Person
    pulled: Person
    post_id: int
    media_id: int

    def key(self, kind: str) -> str:
        """Return the key of a kind that the reader's requests ask for."""
        if kind == "sess":
            return entry_key(hash_key(self.reader.token))
        whose = {"rl": f"read:{self.reader.id}", "ob": self.pulled.id, "post": self.post_id}
        whose["postcount"], whose["media"] = self.post_id, self.media_id
        return f"{kind}:{whose.get(kind, self.pushed.id if kind == 'user' else self.reader.id)}"

    def ask(self) -> list[Any]:
        """Return the answers of another process, which keeps nothing of ours."""
        forget_kept()
        paths = (
            "/v1/me",
            "/v1/timelines/home",
            f"/v1/users/{self.pushed.id}",
            f"/v1/users/{self.pulled.id}/posts",
            f"/v1/users/{self.reader.id}/following",
            "/v1/timelines/home?order=top",
        )
        answers = [call("GET", path, as_=self.reader) for path in paths]
        # Each order by rank has cursors of its own.
        answers[-1].body.pop("prev", None)
        return [(answer.status, answer.body) for answer in answers]


@pytest.fixture
def redis() -> Any:
    return redis_py.Redis.from_url(django_settings.REDIS["a"].url)


@pytest.fixture
def world(settings) -> World:
    servers.forget_clients()
    limits._local.cache_clear()
    quotas._local.cache_clear()
    wide = [replace(limit, quota=10_000, window=86_400) for limit, _ in limits.list_declared()]
    settings.LIMITS = replace(settings.LIMITS, is_on=True, processes=1).with_limits(*wide)
    settings.GRAPH = replace(settings.GRAPH, pull_threshold=2, pull_demotion=1)
    # The reader on `a`: what they wrote matters where there is a replica.
    placed = {"vera": 1, "ada": 0, "ben": 4094, "eve": 2047}
    reader, pushed, pulled, other = (sign_up(name, shard=shard) for name, shard in placed.items())
    graph.follow(reader.id, pushed.id)
    for follower in (reader, other):
        graph.follow(follower.id, pulled.id)
    drain()
    forget_pulled()
    posts = [publish(author, f"post {n}") for n in range(3) for author in (pushed, pulled)]
    media_id = make_media(pulled)
    show(pulled, media_id)
    add_reaction(reader.id, posts[0], "like")
    drain()
    timelines.warm(reader.id)
    made = World(reader, pushed, pulled, posts[0], media_id)
    servers.redis("a").run(("SET", made.key("ryw"), "a:1:1"))
    cache_epoch(reader.id, 1)
    made.ask()
    return made


def is_poison(redis: Any, key: str, dumped: bytes | None) -> bool:
    return dumped is not None and redis.dump(key) == dumped


class TestAnEntryThatIsNoneOfOurs:
    @pytest.mark.parametrize("kind", KINDS)
    def test_is_a_miss_and_mended(self, world, redis, kind):
        right, key = world.ask(), world.key(kind)
        assert [status for status, _ in right] == [200] * 6
        assert redis.exists(key) == 1
        # While the rule set stands, nobody asks for its token.
        hiding = [world.key("fol")] if kind == "folv" else []
        wrong, left = [], []

        for name, poison in POISONS.items():
            redis.delete(key, *hiding)
            poison(redis, key)
            dumped = redis.dump(key)
            answers = [*world.ask(), *world.ask()]
            wrong += [(name, got) for got, due in zip(answers, right * 2, strict=True) if got != due]
            if is_poison(redis, key, dumped) and (kind, name) not in READABLE:
                left.append(name)

        assert (wrong, left) == ([], [])

    @pytest.mark.parametrize("kind", ["media", "post", "postcount", "user"])
    def test_is_a_card_that_was_cut_or_garbled_anywhere(self, world, redis, kind):
        right, key = world.ask(), world.key(kind)
        good = redis.get(key)
        broken = [good[:size] for size in (len(good) - 1, len(good) - 20, 40, 15)]
        broken += [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in (10, 14, 40, len(good) - 2)]

        answers = []
        for entry in broken:
            redis.set(key, entry)
            answers.append((world.ask(), redis.get(key)))

        assert answers == [(right, good)] * len(broken)

    @pytest.mark.parametrize("post_id", [2**63, 2**63 + 5, 2**64 - 2, 0])
    @pytest.mark.parametrize("kind", ["tl", "ob"])
    def test_is_a_window_of_ids_that_nothing_has(self, world, redis, kind, post_id):
        right, key = world.ask(), world.key(kind)
        via_id = world.reader.id if kind == "tl" else world.pulled.id
        redis.delete(key)
        redis.rpush(key, struct.pack(">QQ", post_id, via_id), bytes(16))

        assert [world.ask(), world.ask()] == [right, right]
        assert struct.pack(">QQ", post_id, via_id) not in redis.lrange(key, 0, -1)

    def test_of_any_kind_at_once_harms_nobody(self, world, redis):
        right, cached = world.ask(), get_redis_connection()
        cache.set("here", "right")
        ways_in = [sign_in() for _ in range(2)]

        for poison in POISONS.values():
            for server in (redis, cached):
                for key in server.keys("*"):
                    server.delete(key)
                    poison(server, key)
            assert [world.ask(), world.ask()] == [right, right]
            assert [sign_in(), sign_in()] == ways_in
            assert cache.get("here", "a miss") in ("a miss", None)

    def test_of_a_limit_lets_nobody_through_uncounted(self, world, redis, settings):
        settings.LIMITS = settings.LIMITS.with_limits(Limit("read", 3, 3600))
        statuses = []

        for _ in range(4):
            redis.set(world.key("rl"), b"garbage")
            statuses.append(call("GET", "/v1/me", as_=world.reader).status)

        assert statuses == [200, 200, 200, 429]

    def test_of_a_session_never_gives_one_that_was_ended(self, world, redis):
        call("DELETE", "/auth/app/v1/auth/session", as_=world.reader)

        for poison in POISONS.values():
            for key in redis.keys("*"):
                redis.delete(key)
                poison(redis, key)
            assert {status for status, _ in world.ask()} == {401}


def sign_in() -> list[int]:
    """Return what becomes of a wrong password, a forgotten one, and somebody unknown."""
    return [
        call("POST", "/auth/app/v1/auth/login", {"username": "vera", "password": PASSWORD}).status,
        call("POST", "/auth/app/v1/auth/password/request", {"email": "vera@example.org"}).status,
        call("GET", "/auth/app/v1/auth/session").status,
    ]
