"""Free ports of the loopback interface."""

from __future__ import annotations

import contextlib
import socket


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Return whether a server could listen on the port now."""
    with contextlib.suppress(OSError), socket.socket() as probe:
        # As servers do: a connection in TIME_WAIT does not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return True
    return False


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def near(wanted: int, host: str = "127.0.0.1") -> int:
    """Return the wanted port, or the next free one of the hundred after it, or any."""
    candidates = range(wanted, min(wanted + 100, 65_536))
    return next((port for port in candidates if is_free(port, host)), 0) or free_port()
