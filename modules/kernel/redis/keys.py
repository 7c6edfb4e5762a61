"""
The keys of what users own, and dropping those of whole shards from a server.

A shard that moves takes no key along: nothing here is the truth. But a process that still has the old map
would push to the old server what the new window then lacks for good. So the mover drops the shard's keys on
both servers when the map is flipped, and again when no process can have the old one any more.
"""

from collections.abc import Collection

from modules.kernel.redis.servers import redis
from sharding.ids import shard_of

# Each before a colon and the id of a user or a post.
OWNED = frozenset(
    {
        b"ev",
        b"tl",
        b"ob",
        b"fol",
        b"folv",
        b"media",
        b"mine",
        b"post",
        b"postcount",
        b"rank",
        b"ties",
        b"user",
        b"ryw",
    }
)
_SCANNED = 1000


def owner_of(key: bytes) -> int | None:
    """Return the id of the user or post whose a key is, or None if it belongs beside the directory."""
    kind, _, id = key.partition(b":")
    return int(id) if kind in OWNED and id.isdigit() else None


def drop_shards(instance: str, shards: Collection[int]) -> int:
    """
    Drop everything of some shards from the Redis of an instance, which is walked once; return how many keys.

    :raises RedisUnavailable: if it cannot be asked; repeat it then
    """
    client, wanted = redis(instance), frozenset(shards)
    dropped, cursor = 0, b"0"
    while True:
        [(cursor, keys)] = client.run(("SCAN", cursor, "COUNT", _SCANNED))
        its = [key for key in keys if (owner := owner_of(key)) is not None and shard_of(owner) in wanted]
        if its:
            dropped += client.run(("UNLINK", *its))[0]
        if cursor == b"0":
            return dropped
