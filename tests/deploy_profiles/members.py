"""Instance `a` under Patroni: two members and an etcd, by the profile, each as the user of servers."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg

from deploy.embedded.layout import ROOT
from deploy.embedded.postgres import DATABASE, SUPERUSER, Server
from deploy.embedded.process import Process
from deploy.embedded.program import Program, server_env
from deploy.embedded.throwaway import Throwaway
from tests.deploy_profiles.installed import ETCD, PACKAGES, PATRONI, python_of
from tests.deploy_profiles.watched import take_port
from tests.kit.machines import until


class Members:
    """Two servers, of which Patroni makes one the primary; the first takes over a copy of the stack's."""

    def __init__(self, stack: Throwaway) -> None:
        self._stack = stack
        self._folder = stack.layout.servers / "patroni"
        self._folder.mkdir(mode=0o755)
        stack.layout.account.own(self._folder)
        self._etcd_port = take_port()
        self.ports, self._rest_ports = [take_port(), take_port()], [take_port(), take_port()]
        self._etcd: Process | None = None
        self.processes: list[Process] = []

    @property
    def url(self) -> str:
        """Return where the instance is reached, whichever of the two it is; the standby is named first."""
        return self._url(*reversed(self.ports))

    def start(self) -> None:
        """Start etcd and both members, and wait until the second is waited for at each commit."""
        packages = self._folder / "packages"
        shutil.copytree(PACKAGES, packages)
        shutil.copy(ROOT / "deploy/profiles/patroni/patroni.yml", self._folder)
        self._etcd = self._start_etcd()
        first, second = (self._stack.layout.data / f"patroni_{number}" for number in (1, 2))
        self._copy_instance(first)
        for number, data in enumerate((first, second)):
            self.processes.append(self._start_member(number, data, packages))
        sync = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
        until(lambda: self.ask(0, sync) == 1, within=90)

    def kill_first(self) -> None:
        """Kill the first member with the server that it runs (`kill -9`)."""
        self.processes[0].kill()

    def role_of(self, number: int) -> str:
        """Return what a member says that it is: primary, sync_standby, …; nothing if it does not answer."""
        with contextlib.suppress(OSError):
            address = f"http://127.0.0.1:{self._rest_ports[number]}/patroni"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return str(json.load(answer)["role"])
        return ""

    def ask(self, number: int, query: str) -> object:
        """Return the first value that a member's server answers."""
        with psycopg.connect(self._url(self.ports[number])) as connection:
            row = connection.execute(query.encode()).fetchone()
        return row and row[0]

    def posts(self, number: int) -> set[str]:
        """Return which posts a member's server has."""
        with psycopg.connect(self._url(self.ports[number])) as connection:
            return {str(post) for (post,) in connection.execute("SELECT id FROM posts_post")}

    def end(self) -> None:
        """Kill all."""
        for process in (*self.processes, *filter(None, [self._etcd])):
            process.kill()

    def _url(self, *ports: int) -> str:
        return f"postgres://{SUPERUSER}@{','.join(f'127.0.0.1:{port}' for port in ports)}/{DATABASE}"

    def _copy_instance(self, data: Path) -> None:
        """Make a server of its own of the stack's instance, at rest."""
        instance, layout = self._stack.topology.primaries["a"], self._stack.layout
        copy = Server(
            name=data.name,
            data=data,
            sockets=layout.sockets / data.name,
            binaries=layout.binaries(),
            account=layout.account,
            is_durable=False,
        )
        copy.create_replica_of(instance)
        process = Process(copy.program(), layout.logs / f"{data.name}.log")
        process.start()
        promote = [str(copy.binaries.postgres("pg_ctl")), "promote", "-w", "-s", "-D", str(data)]
        subprocess.run(promote, env=server_env(data), check=True, **copy.account.switch())
        slot = "SELECT active FROM pg_replication_slots WHERE slot_name = %s"
        until(lambda: not instance.ask(slot, copy.name))
        instance.ask("SELECT pg_drop_replication_slot(%s)::text", copy.name)
        process.stop()

    def _start_etcd(self) -> Process:
        client, peer = (f"http://127.0.0.1:{port}" for port in (self._etcd_port, take_port()))
        words = [
            *(ETCD, "--data-dir", str(self._folder / "etcd")),
            *("--listen-client-urls", client, "--advertise-client-urls", client),
            *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
            *("--initial-cluster", f"default={peer}"),
        ]

        def is_ready() -> bool:
            with urllib.request.urlopen(f"{client}/health", timeout=2) as answer:
                return bool(json.load(answer)["health"] == "true")

        return self._start("etcd", words, is_ready, {})

    def _start_member(self, number: int, data: Path, packages: Path) -> Process:
        rest, server = (f"127.0.0.1:{ports[number]}" for ports in (self._rest_ports, self.ports))
        binaries = self._stack.layout.binaries().postgres("postgres").parent
        env = {
            "PYTHONPATH": str(packages),
            "PATRONI_SCOPE": "a",
            "PATRONI_NAME": f"a{number + 1}",
            "PATRONI_ETCD3_HOSTS": f"127.0.0.1:{self._etcd_port}",
            "PATRONI_RESTAPI_LISTEN": rest,
            "PATRONI_RESTAPI_CONNECT_ADDRESS": rest,
            "PATRONI_POSTGRESQL_LISTEN": server,
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": server,
            "PATRONI_POSTGRESQL_DATA_DIR": str(data),
            "PATRONI_POSTGRESQL_BIN_DIR": str(binaries),
            "PATRONI_SUPERUSER_USERNAME": SUPERUSER,
            "PATRONI_REPLICATION_USERNAME": SUPERUSER,
        }
        words = [python_of(self._stack.layout.account), "-m", PATRONI, str(self._folder / "patroni.yml")]
        role = "primary" if number == 0 else "replica"
        return self._start(f"patroni-{number + 1}", words, lambda: self.role_of(number) == role, env)

    def _start(
        self, name: str, words: list[str], is_ready: Callable[[], bool], env: dict[str, str]
    ) -> Process:
        def is_up() -> bool:
            with contextlib.suppress(OSError):
                return is_ready()
            return False

        program = Program(
            name=name,
            argv=words,
            cwd=self._folder,
            account=self._stack.layout.account,
            is_ready=is_up,
            env=server_env(self._folder) | env,
            ready_within=120,
        )
        process = Process(program, self._stack.layout.logs / f"{name}.log")
        process.start()
        return process
