"""A hot Redis for each instance, to freeze and to kill, beside that of the stack: the directory's."""

from __future__ import annotations

import redis as redis_py

from deploy.embedded.process import Process
from deploy.embedded.redis import Redis
from deploy.embedded.throwaway import Throwaway
from deploy.embedded.topology import HOT
from modules.kernel.redis.client import RedisSettings
from tests.kit.canaries import find_in_redis

DIRECTORY = "directory"
INSTANCES = ("a", "b")


class HotRedis:
    """Three servers for what every request asks; those of instances may keep what they know."""

    def __init__(self, stack: Throwaway, *, is_durable: bool = False) -> None:
        made = {
            name: Redis(
                name=f"redis_{name}",
                sockets=stack.layout.sockets,
                password=stack.topology.secrets.redis_password,
                data=stack.layout.data / f"redis_{name}",
                binaries=stack.layout.binaries(),
                account=stack.layout.account,
                is_durable=is_durable,
            )
            for name in INSTANCES
        }
        self._servers = made
        self.urls = {DIRECTORY: stack.topology.redis.url(HOT)} | {n: s.url(HOT) for n, s in made.items()}
        self._processes = {
            name: Process(server.program(), stack.layout.logs / f"{server.name}.log")
            for name, server in made.items()
        }
        for process in self._processes.values():
            process.start()

    @property
    def env(self) -> dict[str, str]:
        """What leads a process of the service here."""
        urls = ",".join(f"{name}={url}" for name, url in self.urls.items())
        return {"BANYAN_REDIS_HOT_URL": "", "BANYAN_REDIS_HOT_URLS": urls}

    @property
    def settings(self) -> dict[str, RedisSettings]:
        """The same for the process of the tests."""
        return {name: RedisSettings(url) for name, url in self.urls.items()}

    def freeze(self, instance: str) -> None:
        """Stop a server (SIGSTOP): its sockets stand, and nobody answers."""
        self._processes[instance].freeze()

    def kill(self, instance: str) -> None:
        """Kill a server with all that it knew."""
        self._processes[instance].kill()

    def has_written(self) -> bool:
        """Whether durable servers have nothing left to write: a slow disk keeps them waiting."""
        for name in INSTANCES:
            with redis_py.Redis.from_url(self.urls[name]) as server:
                facts = server.info("persistence")
            if facts["aof_buffer_length"] or facts["aof_pending_bio_fsync"]:
                return False
        return True

    def start(self, instance: str) -> None:
        """Start one that was killed, and wait until it answers."""
        self._processes[instance].start()

    def restore(self) -> None:
        """Let all go on that were frozen, and start those that were killed."""
        for process in self._processes.values():
            process.thaw()
            if not process.is_running:
                process.start()

    def keys(self) -> dict[str, list[bytes]]:
        """Return what each server holds."""
        found: dict[str, list[bytes]] = {}
        for name, url in self.urls.items():
            with redis_py.Redis.from_url(url) as server:
                found[name] = list(server.scan_iter(count=1000))
        return found

    def wipe(self) -> None:
        """
        Empty the servers of the instances.

        :raises AssertionError: if they hold what must not be there
        """
        found = []
        for name in INSTANCES:
            with redis_py.Redis.from_url(self.urls[name]) as client:
                found.append(find_in_redis(client))
        for server in self._servers.values():
            server.command("FLUSHALL")
        assert found == [None] * len(found), f"Redis holds what it must not: {found}"

    def end(self) -> None:
        """End the servers."""
        for process in self._processes.values():
            process.thaw()
            process.kill()
