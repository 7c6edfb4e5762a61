"""A client's connection: a socket on which nobody ever waits."""

import contextlib
import socket
import time
from typing import Any

from gunicorn.http.unreader import Unreader

from config.serving.inbox import Inbox, Stage

# Sending a request or taking an answer may last this long, and a second more for each piece of it.
SECONDS = 10.0
PIECE = 8192
# Who has been answered for the last time is waited for no longer than this, and as much more.
PARTING_SECONDS = 2.0
_RECEIVED_AT_ONCE = 65_536


class Received(Unreader):  # type: ignore[misc] # gunicorn has no types
    """What gunicorn's parser reads: the bytes that have come, and then the end."""

    def __init__(self, data: bytes) -> None:
        """Hold what has come."""
        super().__init__()
        self.buf.write(data)
        # More was wanted than had come: where the next request starts is then unknown.
        self.is_exhausted = False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return nothing, for nobody waits here."""
        self.is_exhausted = True
        return b""


class Outgoing:
    """
    Stands in for the socket where gunicorn writes: it sends what the client takes and keeps the rest.

    Head and body of an answer leave in one call, which saves one for each request.
    """

    def __init__(self, sock: socket.socket) -> None:
        """Start with nothing to send."""
        self._sock = sock
        self._pending = bytearray()
        # What came of the request that is being answered, for who refuses it before it is parsed.
        self.asked = b""

    def __len__(self) -> int:
        """Return how many bytes the client has not taken."""
        return len(self._pending)

    def sendall(self, data: bytes) -> None:
        """Keep bytes for `flush`."""
        self._pending += data

    send = sendall

    def flush(self) -> None:
        """
        Send what the client takes now.

        :raises OSError: if the client is gone
        """
        with contextlib.suppress(BlockingIOError):
            while self._pending:
                del self._pending[: self._sock.send(self._pending)]

    def gettimeout(self) -> float:
        """Return what a socket does that never waits."""
        return 0.0

    def shutdown(self, _how: int) -> None:
        """
        Refuse what gunicorn asks when an application failed in the middle of an answer.

        :raises OSError: always, so that it calls `close`
        """
        raise OSError

    def close(self) -> None:
        """Forget half of an answer: nothing of it has left."""
        self._pending.clear()


class Connection:
    """One connection, and what it waits for."""

    def __init__(self, sock: socket.socket, client: Any, server: Any) -> None:
        """Take over a socket that was accepted."""
        sock.setblocking(False)
        self.socket = sock
        # By these names gunicorn writes an answer and names both ends.
        self.sock = Outgoing(sock)
        self.client = client
        self.server = server
        self.inbox = Inbox()
        self.requests = 0
        # What the worker has counted of `held`.
        self.counted = 0
        # Since when it waits for its client, and how many bytes have passed meanwhile.
        self.since = time.monotonic()
        self.passed = 0
        self.idle_for = SECONDS
        # Nothing is read any more but to be thrown away: the client should see the answer before the end.
        self.is_parting = False

    def fileno(self) -> int:
        """Return what a selector watches."""
        return self.socket.fileno()

    @property
    def held(self) -> int:
        """Return how many bytes are held for it."""
        return len(self.inbox.data) + len(self.sock)

    @property
    def is_idle(self) -> bool:
        """Return whether nothing of a request and of an answer is on its way."""
        return self.inbox.stage is Stage.NOTHING and not len(self.sock) and not self.is_parting

    @property
    def is_amid_request(self) -> bool:
        """Return whether its client has sent half of a request; an empty line is none."""
        return bool(self.inbox.data.strip()) and not len(self.sock) and not self.is_parting

    @property
    def deadline(self) -> float:
        """Return until when it may go on waiting for its client."""
        if self.is_idle:
            return self.since + self.idle_for
        seconds = PARTING_SECONDS if self.is_parting and not len(self.sock) else SECONDS
        return self.since + seconds + self.passed / PIECE

    def start_waiting(self, idle_for: float = SECONDS) -> None:
        """Begin to wait for the client anew."""
        self.since = time.monotonic()
        self.passed = 0
        self.idle_for = idle_for

    def receive(self) -> bytes | None:
        """Return what has come: nothing at the end, None if it has only to be awaited."""
        try:
            data = self.socket.recv(_RECEIVED_AT_ONCE if self.inbox.data or self.is_parting else PIECE)
        except BlockingIOError:
            return None
        except OSError:
            return b""
        if self.inbox.stage is Stage.NOTHING and not self.is_parting:
            self.start_waiting()
        self.passed += len(data)
        return data

    def flush(self) -> bool:
        """Send what the client takes now; return whether it is still there."""
        try:
            self.sock.flush()
        except OSError:
            self.sock.close()
            return False
        return True
