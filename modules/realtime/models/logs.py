"""
Logs: the newest events of each user, numbered, in the Redis of their instance.

A log exists for who has read one within a day, and for nobody else: an event for others costs a look. What
holds of a log stands in `lua/append.lua` and `lua/read.lua`. Numbers of a user never repeat nor go back, for
they are microseconds, whatever a server has lost; each entry names the one before it. Who listens to the
channel that is called like the log hears each entry as it stands in it, or `GONE`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings

from modules.kernel.redis.address import Argument
from modules.kernel.redis.client import RedisClient, Script, ScriptCall, Unreadable
from modules.kernel.redis.servers import group_by_redis, redis_of
from modules.kernel.redis.several import tell_each
from modules.realtime.schemas import RealtimeSettings

# What is published instead of an entry where there is no log.
GONE: Final = b"gone"
# And where relations have changed: whoever listens looks at their topics again.
RECHECK: Final = b"recheck"
# In the place of a scope or of posts: none.
_NONE: Final = b"-"
_KEYS_PER_CALL: Final = 100  # so that Redis is never blocked for long


def _load(name: str) -> Script:
    return Script((Path(__file__).parent / "lua" / name).read_text())


_APPEND, _READ = _load("append.lua"), _load("read.lua")


class Entry(NamedTuple):
    """
    An event in a log.

    `before` is the number of the one before it: whoever was told another last has missed something. `scope`
    is what credentials need to be told of it, if they need any, and `post_ids` name the posts that the reader
    must be allowed to see. `tail` is the rest of its JSON.
    """

    number: int
    before: int
    scope: str
    post_ids: tuple[int, ...]
    tail: bytes

    def json_bytes(self) -> bytes:
        """Return the finished JSON."""
        return b'{"topic":"me","seq":%d,%b' % (self.number, self.tail)


class Reading(NamedTuple):
    """What a log says: its last number, and the entries asked for; None if it cannot say which those are."""

    last: int
    entries: list[Entry] | None


def key_of(user_id: int) -> bytes:
    """Return the key of a user's log, which is also the channel where it is heard."""
    return b"ev:%d" % user_id


def append(user_ids: Sequence[int], *, mark: str, scope: str, post_ids: Sequence[int], tail: bytes) -> int:
    """
    Append an event to the logs that exist, once for each mark; return how many took it now.

    :raises RedisUnavailable: if any Redis is away; the logs of the others have taken it
    """
    posts = b",".join([b"%d" % id for id in post_ids]) or _NONE
    entry = b"%b %b %b" % (scope.encode() or _NONE, posts, tail)
    asked = {client: _appends(ids, mark, entry) for client, ids in group_by_redis(user_ids).items()}
    return sum(tell_each(asked))


def read(user_id: int, after: int | None) -> Reading:
    """
    Return what a user's log has after a number, and prolong its life; without a number, where it stands.

    :raises RedisUnavailable: if it cannot be asked now
    """
    key = key_of(user_id)
    asked = "" if after is None else after
    [(last, pairs)] = redis_of(user_id).run(_READ.call([key], [asked, _settings().log_ttl]))
    if pairs is None:
        return Reading(int(last), None)
    try:
        return Reading(int(last), [parse(entry) for entry in pairs[1::2]])
    except ValueError as error:
        redis_of(user_id).discard(key, reason=type(error).__name__)
        raise Unreadable(str(error)) from error


def publish(user_id: int, word: bytes) -> None:
    """
    Say a word to who listens to a user's log.

    :raises RedisUnavailable: if it cannot be said now
    """
    redis_of(user_id).run(("PUBLISH", key_of(user_id), word))


def parse(entry: bytes) -> Entry:
    """
    Return an entry as it stands in a log.

    :raises ValueError: if it is none of ours
    """
    number, before, scope, posts, tail = entry.split(b" ", 4)
    post_ids = () if posts == _NONE else tuple(map(int, posts.split(b",")))
    return Entry(int(number), int(before), "" if scope == _NONE else scope.decode(), post_ids, tail)


def prolong(client: RedisClient, user_ids: Sequence[int]) -> None:
    """
    Keep logs of one Redis for a day more: somebody still listens.

    :raises RedisUnavailable: if it cannot be told now
    """
    client.run(*[("EXPIRE", key_of(id), _settings().log_ttl) for id in user_ids])


def _appends(user_ids: Sequence[int], mark: str, entry: bytes) -> list[ScriptCall]:
    args: list[Argument] = [mark, entry, 2 * _settings().log_size]
    return [_APPEND.call([key_of(id) for id in chunk], args) for chunk in _chunks(user_ids)]


def _chunks(user_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (user_ids[at : at + _KEYS_PER_CALL] for at in range(0, len(user_ids), _KEYS_PER_CALL))


def _settings() -> RealtimeSettings:
    config: RealtimeSettings = settings.REALTIME
    return config
