"""
Which Redis has what: one for each PostgreSQL instance, and one beside the directory.

What names a user or a post lies with the instance of its shard; sessions, revocations and limits lie beside
the directory. Servers of one URL are one client and cost one trip; where all are one, no map is asked.
"""

from collections.abc import Sequence
from functools import cache
from typing import NoReturn

from django.conf import settings
from django.core.signals import setting_changed

from modules.kernel.redis.client import Command, RedisClient, RedisSettings, RedisUnavailable
from sharding.ids import shard_of
from sharding.per_shard import PerShard

DIRECTORY = "directory"


def redis(name: str) -> RedisClient:
    """Return the client for the Redis of an instance, or for the `DIRECTORY`'s; settings say where it is."""
    return _routes().clients[name]


def redis_of(any_id: int) -> RedisClient:
    """Return the client for what is kept of a user or a post."""
    routes = _routes()
    return routes.only or routes.per_shard.table()[shard_of(any_id)]


def only_redis() -> RedisClient | None:
    """Return the client that serves everybody, or None where there are several."""
    return _routes().only


def group_by_redis(ids: Sequence[int]) -> dict[RedisClient, list[int]]:
    """Return ids of users or posts by the client for what is kept of them, each group in the order given."""
    routes = _routes()
    if routes.only is not None:
        return {routes.only: list(ids)} if ids else {}
    groups: dict[RedisClient, list[int]] = {}
    by_shard = routes.per_shard.table()
    for any_id in ids:
        client = by_shard[shard_of(any_id)]
        if client in groups:
            groups[client].append(any_id)
        else:
            groups[client] = [any_id]
    return groups


def redis_clients() -> dict[RedisClient, list[str]]:
    """Return every client there is, with the names of those whose Redis it asks."""
    found: dict[RedisClient, list[str]] = {}
    for name, client in list(_routes().clients.items()):
        found.setdefault(client, []).append(name)
    return found


def instances_by_redis() -> dict[RedisClient, list[str]]:
    """Return the clients for what users own, each with the instances whose users they are."""
    found = {
        client: [name for name in names if name != DIRECTORY] for client, names in redis_clients().items()
    }
    return {client: instances for client, instances in found.items() if instances}


def forget_clients(**_: object) -> None:
    """Make every client anew at its next use: the settings have changed."""
    _routes.cache_clear()


setting_changed.connect(forget_clients, dispatch_uid="redis-clients")


class _Routes:
    """The clients by the names of their instances, and by shard as the map of now says."""

    def __init__(self, servers: dict[str, RedisSettings]) -> None:
        """Make a client for each server that is another."""
        made = {config: RedisClient(config, _name(config, servers)) for config in servers.values()}
        self.clients = {name: made[config] for name, config in servers.items()}
        self.only = next(iter(made.values())) if len(made) == 1 else None
        self.per_shard = PerShard(self._client_of)

    def _client_of(self, instance: str) -> RedisClient:
        """Return the client of an instance; one that settings do not know yet is away."""
        if instance not in self.clients:
            self.clients[instance] = _Unknown(instance)
        return self.clients[instance]


class _Unknown(RedisClient):
    """The Redis of an instance that this process was not told of: always away."""

    def __init__(self, instance: str) -> None:
        """Keep whose it would be."""
        super().__init__(RedisSettings("redis://127.0.0.1"), f"redis_{instance}")

    def run(self, *commands: Command) -> NoReturn:
        """:raises RedisUnavailable: always"""
        raise RedisUnavailable("BANYAN_REDIS_HOT_URLS does not name it", server=self.name)

    def send(self, commands: Sequence[Command]) -> NoReturn:
        """:raises RedisUnavailable: always"""
        self.run()


@cache
def _routes() -> _Routes:
    return _Routes(settings.REDIS)


def _name(config: RedisSettings, servers: dict[str, RedisSettings]) -> str:
    """Return what outages call a server: `redis` where it is the only one, else whose it is."""
    its = [name for name, other in servers.items() if other == config]
    return "redis" if len(its) == len(servers) else f"redis_{'+'.join(its)}"
