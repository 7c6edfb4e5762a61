"""A PgBouncer for tests: Debian's, in transaction mode, before every database of the stack."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess

import psycopg

from deploy.embedded.layout import ROOT
from deploy.embedded.postgres import DATABASE, PORT, SUPERUSER, Server
from deploy.embedded.process import Process
from deploy.embedded.program import Program, server_env
from deploy.embedded.throwaway import Throwaway

PROGRAM = "/usr/sbin/pgbouncer"
API, RELAY = "banyan_api", "banyan_relay"
CONFIG = """\
[databases]
{databases}
[pgbouncer]
%include {pooling}
unix_socket_dir = {sockets}
listen_port = {port}
auth_type = trust
auth_file = {users}
admin_users = {superuser}
"""


def install() -> None:
    """
    Install the package where it is not.

    :raises RuntimeError: if it cannot be had: these tests are never skipped
    """
    if not os.path.exists(PROGRAM):
        _apt_get("update", "-q")
        _apt_get("install", "-q", "-y", "--no-install-recommends", "pgbouncer")


def _apt_get(*words: str) -> None:
    """:raises RuntimeError: with the end of what it said, if it fails"""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *words], capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise RuntimeError(f"apt-get {' '.join(words)} failed:\n{done.stderr[-2000:]}")


class PgBouncer:
    """One process, which knows each server by its name."""

    def __init__(self, stack: Throwaway) -> None:
        self._servers = {**stack.topology.primaries, **stack.topology.replicas}
        self._sockets = stack.layout.sockets / "pooler"
        self._home = stack.layout.servers / "pooler"
        self._account = stack.layout.account
        program = Program(
            name="pgbouncer",
            argv=[PROGRAM, str(self._home / "pgbouncer.ini")],
            cwd=stack.layout.servers,
            account=self._account,
            is_ready=self.answers,
            prepare=self._configure,
            env=server_env(stack.layout.servers),
        )
        self._process = Process(program, stack.layout.logs / "pgbouncer.log")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process.start()

    def kill(self) -> None:
        """Kill it (`kill -9`), with all its connections on both sides."""
        self._process.kill()

    def url(self, name: str, role: str = API) -> str:
        """Return where a server is reached through it."""
        return f"postgres://{role}@/{name}?host={self._sockets}"

    @property
    def env(self) -> dict[str, str]:
        """What leads processes through it, and the relay past it."""
        servers = self._servers
        return {
            "BANYAN_POOLED": "on",
            "BANYAN_DIRECTORY_URL": self.url("directory"),
            "BANYAN_INSTANCES": f"a={self.url('a')},b={self.url('b')}",
            "BANYAN_REPLICAS": f"a_replica1={self.url('a_replica1')}",
            "BANYAN_DIRECT_DIRECTORY_URL": direct(servers["directory"]),
            "BANYAN_DIRECT_INSTANCES": f"a={direct(servers['a'])},b={direct(servers['b'])}",
        }

    def command(self, words: str) -> list[tuple[object, ...]]:
        """Return what its console says."""
        with psycopg.connect(self.url("pgbouncer", SUPERUSER), autocommit=True) as console:
            # It has no extended protocol.
            cursor = psycopg.ClientCursor(console)
            cursor.execute(words.encode())
            return cursor.fetchall() if cursor.description else []

    def answers(self) -> bool:
        """Return whether its console can be reached."""
        with contextlib.suppress(psycopg.OperationalError):
            return bool(self.command("SHOW VERSION"))
        return False

    def _configure(self) -> None:
        for folder in (self._sockets, self._home):
            folder.mkdir(exist_ok=True, mode=0o700)
            self._account.own(folder)
        users = self._home / "users.txt"
        users.write_text("".join(f'"{role}" ""\n' for role in (SUPERUSER, API, RELAY)))
        databases = "\n".join(
            f"{name} = host={server.sockets} dbname={DATABASE}" for name, server in self._servers.items()
        )
        (self._home / "pgbouncer.ini").write_text(
            CONFIG.format(
                databases=databases,
                pooling=shutil.copy(ROOT / "deploy/pgbouncer/pooling.ini", self._home),
                sockets=self._sockets,
                port=PORT,
                users=users,
                superuser=SUPERUSER,
            )
        )
        for file in self._home.iterdir():
            self._account.own(file)


def direct(server: Server) -> str:
    """Return where the relay reaches a server itself."""
    return server.url.replace(f"//{SUPERUSER}@", f"//{RELAY}@")


def make_roles(server: Server) -> None:
    """Run deploy/postgres/roles.sh as a container does that makes a volume."""
    passwords = dict.fromkeys((f"{who}_PASSWORD" for who in ("OWNER", "API", "RELAY", "REPLICATION")), "-")
    env = {
        **server_env(server.data),
        "PATH": f"{server.binaries.postgres('psql').parent}:{os.defpath}",
        "PGHOST": str(server.sockets),
        "PGDATA": str(server.data),
        "POSTGRES_USER": SUPERUSER,
        "POSTGRES_DB": DATABASE,
        **passwords,
    }
    subprocess.run(["bash", ROOT / "deploy/postgres/roles.sh"], env=env, check=True)


if __name__ == "__main__":  # before pytest, whose tests have less time than a download may take
    install()
