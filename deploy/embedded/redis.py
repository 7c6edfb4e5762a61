"""The stack's Redis: one server, a database number for each purpose."""

from __future__ import annotations

import contextlib
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from deploy.embedded.account import Account
from deploy.embedded.binaries import Binaries
from deploy.embedded.program import Program, server_env

# Windows and sessions have a life and may go when memory is short; the broker's queues have none and stay.
SETTINGS = """\
port 0
unixsocketperm 700
maxmemory 1gb
maxmemory-policy volatile-lru
client-output-buffer-limit pubsub 32mb 8mb 60
always-show-logo no
"""
LOUD = re.compile("[Ee]rror|Fatal|Can't|WARNING(?! overcommit)")
DURABLE = "appendonly yes\nappendfsync everysec\n"
# Uncompressed, so that tests can look for what must not be there.
THROWAWAY = 'appendonly no\nsave ""\nrdbcompression no\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """
    A Redis server on a socket, as PostgreSQL: a port could be taken by somebody else between two starts.

    Its folder is closed to others, and a password closes it to whoever gets there.
    """

    sockets: Path
    password: str
    data: Path
    binaries: Binaries
    account: Account
    is_durable: bool = True
    name: str = "redis"

    @property
    def socket(self) -> Path:
        return self.sockets / f"{self.name}.sock"

    def url(self, database: int) -> str:
        """Return the URL of one of its numbered databases."""
        return f"unix://:{self.password}@{quote(str(self.socket))}?db={database}"

    def program(self) -> Program:
        """Return how the server runs."""
        return Program(
            name=self.name,
            argv=[str(self.binaries.redis_server), str(self.data / "redis.conf")],
            cwd=self.data.parent,
            account=self.account,
            is_ready=self.answers,
            prepare=self.prepare,
            env=server_env(self.data),
            loud=LOUD,
        )

    def prepare(self) -> None:
        """Write the configuration; the password stands there, not on the command line."""
        self.data.mkdir(exist_ok=True, mode=0o700)
        self.account.own(self.data)
        path = self.data / "redis.conf"
        own = f'unixsocket "{self.socket}"\nrequirepass {self.password}\ndir "{self.data}"\n'
        path.touch(mode=0o600)
        path.write_text(SETTINGS + (DURABLE if self.is_durable else THROWAWAY) + own)
        self.account.own(path)

    def answers(self) -> bool:
        """Return whether the server has loaded its data and answers."""
        return self.command("PING") == "+PONG"

    def command(self, *words: str) -> str:
        """Send one command and return the first line of its answer, empty if there is none."""
        request = f"AUTH {self.password}\r\n{' '.join(words)}\r\n".encode()
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(1)
            talk.connect(str(self.socket))
            talk.sendall(request)
            answer = talk.makefile("rb")
            answer.readline()
            return answer.readline().decode().strip()
        return ""
