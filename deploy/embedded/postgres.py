"""One PostgreSQL server of the stack: created, configured, started, asked whether it answers."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from deploy.embedded.account import Account
from deploy.embedded.alive import wait_for_end
from deploy.embedded.binaries import Binaries
from deploy.embedded.errors import StackError
from deploy.embedded.program import Program, server_env

PORT = 5432  # only a part of the socket's name: no server listens on the network
SUPERUSER = "banyan"
DATABASE = "banyan"

LOUD = re.compile("WARNING|ERROR|FATAL|PANIC")
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "wal_level": "logical",
    "max_connections": "120",
    "max_wal_senders": "20",
    "max_replication_slots": "20",
    "max_worker_processes": "16",
    "max_logical_replication_workers": "8",
    "max_slot_wal_keep_size": "1GB",
    "max_standby_streaming_delay": "5s",
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "jit": "off",  # costs more than it saves on short queries
    "log_checkpoints": "off",
    "log_parameter_max_length": "0",  # parameters hold what users wrote
    "log_parameter_max_length_on_error": "0",
    # Nor the statement that failed, into which psycopg has written them, nor the row that stood against it.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "'[%p] '",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}
THROWAWAY_SETTINGS = {
    # Full page images stay on: without them a replica that is killed after a table was emptied and vacuumed
    # meets a page of its visibility map in the log that is no longer in the file, at every start.
    "fsync": "off",
    "shared_buffers": "32MB",
    "io_method": "sync",
    "max_wal_size": "256MB",
    "wal_receiver_status_interval": "1s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL server in one folder, reached through one socket."""

    name: str
    data: Path
    sockets: Path
    binaries: Binaries
    account: Account
    is_durable: bool = True

    @property
    def url(self) -> str:
        return f"postgres://{SUPERUSER}@/{DATABASE}?host={quote(str(self.sockets))}"

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def program(self) -> Program:
        """Return how the server runs; SIGINT is its fast shutdown."""
        return Program(
            name=self.name,
            argv=[str(self.binaries.postgres("postgres")), "-D", str(self.data)],
            cwd=self.data,
            account=self.account,
            is_ready=self.answers,
            prepare=self.prepare,
            env=server_env(self.data),
            stop_signal=signal.SIGINT,
            loud=LOUD,
        )

    def create(self) -> None:
        """Make an empty cluster, whole or not at all."""
        if self.exists:
            return
        self._build(
            [
                str(self.binaries.postgres("initdb")),
                *("-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-instructions"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *([] if self.is_durable else ["--no-sync"]),
                "-D",
            ]
        )

    def create_like(self, data: Path) -> None:
        """Copy a cluster that does not run: a fifth of the work, but one system identifier for both."""
        self._build(["cp", "-Rp", str(data)])

    def create_replica_of(self, primary: Server) -> None:
        """Make a streaming copy of a running primary, unless a usable one is there."""
        slot, slots = self.name, "from pg_replication_slots where slot_name = %s"
        if self.exists and primary.ask(f"select count(*) {slots} and wal_status <> 'lost'", slot):
            return
        shutil.rmtree(self.data, ignore_errors=True)
        primary.ask(f"select count(pg_drop_replication_slot(slot_name)) {slots}", slot)
        self._build(
            [
                str(self.binaries.postgres("pg_basebackup")),
                *("-h", str(primary.sockets), "-U", SUPERUSER, "-R", "-X", "stream", "-C", "-S", slot),
                *("--checkpoint=fast", *([] if self.is_durable else ["--no-sync"])),
                "-D",
            ]
        )

    def create_database(self) -> None:
        """Make the database in the running server, unless it is there."""
        if self.ask("select count(*) from pg_database where datname = %s", DATABASE):
            return
        with self.connect("postgres") as connection:
            connection.execute(f"create database {DATABASE}")

    def prepare(self) -> None:
        """Write the settings and clear what a killed predecessor left, just before a start."""
        self.sockets.mkdir(exist_ok=True, mode=0o700)
        self.account.own(self.sockets)
        self._configure()
        self._drop_stale_lock()

    def answers(self) -> bool:
        """Return whether the server accepts connections."""
        if not self._says_ready():
            return False
        ask = [str(self.binaries.postgres("pg_isready")), "-q", "-h", str(self.sockets), "-t", "1"]
        return subprocess.run([*ask, "-U", SUPERUSER, "-d", "postgres"], check=False).returncode == 0

    def connect(self, database: str = DATABASE) -> psycopg.Connection[tuple[object, ...]]:
        """Connect as the superuser, each statement its own transaction."""
        return psycopg.connect(
            host=str(self.sockets), user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=5
        )

    def ask(self, query: str, *params: object) -> object:
        """Return the first value of a query's first row."""
        with self.connect("postgres") as connection:
            row = connection.execute(query.encode(), params).fetchone()
        assert row is not None
        return row[0]

    def _says_ready(self) -> bool:
        """Read what the postmaster says of itself: each question before that is a FATAL line in its log."""
        with contextlib.suppress(OSError, IndexError):
            return (self.data / "postmaster.pid").read_text().split()[-1] in {"ready", "standby"}
        return False

    def _build(self, command: list[str]) -> None:
        """Run a command that fills a folder, and name the folder ours only when it succeeded."""
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        # A file, not a pipe: whatever PostgreSQL's tools leave running would hold the pipe open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [*command, str(unfinished)],
                check=False,
                cwd=self.data.parent,
                env=server_env(self.data.parent),
                stdout=output,
                stderr=subprocess.STDOUT,
                **self.account.switch(),
            )
            output.seek(0)
            if done.returncode:
                text = output.read().decode(errors="replace").strip()
                raise StackError(f"{Path(command[0]).name} failed for {self.name}:\n{text}")
        unfinished.rename(self.data)

    def _configure(self) -> None:
        settings = {**SETTINGS, **({} if self.is_durable else THROWAWAY_SETTINGS)}
        settings["unix_socket_directories"] = f"'{self.sockets}'"
        settings["cluster_name"] = f"'{self.name}'"
        path, main = self.data / "banyan.conf", self.data / "postgresql.conf"
        path.write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        self.account.own(path)
        if "include 'banyan.conf'" not in main.read_text():
            with main.open("a") as file:
                file.write("\ninclude 'banyan.conf'\n")

    def _drop_stale_lock(self) -> None:
        """
        Remove the lock file of a dead server, and end a server that nobody looks after.

        PostgreSQL refuses to start when any process has the number in the file: after a reboot, a stranger's.
        """
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        with contextlib.suppress(psutil.Error, ValueError, IndexError):
            process = psutil.Process(int(lock.read_text().split()[0]))
            if str(self.data) in process.cmdline():
                process.send_signal(signal.SIGINT)
                wait_for_end([process], 10)
        lock.unlink(missing_ok=True)
        (self.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
