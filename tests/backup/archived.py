"""A stack whose servers archive their log, and the scripts of deploy/postgres/backup run on it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.layout import ROOT
from deploy.embedded.postgres import SUPERUSER, Server
from deploy.embedded.program import server_env
from deploy.embedded.throwaway import Throwaway

SCRIPTS = ROOT / "deploy" / "postgres" / "backup"


@dataclass
class Archived:
    """The primaries of a stack, each with an archive."""

    stack: Throwaway

    @property
    def servers(self) -> dict[str, Server]:
        return self.stack.topology.primaries

    def begin(self) -> None:
        """Have each server archive its log from now on."""
        shutil.copytree(SCRIPTS, self._home / "scripts")
        for name, server in self.servers.items():
            self._archive(name).mkdir(parents=True)
            server.account.own(self._archive(name).parent)
            server.account.own(self._archive(name))
            command = f"{self._home}/scripts/archive.sh {self._archive(name)} %p %f"
            with server.connect() as connection:
                connection.execute("ALTER SYSTEM SET archive_mode = 'on'")
                connection.execute(f"ALTER SYSTEM SET archive_command = '{command}'".encode())
            self.stack.processes[name].stop()
            self.stack.processes[name].start()

    def take_base_backups(self) -> None:
        """Take a base backup of each server, while it is written to."""
        for name, server in self.servers.items():
            self.run(name, "base.sh", str(self._archive(name)), f"host={server.sockets} user={SUPERUSER}")

    def lose(self) -> None:
        """End every server after its log is archived, and move what it had out of the way."""
        for server in self.servers.values():
            with server.connect() as connection:
                # Later than any moment asked for: without it recovery would not know that it is there.
                connection.execute("SELECT pg_logical_emit_message(true, 'test', 'the end')")
                connection.execute("SELECT pg_switch_wal()")
        for name in [*self.stack.topology.replicas, *self.servers]:
            self.stack.processes[name].stop()
        for server in (*self.stack.topology.replicas.values(), *self.servers.values()):
            server.data.rename(server.data.with_name(f"{server.data.name}.lost"))

    def restore(self, moments: dict[str, str]) -> None:
        """Restore each server to its moment, and start all of them, the replicas anew."""
        for name, server in self.servers.items():
            self.run(name, "restore.sh", str(self._archive(name)), str(server.data), moments[name])
            self.stack.processes[name].start()
            while server.ask("SELECT pg_is_in_recovery()"):
                pass
        for name in self.stack.topology.replicas:
            self.stack.topology.replicas[name].create_replica_of(self.servers["a"])
            self.stack.processes[name].start()

    def run(self, name: str, script: str, *words: str) -> str:
        """Run a script as the servers' user, with PostgreSQL's programs at hand; return what it prints."""
        server = self.servers[name]
        programs = server.binaries.postgres("pg_basebackup").parent
        env = server_env(server.data.parent) | {"PATH": f"{programs}:{os.environ['PATH']}"}
        done = subprocess.run(
            [str(self._home / "scripts" / script), *words],
            check=False,
            capture_output=True,
            text=True,
            cwd=self._home,
            env=env,
            **server.account.switch(),
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def _home(self) -> Path:
        return self.stack.layout.home

    def _archive(self, name: str) -> Path:
        return self._home / "archive" / name
