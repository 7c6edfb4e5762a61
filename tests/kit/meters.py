"""A relay before a server, which counts what passes through it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from deploy.embedded import ports


class Meter:
    """A port that leads to another one: how many bytes went there, and how many came back."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._lock = threading.Lock()
        self._held = ports.listen()
        self.port = ports.port_of(self._held)
        self.sent = self.answered = 0

    @property
    def total(self) -> int:
        return self.sent + self.answered

    def close(self) -> None:
        """Take nobody any more."""
        with suppress(OSError):
            self._held.shutdown(socket.SHUT_RDWR)  # a mere close would leave `accept` waiting
        self._held.close()

    def run(self) -> None:
        """Take connections until it is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._held.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as server:
            back = threading.Thread(target=self._pass, args=(server, client, "answered"), daemon=True)
            back.start()
            self._pass(client, server, "sent")
            back.join()

    def _pass(self, source: socket.socket, target: socket.socket, counted: str) -> None:
        with suppress(OSError):
            while chunk := source.recv(65_536):
                with self._lock:
                    setattr(self, counted, getattr(self, counted) + len(chunk))
                target.sendall(chunk)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextmanager
def metered(port: int) -> Iterator[Meter]:
    """Run a meter before a port of this machine."""
    meter = Meter(port)
    threading.Thread(target=meter.run, daemon=True).start()
    try:
        yield meter
    finally:
        meter.close()
