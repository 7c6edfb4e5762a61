"""
Windows: the newest candidates of a home, or of one pulled author, as a sorted list in their owner's Redis.

What holds of a window at any time stands in `lua/prelude.lua`; each verb below is one script. All of them
raise RedisUnavailable when Redis cannot be asked, and each may be repeated.
"""

import secrets
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.conf import settings

from modules.kernel.redis.address import Argument
from modules.kernel.redis.client import Command, RedisClient, Script, ScriptCall, Unreadable
from modules.kernel.redis.servers import group_by_redis, only_redis, redis_of
from modules.kernel.redis.several import Failures, ask_each
from modules.kernel.redis.soon import run_soon
from modules.timelines.schemas import TimelineSettings

# Above every id. As a place to read below it is the top; as a floor it says "not filled yet".
TOP: Final = 2**64 - 1

_ENTRY = struct.Struct(">QQ")
_ID = struct.Struct(">Q")
_KEYS_PER_CALL = 250  # so that Redis is never blocked for long
_OPENING_SECONDS = 60


def _load(name: str) -> Script:
    """Return a script with the prelude before it."""
    folder = Path(__file__).parent / "lua"
    return Script(f"{(folder / 'prelude.lua').read_text()}\n{(folder / name).read_text()}")


_OPEN, _FILL, _PUSH = _load("open.lua"), _load("fill.lua"), _load("push.lua")
_MERGE, _SCRUB = _load("merge.lua"), _load("scrub.lua")
_READ, _HAS = _load("read.lua"), _load("has.lua")


class Entry(NamedTuple):
    """A candidate: a post, and the author through whom it came."""

    post_id: int
    via_id: int


# Past the constructor of a named tuple, which is written in Python.
_new_entry: Callable[[tuple[int, ...]], Entry] = partial(tuple.__new__, Entry)


class Step(NamedTuple):
    """
    What a window gave next to some place: entries at or above the floor, the nearest one first.

    With `has_following` False it was not known whom the viewer follows, and nothing else is. `followed` holds
    those of the entries' authors whom the viewer follows, `pulled_ids` those of the pulled authors.
    """

    entries: list[Entry]
    floor: int
    has_following: bool
    pulled_ids: list[int]
    followed: Sequence[int]


def home(user_id: int) -> bytes:
    """Return the key of a user's home window."""
    return b"tl:%d" % user_id


def posts_of(author_id: int) -> bytes:
    """Return the key of the window of a pulled author's own posts."""
    return b"ob:%d" % author_id


def open_window(key: bytes) -> bytes | None:
    """Make a window before its pull; return the token to fill it with, or nothing if it is filled."""
    (sentinel,) = _redis_of(key).run(_OPEN.call([key], [secrets.token_bytes(8), _OPENING_SECONDS]))
    return bytes(sentinel) if _ID.unpack_from(sentinel)[0] == TOP else None


def find_floor(key: bytes) -> int | None:
    """Return the floor of a window: TOP while it is opening, None if there is no window."""
    (sentinel,) = _redis_of(key).run(("LINDEX", key, -1))
    return None if sentinel is None else int.from_bytes(sentinel[:8], "big")


def fill(key: bytes, token: bytes, entries: Iterable[Entry], *, floor: int) -> bool:
    """Fill an opened window with a pull, complete down to the floor; False if it was lost meanwhile."""
    config = _settings()
    args: list[Argument] = [token, _ID.pack(floor), config.window_size, config.ttl_seconds, _pack(entries)]
    (done,) = _redis_of(key).run(_FILL.call([key], args))
    return bool(done)


def push(
    keys: Sequence[bytes], entry: Entry, *, lost: Failures | None = None, channel: str | None = None
) -> int:
    """
    Put one entry into many windows, where they exist; return how many took it.

    With `lost`, a Redis that is away costs its own windows alone, and is put there with the reason. Who
    listens to the `channel` of a Redis is told in the same trip: the entry, and whose windows they were.

    :raises RedisUnavailable: without it, if any is away; the windows of the others have taken the entry
    """
    groups = _group(keys)
    asked = {client: [*_pushes(its, entry), *_tell(channel, its, entry)] for client, its in groups.items()}
    found = ask_each(asked)
    if lost is None:
        for failure in found.failures.values():
            raise failure
    else:
        lost.update(found.failures)
    told = 0 if channel is None else 1
    return sum(sum(replies[: len(replies) - told]) for replies in found.by_client.values())


def read_told(message: bytes) -> tuple[Entry, tuple[int, ...]]:
    """
    Return what who listens was told: an entry, and whose windows it is put into.

    :raises ValueError: if it is none of ours
    """
    try:
        post_id, via_id, *user_ids = struct.unpack(f">{len(message) // _ID.size}Q", message)
    except struct.error as error:
        raise ValueError(str(error)) from error
    return Entry(post_id, via_id), tuple(user_ids)


def _tell(channel: str | None, keys: Sequence[bytes], entry: Entry) -> list[Command]:
    """Return what tells listeners of a Redis, which goes after what puts the entry into the windows."""
    if channel is None:
        return []
    ids = struct.pack(f">{len(keys)}Q", *[int(key[3:]) for key in keys])
    return [("PUBLISH", channel, _ENTRY.pack(*entry) + ids)]


def tell_followers(entry: Entry, *, channel: str) -> None:
    """
    Tell who listens to a channel of an author's Redis of what is in no window but theirs: nobody is named.

    :raises RedisUnavailable: if it cannot be told now
    """
    redis_of(entry.via_id).run(*_tell(channel, [], entry))


