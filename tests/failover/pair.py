"""Two servers for one instance: a primary, and a standby that is waited for at each commit."""

from __future__ import annotations

import subprocess
from urllib.parse import quote

from deploy.embedded.postgres import DATABASE, SUPERUSER, Server
from deploy.embedded.process import Process
from deploy.embedded.program import server_env
from deploy.embedded.throwaway import Throwaway
from tests.kit.machines import until

SYNCHRONOUS = "ALTER SYSTEM SET synchronous_standby_names = '*'"


class Pair:
    """Instance `a`, copied from the stack's, whose own server stays as it is."""

    def __init__(self, stack: Throwaway, *names: str) -> None:
        self._stack = stack
        self.servers = [self._server(name) for name in names]
        self.processes = [self._process(server) for server in self.servers]
        self._copy_instance(stack.topology.primaries["a"])
        self._follow(standby=1, primary=0)

    @property
    def url(self) -> str:
        """Return where the instance is reached, whichever of the two it is; the standby is named first."""
        return url_of(*(str(server.sockets) for server in reversed(self.servers)))

    def ask(self, number: int, query: str) -> object:
        """Return the first value that one of them answers."""
        with self.servers[number].connect() as connection:
            row = connection.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]

    def set(self, number: int, statement: str) -> None:
        """Change a setting of one of them, and have it read."""
        with self.servers[number].connect() as connection:
            connection.execute(statement.encode())
            connection.execute("SELECT pg_reload_conf()")

    def part(self) -> None:
        """Let nothing more reach the standby, as where the network between them parts."""
        self.set(1, "ALTER SYSTEM SET primary_conninfo = ''")
        until(lambda: self.ask(0, "SELECT count(*) FROM pg_stat_replication") == 0)

    def promote(self, number: int) -> None:
        """Make a primary of a standby, as whoever watches over them does (`pg_ctl promote`)."""
        server = self.servers[number]
        subprocess.run(
            [str(server.binaries.postgres("pg_ctl")), "promote", "-w", "-s", "-D", str(server.data)],
            env=server_env(server.data),
            check=True,
            **server.account.switch(),
        )

    def demote(self, number: int) -> None:
        """Stop a primary in order, and start it as a standby of the other."""
        server, other = self.servers[number], self.servers[1 - number]
        self.set(number, f"ALTER SYSTEM SET primary_conninfo = 'host={other.sockets} user={SUPERUSER}'")
        self.set(number, "ALTER SYSTEM RESET primary_slot_name")
        self.processes[number].stop()
        signal = server.data / "standby.signal"
        signal.touch()
        server.account.own(signal)
        self.processes[number].start()

    def end(self) -> None:
        """Kill both."""
        for process in self.processes:
            process.kill()

    def _copy_instance(self, instance: Server) -> None:
        first = self.servers[0]
        first.create_replica_of(instance)
        self.processes[0].start()
        self.promote(0)
        # It follows nobody any more, and nothing of the log is kept for it.
        until(
            lambda: (
                not instance.ask("SELECT active FROM pg_replication_slots WHERE slot_name = %s", first.name)
            )
        )
        instance.ask("SELECT pg_drop_replication_slot(%s)::text", first.name)

    def _follow(self, *, standby: int, primary: int) -> None:
        self.servers[standby].create_replica_of(self.servers[primary])
        self.processes[standby].start()
        self.set(primary, SYNCHRONOUS)
        streaming = (
            "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
        )
        until(lambda: self.ask(primary, streaming) == 1)

    def _server(self, name: str) -> Server:
        layout = self._stack.layout
        return Server(
            name=name,
            data=layout.data / name,
            sockets=layout.sockets / name,
            binaries=layout.binaries(),
            account=layout.account,
            is_durable=False,
        )

    def _process(self, server: Server) -> Process:
        return Process(server.program(), self._stack.layout.logs / f"{server.name}.log")


def url_of(*folders: str) -> str:
    """Return a URL of the servers whose sockets lie in these folders."""
    return f"postgres://{SUPERUSER}@/{DATABASE}?host={quote(','.join(folders), safe=',')}"
