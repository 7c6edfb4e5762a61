"""A client that writes bytes as it likes: slowly, by halves, and several requests on one connection."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

from tests.kit.http import Response

# Longer than anything that a server does on purpose.
TIMEOUT = 30


class Wire:
    """One connection."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._socket = socket.create_connection((place.hostname or "", place.port or 0), TIMEOUT)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def try_to_send(self, data: bytes) -> bool:
        """Send bytes; return whether the server still takes them."""
        try:
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def end(self) -> None:
        """Say that nothing more will be sent."""
        self._socket.shutdown(socket.SHUT_WR)

    def take(self, size: int) -> bytes:
        return self._socket.recv(size)

    def read(self, method: str = "GET") -> Response:
        """Read one answer and nothing behind it, for that belongs to the next."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self._socket.recv(1)
            assert byte, f"closed after {head!r}"
            head += byte
        line, *fields = head.decode("latin-1").split("\r\n")[:-2]
        kept = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        content = b"" if method == "HEAD" else self._take_all(int(kept.get("content-length", "0")))
        is_json = "json" in kept.get("content-type", "")
        return Response(int(line.split()[1]), json.loads(content) if content and is_json else content, kept)

    def _take_all(self, size: int) -> bytes:
        content = bytearray()
        while len(content) < size:
            part = self._socket.recv(size - len(content))
            assert part, f"closed {size - len(content)} bytes too early"
            content += part
        return bytes(content)

    def is_over(self) -> bool:
        """Return whether the server closed, in good order and without another byte."""
        return self._socket.recv(1) == b""

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
        """Send a request with a length, and read its answer."""
        self.send(head(method, path, content_length=str(len(body)), **headers) + body)
        return self.read(method)


def head(method: str, path: str, **headers: str) -> bytes:
    """Return the head of a request with a JSON body."""
    sent = {"Host": "localhost", "Content-Type": "application/json"}
    sent |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", *[f"{name}: {value}" for name, value in sent.items()]]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def in_chunks(body: bytes, size: int) -> bytes:
    """Return a body in chunks of a size."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
