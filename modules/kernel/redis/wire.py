"""
The wire to Redis: a connection of one thread, and commands packed for it.

What is done when it breaks is decided in `client.py`.
"""

import os
import select
import socket
import ssl
import struct
from collections.abc import Sequence
from typing import Any

import hiredis

from modules.kernel.redis.address import Address, Command

_CHUNK = 65536
# What a server says when it is there and cannot serve: the same to a caller as when it is not.
_NOT_SERVING = ("LOADING", "READONLY", "OOM", "MISCONF", "MASTERDOWN", "BUSY ", "NOREPLICAS", "CLUSTERDOWN")

# A connection that is no more: TLS has words of its own for that.
_BROKEN = (ConnectionError, ssl.SSLError)

# Scripts are right by their tests: one that breaks has met an entry that it cannot read.
_IN_SCRIPT = "user_script"


class RedisUnavailable(Exception):
    """Redis cannot be asked now; whoever asks has another way to the answer."""

    server = "redis"

    def __init__(self, reason: str = "", *, server: str = "") -> None:
        """Keep the reason, and what outages call the server where there are several."""
        super().__init__(reason)
        if server:
            self.server = server


class Unreadable(RedisUnavailable):
    """What stands under a key is none of ours; it is dropped, and is as good as absent."""

    server = "redis_entries"  # Redis itself is there: this begins no outage of it


class RedisCommandError(Exception):
    """Redis refused a command, which is a mistake in our code."""


class Lost(ConnectionError):
    """A connection that has served before was closed, and nothing of an answer came."""


class Connection:
    """One socket of one thread, and the reader of its answers."""

    def __init__(self, address: Address, timeout: float) -> None:
        """Connect, log in and choose the database."""
        self.pid = os.getpid()
        self.reader = hiredis.Reader()
        self.used = False
        self.socket = _connect(address, timeout)
        if address.greeting:
            self._greet(address.greeting)

    def _greet(self, greeting: tuple[Command, ...]) -> None:
        """Log in and choose the database."""
        for reply in self.ask(pack(greeting), len(greeting)):
            if isinstance(reply, hiredis.ReplyError):
                self.close()
                raise to_refusal(reply)
        self.used = False

    def ask(self, packed: bytes, count: int) -> list[Any]:
        """
        Send packed commands and return as many replies.

        :raises Lost: if a connection that has served before turns out to be closed
        """
        self.send(packed)
        return self.receive(count)

    def send(self, packed: bytes) -> None:
        """
        Send packed commands, whose replies must be received before anything else is sent.

        :raises Lost: if a connection that has served before turns out to be closed
        """
        try:
            self.socket.sendall(packed)
        except _BROKEN as error:
            raise Lost if self.used else error from error

    def receive(self, count: int, *, within: float | None = None) -> list[Any]:
        """
        Return as many replies; `within` limits the seconds until the first comes, below the time-out.

        :raises Lost: if a connection that has served before turns out to be closed
        """
        if within is not None:
            self._await(within)
        try:
            first = self.socket.recv(_CHUNK)
        except _BROKEN as error:
            raise Lost if self.used else error from error
        if not first:
            raise Lost if self.used else ConnectionResetError("Redis closed the connection")
        return self._read(first, count)

    def _await(self, seconds: float) -> None:
        """Wait until something can be read."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        if not poll.poll(max(seconds, 0.0) * 1000):
            raise TimeoutError("timed out")

    def _read(self, first: bytes, count: int) -> list[Any]:
        """Return this many replies, the first bytes of which are here."""
        self.reader.feed(first)
        replies: list[Any] = []
        gets, receive = self.reader.gets, self.socket.recv
        while len(replies) < count:
            reply = gets()
            if reply is not False:
                replies.append(reply)
                continue
            chunk = receive(_CHUNK)
            if not chunk:
                raise ConnectionResetError("Redis closed the connection")
            self.reader.feed(chunk)
        self.used = True
        return replies

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()

    def __del__(self) -> None:
        """Close the socket of a thread that ended."""
        if hasattr(self, "socket"):
            self.socket.close()


def to_refusal(reply: Exception) -> Exception:
    """Return what a caller should see of an error reply; a script that ran says within it what it met."""
    text = str(reply)
    is_of_script = _IN_SCRIPT in text
    if text.startswith(_NOT_SERVING) or (is_of_script and any(said in text for said in _NOT_SERVING)):
        return RedisUnavailable(text)
    return Unreadable(text) if is_of_script or text.startswith("WRONGTYPE") else RedisCommandError(text)


def keys_of(command: Command) -> Command:
    """Return the keys of a command that can meet what is none of ours: of a script all, else the first."""
    return command[3 : 3 + int(command[2])] if command[0] in ("EVALSHA", "EVAL") else command[1:2]


def _connect(address: Address, timeout: float) -> socket.socket:
    """Return a connected socket that gives up on its own."""
    if address.path:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(timeout)
        try:
            made.connect(address.path)
        except OSError:
            made.close()
            raise
    else:
        made = socket.create_connection((address.host, address.port), timeout)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if address.context is not None:
            return _secure(made, address.context, address.host)
    # The kernel's own time-outs from here on: Python's cost a poll() before every call.
    made.settimeout(None)
    limit = struct.pack("@ll", int(timeout), int(timeout % 1 * 1_000_000))
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
    return made


def _secure(made: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """
    Return the socket under TLS, which keeps Python's time-out, for the handshake too.

    The kernel's own would not do: OpenSSL takes a read that ran out of time for one to be tried again.
    """
    try:
        return context.wrap_socket(made, server_hostname=host)
    except (OSError, ValueError):
        made.close()
        raise


def pack(commands: Sequence[Command]) -> bytes:
    """Return commands as the bytes that go over the wire."""
    pack_one = hiredis.pack_command
    return b"".join([pack_one(command) for command in commands])  # type: ignore[arg-type]  # the stub forgets "..."