def push_soon(keys: Sequence[bytes], entry: Entry) -> None:
    """Put one entry into windows of one user, where they exist, at the end of this request; else at once."""
    run_soon(_redis_of(keys[0]), *_pushes(keys, entry))


def _pushes(keys: Sequence[bytes], entry: Entry) -> list[ScriptCall]:
    """Return the calls that put one entry into many windows."""
    config = _settings()
    args: list[Argument] = [_ENTRY.pack(*entry), config.window_size, config.window_size + config.slack + 1]
    return [_PUSH.call(chunk, args) for chunk in _chunks(keys)]


def merge(key: bytes, entries: Iterable[Entry]) -> int | None:
    """
    Merge one author's newest posts into a window; return its floor, or None if there is no window.

    The entries are all of that author's at or above the floor, or their newest `window_size`.
    """
    (floor,) = _redis_of(key).run(_MERGE.call([key], [_settings().window_size, _pack(entries)]))
    return None if floor is None else int.from_bytes(floor, "big")


def scrub(key: bytes, via_id: int) -> int:
    """Take one author's entries out of a window; return how many there were."""
    (gone,) = _redis_of(key).run(_SCRUB.call([key], [_ID.pack(via_id)]))
    return int(gone)


def read(
    viewer_id: int,
    following_key: str | bytes,
    *,
    place: int,
    newer: bool = False,
    limit: int,
    pulled_ids: Iterable[int] = (),
    without: Iterable[int] = (),
) -> Step | None:
    """
    Return the entries next to a place by authors whom the viewer follows, or None without a window.

    They are the newest below it, or the oldest above it, but for those by authors to do `without`. Says also
    which of the pulled authors the viewer follows. One round trip; it prolongs the window's life.
    """
    args = [*_step_args(viewer_id, place, newer, limit, without), *pulled_ids]
    (reply,) = redis_of(viewer_id).run(_READ.call([home(viewer_id), following_key], args))
    return None if reply is None else _to_step(home(viewer_id), reply)


def read_posts_of(
    author_ids: Sequence[int], *, place: int, newer: bool = False, limit: int, lost: set[int]
) -> dict[int, Step | None]:
    """
    Return, for each pulled author, their own posts next to a place; None without a window.

    Authors whose Redis is away are put into `lost`, and absent.
    """
    args = _step_args(0, place, newer, limit)
    groups = group_by_redis(author_ids)
    found = ask_each(
        {client: [_READ.call([posts_of(id)], args) for id in ids] for client, ids in groups.items()}
    )
    steps: dict[int, Step | None] = {}
    for client, ids in groups.items():
        if client in found.failures:
            lost.update(ids)
            continue
        for id, reply in zip(ids, found.by_client[client], strict=True):
            steps[id] = None if reply is None else _to_step(posts_of(id), reply)
    return steps


def _step_args(
    viewer_id: int, place: int, newer: bool, limit: int, without: Iterable[int] = ()
) -> list[Argument]:
    left_out = b"".join(map(_ID.pack, without))
    return [_ID.pack(place), limit, _settings().ttl_seconds, _ID.pack(viewer_id), int(newer), left_out]


def has_post(keys: Sequence[bytes], post_id: int) -> list[bool]:
    """Return of each window whether it holds a post; those of a Redis that is away do not."""
    groups = _group(keys)
    found = ask_each(
        {
            client: [_HAS.call(chunk, [_ID.pack(post_id)]) for chunk in _chunks(its)]
            for client, its in groups.items()
        }
    )
    holds: set[bytes] = set()
    for client, replies in found.by_client.items():
        answers = [answer for chunk in replies for answer in chunk]
        holds.update(key for key, answer in zip(groups[client], answers, strict=True) if answer)
    return [key in holds for key in keys]


def _to_step(key: bytes, reply: Sequence[Any]) -> Step:
    has_following, floor, packed, pulled, via_ids = reply
    try:
        # Signed: an id of ours has 63 bits, so whatever is not above zero here is none.
        numbers = struct.unpack(f">{len(packed) // _ID.size}q", packed)
        followed = struct.unpack(f">{len(via_ids) // _ID.size}Q", via_ids)
        if len(packed) % _ENTRY.size or min(numbers, default=1) <= 0:
            raise ValueError("no id of ours")
    except (struct.error, ValueError) as error:
        _redis_of(key).discard(key, reason=type(error).__name__)
        raise Unreadable(str(error)) from error
    entries = list(map(_new_entry, zip(numbers[::2], numbers[1::2], strict=True)))
    pulled_ids = [int(id) for id in pulled]
    return Step(entries, int.from_bytes(floor, "big"), bool(has_following), pulled_ids, followed)


def _pack(entries: Iterable[Entry]) -> bytes:
    return b"".join([_ENTRY.pack(*entry) for entry in entries])


def _redis_of(key: bytes) -> RedisClient:
    """Return the client for a window: its key is three characters and whose it is."""
    return redis_of(int(key[3:]))


def _group(keys: Sequence[bytes]) -> dict[RedisClient, Sequence[bytes]]:
    """Return windows by the client for them."""
    client = only_redis()
    if client is not None:
        return {client: keys}
    groups: dict[RedisClient, list[bytes]] = {}
    for key in keys:
        groups.setdefault(_redis_of(key), []).append(key)
    return {**groups}


def _chunks(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (keys[at : at + _KEYS_PER_CALL] for at in range(0, len(keys), _KEYS_PER_CALL))


def _settings() -> TimelineSettings:
    config: TimelineSettings = settings.TIMELINES
    return config
