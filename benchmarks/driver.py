"""
The load: a closed loop of keep-alive HTTP/1.1 connections over raw sockets, in a process of its own.

Each connection sends its next request when the answer to the last one is complete. What is sent is laid out
beforehand, what comes back is checked for status and length, and a run is bounded by time and by count.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
TIMEOUT_S = 10.0  # without any answer, a run ends
MAX_FAILURES = 20  # more of them say nothing new

_CHUNK = 262_144
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked\r\n", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: `requests` in turn, until `seconds` have passed or `at_most` are answered."""

    port: int
    requests: Sequence[bytes]
    at_most: int
    seconds: float = 60.0
    connections: int = 8
    status: int = 200


@dataclass(slots=True)
class Outcome:
    """What came back: good answers with their latencies, and what was wrong with the others."""

    seconds: float = 0.0
    body_bytes: int = 0
    latencies_ns: array[int] = field(default_factory=lambda: array("q"))
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many answers were good."""
        return len(self.latencies_ns)

    @property
    def failed(self) -> int:
        """How many were not."""
        return sum(self.failures.values())


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Return the bytes of one request; every server under measure gets the same headers."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(load: Load) -> Outcome:
    """Put a load on a server and return what came back."""
    run = _Run(load)
    began = time.perf_counter()
    try:
        run.until(began + load.seconds)
    finally:
        run.close()
    run.outcome.seconds = time.perf_counter() - began
    return run.outcome


class _Connection:
    """One socket and the answer that is on its way."""

    __slots__ = ("expected", "received", "sent_at", "sock")

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection((HOST, port), TIMEOUT_S)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0  # nothing is on its way
        self.begin()

    def begin(self) -> None:
        """Forget the last answer."""
        self.received = b""
        self.expected = 0


class _Run:
    """One load, while it lasts."""

    def __init__(self, load: Load) -> None:
        self.outcome = Outcome()
        self._load = load
        self._sent = 0
        self._waiting = 0
        self._selector = selectors.EpollSelector()

    def until(self, deadline: float) -> None:
        """Send and receive until the time is up, then only receive what is still on its way."""
        for _ in range(min(self._load.connections, self._load.at_most)):
            self._open(deadline)
        while self._waiting:
            ready = self._selector.select(TIMEOUT_S)
            if not ready:
                self.outcome.failures["no answer"] += self._waiting
                return
            for key, _ in ready:
                self._receive(key.data, deadline)

    def close(self) -> None:
        """Close every connection."""
        for key in list(self._selector.get_map().values()):
            key.data.sock.close()
        self._selector.close()

    def _open(self, deadline: float) -> None:
        try:
            connection = _Connection(self._load.port)
        except OSError:
            self.outcome.failures["not connected"] += 1
            return
        self._selector.register(connection.sock, selectors.EVENT_READ, connection)
        self._send(connection, deadline)

    def _send(self, connection: _Connection, deadline: float) -> None:
        load = self._load
        is_over = self._sent >= load.at_most or time.perf_counter() >= deadline
        if is_over or self.outcome.failed >= MAX_FAILURES:
            return
        packed = load.requests[self._sent % len(load.requests)]
        self._sent += 1
        self._waiting += 1
        connection.begin()
        connection.sent_at = time.perf_counter_ns()
        try:
            connection.sock.sendall(packed)
        except OSError:
            self._replace(connection, deadline, "closed")

    def _receive(self, connection: _Connection, deadline: float) -> None:
        try:
            chunk = connection.sock.recv(_CHUNK)
        except OSError:
            chunk = b""
        if chunk and connection.sent_at:
            connection.received += chunk
            self._judge(connection, deadline)
        elif connection.sent_at:
            self._replace(connection, deadline, "closed")
        else:
            self._drop(connection)

    def _judge(self, connection: _Connection, deadline: float) -> None:
        """Count the answer once it is complete, and go on."""
        received = connection.received
        if not connection.expected:
            connection.expected = _expected(received)
        expected = connection.expected
        if expected < 0 or len(received) > expected > 0:
            self._replace(connection, deadline, "wrong length")
        elif expected and len(received) == expected:
            self._waiting -= 1
            self._count(connection, received)
            if _CLOSES.search(received, 0, received.find(b"\r\n\r\n") + 2):
                self._drop(connection)
                self._open(deadline)
            else:
                self._send(connection, deadline)

    def _count(self, connection: _Connection, received: bytes) -> None:
        took = time.perf_counter_ns() - connection.sent_at
        connection.sent_at = 0
        status = int(received[9:12])
        if status != self._load.status:
            self.outcome.failures[f"status {status}"] += 1
            return
        self.outcome.latencies_ns.append(took)
        self.outcome.body_bytes += len(received) - received.find(b"\r\n\r\n") - 4

    def _replace(self, connection: _Connection, deadline: float, error: str) -> None:
        """Count a request that got no whole answer, and go on over a new connection."""
        self._waiting -= 1
        self.outcome.failures[error] += 1
        self._drop(connection)
        self._open(deadline)

    def _drop(self, connection: _Connection) -> None:
        self._selector.unregister(connection.sock)
        connection.sock.close()


def _expected(received: bytes) -> int:
    """Return how long the answer is, 0 while that is unknown, -1 if it does not say."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = received[: end + 2]
    if length := _LENGTH.search(head):
        return end + 4 + int(length.group(1))
    if _CHUNKED.search(head):
        return _end_of_chunks(received, end + 4)
    return end + 4 if head[9:12] == b"204" else -1


def _end_of_chunks(received: bytes, at: int) -> int:
    """Return where the last chunk ends, 0 while it is not there."""
    while (line := received.find(b"\r\n", at)) > 0:
        size = int(received[at:line], 16)
        at = line + 2 + size + 2
        if not size:
            return at if len(received) >= at else 0
    return 0
