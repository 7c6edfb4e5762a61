"""Keys that name a user, found by walking every server: for whoever erases them, or looks what is left."""

from collections.abc import Iterator

from modules.kernel.redis.client import RedisClient
from modules.kernel.redis.servers import redis_clients

_SCANNED = 1000


def drop_naming(user_id: int) -> dict[str, int]:
    """
    Drop every key that has a user's id in its name, on all servers; return how many, without those of none.

    :raises RedisUnavailable: if one cannot be asked; repeat it then
    """
    dropped: dict[str, int] = {}
    for client in redis_clients():
        for keys in _walk(client, user_id):
            dropped[client.name] = dropped.get(client.name, 0) + client.run(("UNLINK", *keys))[0]
    return dropped


def list_naming(user_id: int) -> dict[str, list[str]]:
    """
    Return every key that has a user's id in its name, by server.

    :raises RedisUnavailable: if one cannot be asked
    """
    found = {client.name: sorted(_names(client, user_id)) for client in redis_clients()}
    return {name: keys for name, keys in found.items() if keys}


def _names(client: RedisClient, user_id: int) -> Iterator[str]:
    for keys in _walk(client, user_id):
        yield from (key.decode(errors="replace") for key in keys)


def _walk(client: RedisClient, user_id: int) -> Iterator[list[bytes]]:
    cursor = b"0"
    while True:
        [(cursor, keys)] = client.run(("SCAN", cursor, "MATCH", f"*{user_id}*", "COUNT", _SCANNED))
        if keys:
            yield keys
        if cursor == b"0":
            return
