"""
The viewer's own marks on posts (how they react, whether they keep a bookmark), asked by every page of posts.

`mine:{user}` is a HASH: of each post that the user marked, how (`*,like`: bookmarked, and a reaction of that
type), down to a `floor`; of posts below it the shard is asked. `v` is the version of the marks that it shows.
Each change has a version of its own, so an older state never comes over a newer one. It is not the truth.
"""

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.db.backends.utils import CursorWrapper

from modules.kernel.cards import Beside
from modules.kernel.redis.address import Argument
from modules.kernel.redis.client import RedisUnavailable, Script
from modules.kernel.redis.servers import redis_of
from modules.posts.schemas import Marks
from sharding.errors import InstanceUnavailable
from sharding.scatter import read_per_instance

TTL_S: Final = 3600
BOOKMARKED: Final = "*"
# Of each kind, the newest so many; a page further down costs one query.
KEPT: Final = 1000
_VALUE: Final = re.compile(rb"(\*|[a-z0-9_]{1,20})(,[a-z0-9_]{1,20})*")

# One statement, and so of one moment: the version, and the marks that it stands for.
_LOAD: Final = """
    SELECT 0, 'v', (SELECT version FROM posts_markcount WHERE user_id = %(user_id)s)
    UNION ALL (SELECT post_id, type, NULL FROM posts_reactionout WHERE user_id = %(user_id)s
        ORDER BY post_id DESC LIMIT %(kept)s)
    UNION ALL (SELECT post_id, '*', NULL FROM posts_bookmark WHERE user_id = %(user_id)s
        ORDER BY post_id DESC LIMIT %(kept)s)"""
_FIND: Final = """
    SELECT post_id, type FROM posts_reactionout WHERE user_id = %(user_id)s AND post_id = ANY(%(post_ids)s)
    UNION ALL
    SELECT post_id, '*' FROM posts_bookmark WHERE user_id = %(user_id)s AND post_id = ANY(%(post_ids)s)"""
_STORE: Final = Script("""
local held = tonumber(redis.call('HGET', KEYS[1], 'v') or '')
if held and held > tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'floor', ARGV[3])
for i = 4, #ARGV, 1000 do
  redis.call('HSET', KEYS[1], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
""")

Found = dict[int, bytes]


class _Loaded(NamedTuple):
    """Marks by post, complete at and above the floor, as they are in one version."""

    marks: Found
    floor: int
    version: int


def mine_key(user_id: int) -> bytes:
    """Return the key of a user's own marks."""
    return b"mine:%d" % user_id


def ask(user_id: int, post_ids: Collection[int]) -> Beside:
    """Return the command that asks how a user marked these posts; `read` takes its reply."""
    return Beside(redis_of(user_id), ("HMGET", mine_key(user_id), "floor", *post_ids))


def read(user_id: int, post_ids: Sequence[int], reply: Sequence[bytes | None] | None) -> Found | None:
    """
    Return a user's marks on these posts as finished JSON, from the reply to `ask`; posts without are absent.

    What Redis does not know is loaded, or asked of the shard. None if that cannot be reached.
    """
    try:
        if reply is None:
            return _to_json(_find(user_id, post_ids))
        floor, *values = reply
        if floor is None:
            return _load_for(user_id, post_ids)
        try:
            lowest = int(floor)
            marked = zip(post_ids, values, strict=True)
            found = {id: json_of(value) for id, value in marked if value and id >= lowest}
            below = _list_below(post_ids, lowest)
        except ValueError as error:
            redis_of(user_id).discard(mine_key(user_id), reason=str(error))
            return _load_for(user_id, post_ids)
        return found | _to_json(_find(user_id, below)) if below else found
    except InstanceUnavailable:
        return None


@lru_cache(maxsize=4096)
def json_of(value: bytes) -> bytes:
    """
    Return the finished JSON of marks as they are kept.

    :raises ValueError: if that is none of ours
    """
    if not _VALUE.fullmatch(value):
        raise ValueError("no marks")
    names = value.decode().split(",")
    is_bookmarked = names[0] == BOOKMARKED
    return Marks(reactions=names[is_bookmarked:], is_bookmarked=is_bookmarked).json_bytes()


def pack(names: Collection[str]) -> bytes:
    """Return marks as they are kept: types of reactions, and `BOOKMARKED`, which comes first."""
    return ",".join(sorted(names)).encode()


def _list_below(post_ids: Collection[int], floor: int) -> list[int]:
    return [id for id in post_ids if id < floor] if min(post_ids, default=floor) < floor else []


def _load_for(user_id: int, post_ids: Collection[int]) -> Found:
    """Load a user's newest marks into Redis, and return those on these posts."""
    loaded = _load(user_id)
    with suppress(RedisUnavailable):
        _store(user_id, loaded)
    found = {id: loaded.marks[id] for id in post_ids if id in loaded.marks}
    if below := _list_below(post_ids, loaded.floor):
        found |= _find(user_id, below)
    return _to_json(found)


def _load(user_id: int) -> _Loaded:
    """Return a user's newest marks, from the primary: what is kept must not be older than its version."""

    def read(cursor: CursorWrapper, ids: list[int]) -> list[tuple[Any, ...]]:
        cursor.execute(_LOAD, {"user_id": user_id, "kept": KEPT})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    rows = read_per_instance([user_id], read, on_primary=True)
    version = next(version for post_id, _, version in rows if not post_id)
    marks = [(post_id, name) for post_id, name, _ in rows if post_id]
    floor = max(_floor_of(marks, is_saved=is_saved) for is_saved in (True, False))
    return _Loaded(_group([mark for mark in marks if mark[0] >= floor]), floor, version or 0)


def _floor_of(marks: Sequence[tuple[int, str]], *, is_saved: bool) -> int:
    """Return down to where marks of one kind are complete: above the oldest post, if they were cut there."""
    post_ids = [post_id for post_id, name in marks if (name == BOOKMARKED) is is_saved]
    return min(post_ids) + 1 if len(post_ids) == KEPT else 0


def _store(user_id: int, loaded: _Loaded) -> None:
    marks: list[Argument] = [each for mark in loaded.marks.items() for each in mark]
    redis_of(user_id).run(_STORE.call([mine_key(user_id)], [loaded.version, TTL_S, loaded.floor, *marks]))


def _find(user_id: int, post_ids: Collection[int]) -> Found:
    """Return a user's marks on these posts, from their shard."""

    def read(cursor: CursorWrapper, ids: list[int]) -> list[tuple[int, str]]:
        cursor.execute(_FIND, {"user_id": user_id, "post_ids": list(post_ids)})
        rows: list[tuple[int, str]] = cursor.fetchall()
        return rows

    return _group(read_per_instance([user_id], read))


def _group(marks: Sequence[tuple[int, str]]) -> Found:
    names: dict[int, list[str]] = {}
    for post_id, name in marks:
        names.setdefault(post_id, []).append(name)
    return {post_id: pack(its) for post_id, its in names.items()}


def _to_json(found: Found) -> Found:
    return {id: json_of(value) for id, value in found.items()}
