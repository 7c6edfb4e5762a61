"""Two hot Redis, three Sentinels that watch them, and HAProxy before them, by the profile's files."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import redis

from deploy.embedded import ports
from deploy.embedded.layout import ROOT
from deploy.embedded.process import Process
from deploy.embedded.program import Program, server_env
from deploy.embedded.throwaway import Throwaway
from deploy.embedded.topology import HOT

PROFILE = ROOT / "deploy/profiles/sentinel"
NAME = "banyan-hot"
REDIS = """\
port {port}
bind 127.0.0.1
dir {folder}
save ""
appendonly no
requirepass {password}
masterauth {password}
{more}
"""


def take_port() -> int:
    """Return a port that is free now."""
    with ports.listen() as held:
        return ports.port_of(held)


class Watched:
    """The seven processes; the first Redis begins as the master."""

    def __init__(self, stack: Throwaway) -> None:
        self._stack = stack
        self._password = stack.topology.secrets.redis_password
        self._folder = stack.layout.servers / "sentinel"
        self._folder.mkdir(mode=0o700)
        stack.layout.account.own(self._folder)
        self._ports = [take_port(), take_port()]
        self._proxy_port = take_port()
        self._processes: list[Process] = []

    def start(self) -> None:
        """Start all, and wait until the Sentinels know each other and both Redis."""
        for number, port in enumerate(self._ports):
            more = "" if number == 0 else f"replicaof 127.0.0.1 {self._ports[0]}"
            self._run_redis(f"redis-{number}", port, more)
        sentinels = [take_port() for _ in range(3)]
        for number, port in enumerate(sentinels):
            self._run_sentinel(f"sentinel-{number}", port)
        for process in self._processes[2:]:
            process.await_ready()
        self._run_proxy()

    def end(self) -> None:
        """Kill all, the Sentinels first."""
        for process in reversed(self._processes):
            process.kill()

    @property
    def url(self) -> str:
        """Return where Banyan finds whichever is the master."""
        return f"redis://:{self._password}@127.0.0.1:{self._proxy_port}/{HOT}"

    def kill_first(self) -> None:
        """Kill the Redis that began as the master (`kill -9`)."""
        self._processes[0].kill()

    def restart_first(self) -> None:
        """Start it again, as its machine does that comes back."""
        self._processes[0].start()

    def role_of(self, number: int) -> str:
        """Return what a Redis takes itself for: master or slave."""
        with self._client(self._ports[number]) as client:
            return str(client.info("replication")["role"])

    def holds(self, number: int, post_id: str) -> bool:
        """Return whether a Redis has anything of a post."""
        with self._client(self._ports[number]) as client:
            return any(client.scan_iter(f"*{post_id}*", count=1000))

    def _client(self, port: int, password: str | None = "") -> redis.Redis:
        given = self._password if password == "" else password
        return redis.Redis(port=port, db=HOT, password=given, socket_timeout=2)

    def _run_redis(self, name: str, port: int, more: str) -> None:
        config = REDIS.format(port=port, folder=self._folder, password=self._password, more=more)
        words = ["/usr/bin/redis-server", str(self._write(f"{name}.conf", config))]
        self._launch(name, words, lambda: bool(self._client(port).ping())).await_ready()

    def _run_sentinel(self, name: str, port: int) -> None:
        """Begin one by the file of the profile, with its own port, folder and password; it writes into it."""
        text = (PROFILE / "sentinel.conf").read_text()
        for said, meant in (
            ("port 26379", f"port {port}\nbind 127.0.0.1\ndir {self._folder}"),
            ("127.0.0.1 6379", f"127.0.0.1 {self._ports[0]}"),
            (" secret", f" {self._password}"),
        ):
            assert text.count(said) == 1
            text = text.replace(said, meant)
        words = ["/usr/bin/redis-server", str(self._write(f"{name}.conf", text)), "--sentinel"]
        self._launch(name, words, lambda: self._knows_all(port))

    def _knows_all(self, port: int) -> bool:
        with redis.Redis(port=port, socket_timeout=2) as sentinel:
            known = sentinel.sentinel_master(NAME)
        return (known["num-slaves"], known["num-other-sentinels"]) == (1, 2)

    def _run_proxy(self) -> None:
        config = self._write("haproxy.cfg", (PROFILE / "haproxy.cfg").read_text())
        env = {
            "REDIS_BIND": f"127.0.0.1:{self._proxy_port}",
            "REDIS_PASSWORD": self._password,
            "REDIS_1": f"127.0.0.1:{self._ports[0]}",
            "REDIS_2": f"127.0.0.1:{self._ports[1]}",
        }
        words = ["/usr/sbin/haproxy", "-db", "-f", str(config)]
        is_ready = lambda: bool(self._client(self._proxy_port).ping())  # noqa: E731
        self._launch("haproxy", words, is_ready, env).await_ready()

    def _write(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.write_text(text)
        self._stack.layout.account.own(path)
        return path

    def _launch(
        self, name: str, words: list[str], is_ready: Callable[[], bool], env: dict[str, str] | None = None
    ) -> Process:
        def is_up() -> bool:
            with contextlib.suppress(redis.RedisError):
                return is_ready()
            return False

        program = Program(
            name=name,
            argv=words,
            cwd=self._folder,
            account=self._stack.layout.account,
            is_ready=is_up,
            env=server_env(self._folder) | (env or {}),
        )
        process = Process(program, self._stack.layout.logs / f"{name}.log")
        process.launch()
        self._processes.append(process)
        return process
