"""
Exchanges with push services: many at once, each bounded in time and in what it reads.

A time limit of a socket is one of each step, so a server that sends a byte now and then would hold a worker
for as long as it likes: who waits for all of them closes what is not done in time.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from modules.push.services.guard import open_connection

_MOST_READ: Final = 4096
TIMED_OUT: Final = "timed_out"


@dataclass(frozen=True, slots=True)
class Request:
    """What is posted, and whether the server may be at a private address."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    may_be_private: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of an answer, or what went wrong; and when to come back, as the server says it."""

    status: int | None = None
    retry_after: str = ""
    trouble: str = ""


def post_all(requests: Sequence[Request], *, within_s: float) -> list[Answer]:
    """Post all of them side by side and return what came of each; nobody waits longer than that."""
    deadline = time.monotonic() + within_s
    exchanges = [_Exchange(request, within_s) for request in requests]
    for exchange in exchanges:
        exchange.begin()
    return [exchange.wait(deadline) for exchange in exchanges]


@dataclass(slots=True)
class _Exchange:
    """One request, in a thread of its own that no process waits for when it ends."""

    request: Request
    timeout: float
    answer: Answer = Answer(trouble=TIMED_OUT)
    _connection: "_Connection | None" = None
    _is_done: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Start."""
        threading.Thread(target=self._run, name="push", daemon=True).start()

    def wait(self, deadline: float) -> Answer:
        """Return the answer, or that there was none in time; then what is left of it is cut off."""
        if self._is_done.wait(max(deadline - time.monotonic(), 0)):
            return self.answer
        if self._connection is not None:
            self._connection.abort()
        return Answer(trouble=TIMED_OUT)

    def _run(self) -> None:
        try:
            self.answer = self._post()
        except TimeoutError:
            self.answer = Answer(trouble=TIMED_OUT)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # Its text may name the address.
            self.answer = Answer(trouble=type(error).__name__)
        finally:
            self._is_done.set()

    def _post(self) -> Answer:
        parts = urlsplit(self.request.url)
        is_plain = parts.scheme == "http"
        port = parts.port or (80 if is_plain else 443)
        self._connection = connection = _Connection(
            parts.hostname or "", port, self.timeout, self.request.may_be_private, is_plain
        )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with contextlib.closing(connection):
            connection.request("POST", path, self.request.body, dict(self.request.headers))
            response = connection.getresponse()
            response.read(_MOST_READ)
            return Answer(response.status, response.getheader("Retry-After") or "")


class _Connection(http.client.HTTPConnection):
    """Python's, by way of the guard; it follows nobody and knows no proxy."""

    def __init__(self, host: str, port: int, timeout: float, may_be_private: bool, is_plain: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self._may_be_private = may_be_private
        self._is_plain = is_plain
        self._is_aborted = False

    def connect(self) -> None:
        """Connect to where the name leads, if it may lead there."""
        assert self.timeout is not None
        raw = open_connection(self.host, self.port, timeout=self.timeout, may_be_private=self._may_be_private)
        # Not yet spoken over: who does not wait any more cuts off a handshake too.
        self.sock = raw if self._is_plain else _wrap(raw, self.host)
        if self._is_aborted:
            self.abort()
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def abort(self) -> None:
        """Have whoever reads from it or writes to it fail at once."""
        self._is_aborted = True
        if (sock := self.sock) is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _wrap(raw: socket.socket, host: str) -> ssl.SSLSocket:
    try:
        return _tls().wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        raw.close()
        raise


@cache
def _tls() -> ssl.SSLContext:
    """Return what verifies servers; to load the authorities takes milliseconds."""
    return ssl.create_default_context()
